/** A client's own server: writes down what it is told, and answers as the test says. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** Connections that are open now. */
  readonly connections: number;
  /** Resolves when so much has been received. */
  until(count: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

/** What becomes of one request; by its number, from 0. */
export type Answering = (response: ServerResponse, index: number) => void;

export const OK: Answering = (response) => void response.end('thanks');
/** Never a word. */
export const SILENT: Answering = () => {};
export const status =
  (...codes: readonly number[]): Answering =>
  (response, index) =>
    void response.writeHead(codes[Math.min(index, codes.length - 1)] ?? 200).end();

/** Listens on loopback; a test closes what it opens. */
export async function openReceiver(answer: Answering = OK, host = '127.0.0.1'): Promise<Receiver> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let tell = () => {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({ method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') });
      answer(response, received.length - 1);
      tell();
    });
    request.on('error', () => {});
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    received,
    get connections() {
      return sockets.size;
    },
    async until(count) {
      while (received.length < count)
        await new Promise<void>((resolve) => {
          tell = resolve;
        });
      return received;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
