/** A relay before a server on loopback, which can lose answers and break connections. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface TcpRelay {
  readonly port: number;
  /** The next `count` requests that hold this text are passed on; their connection breaks before the answer. */
  loseAnswers(text: string, count: number): void;
  close(): Promise<void>;
}

/** Opens a relay to a port of this machine; one that changes, or is not known yet, is asked for at each connection. */
export async function openTcpRelay(target: number | (() => number)): Promise<TcpRelay> {
  const sockets = new Set<Socket>();
  const losses: string[] = [];
  const server = createServer((near) => {
    const far = connect(typeof target === 'number' ? target : target(), '127.0.0.1');
    let isLosing = false;
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
      socket.on('close', () => sockets.delete(socket));
    }
    near.on('data', (data) => {
      const [text] = losses;
      if (text !== undefined && data.includes(text)) {
        losses.shift();
        isLosing = true;
      }
      far.write(data);
    });
    far.on('data', (data) => {
      if (isLosing) end();
      else near.write(data);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    loseAnswers: (text, count) => losses.push(...Array<string>(count).fill(text)),
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
