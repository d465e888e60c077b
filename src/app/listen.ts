/** Opens and closes the listening sockets. */
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { App } from './doors.js';

export interface Address {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

export interface Tls {
  readonly port: number;
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
}

export interface Listening {
  readonly port: number;
  /** Shows this certificate to every connection from now on; for an HTTPS door only. @throws Error for one that it cannot. */
  renew(pem: Pick<Tls, 'cert' | 'key'>): void;
  /** Stops accepting, waits up to `graceMs` for answers under way, then ends what is left. */
  close(graceMs: number): Promise<void>;
}

/** Serves the app over plain HTTP. */
export function listen(app: App, address: Address): Promise<Listening> {
  return open(
    createAdaptorServer({ fetch: app.fetch, createServer: createHttpServer }) as HttpServer,
    address,
  );
}

/** Serves the app over TLS. */
export function listenTls(app: App, { host }: Address, tls: Tls): Promise<Listening> {
  const serverOptions = { cert: tls.cert, key: tls.key };
  const server = createAdaptorServer({ fetch: app.fetch, createServer: createHttpsServer, serverOptions });
  return open(server as HttpServer, { host, port: tls.port });
}

type HttpServer = Server & {
  closeAllConnections(): void;
  closeIdleConnections(): void;
  keepAliveTimeout: number;
  setSecureContext?: (pem: Pick<Tls, 'cert' | 'key'>) => void;
};

/** Longer than clients and balancers usually keep an idle connection, so that they are the ones who close it. */
const KEEP_ALIVE_MS = 75_000;

function open(server: HttpServer, { host, port }: Address): Promise<Listening> {
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.prependListener('request', acceptAnyHost);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve({
        port: (server.address() as AddressInfo).port,
        renew: ({ cert, key }) => server.setSecureContext?.({ cert, key }),
        close: (graceMs) => close(server, graceMs),
      });
    });
  });
}

/** Any Host is right, even none: the adaptor would answer what it cannot parse with a bare 400. */
function acceptAnyHost({ headers }: IncomingMessage): void {
  if (!isHost(headers.host ?? '')) headers.host = 'localhost';
}

function isHost(host: string): boolean {
  if (/^[a-z0-9._-]+(?::[0-9]{1,4})?$/.test(host)) return true;
  const url = `http://${host}/`;
  return URL.canParse(url) && new URL(url).hostname === host.replace(/:\d+$/, '').toLowerCase();
}

function close(server: HttpServer, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
