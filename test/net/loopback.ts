/** Servers on the loopback interface, an account that points at one, and a clock whose timers fire by hand. */
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Cancel, Clock } from '../../src/core/clock.js';
import type { Account } from '../../src/core/provider.js';

/** The key that no failure may show. */
export const KEY = 'k3y-0123456789abcdef';

/** What a test opened, closed by `closeAll` whatever became of it. */
export class Loopback {
  readonly sockets = new Set<Socket>();
  readonly #servers: Server[] = [];

  /** The base URL of an HTTP server. */
  http(listener: RequestListener): Promise<string> {
    return this.#listen(createServer({ keepAliveTimeout: 60_000 }, listener), 'http');
  }

  /** The base URL of a server that speaks whatever the test writes. */
  tcp(onSocket: (socket: Socket) => void, scheme: 'http' | 'https' = 'http'): Promise<string> {
    return this.#listen(createTcpServer(onSocket), scheme);
  }

  async closeAll(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  #listen(server: Server, scheme: string): Promise<string> {
    this.#servers.push(server);
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('error', () => {}).on('close', () => this.sockets.delete(socket));
    });
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        resolve(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`);
      });
    });
  }
}

/** Port 1 is nobody's; a port that was open a moment ago may be somebody else's by now. */
export const CLOSED_PORT = 'http://127.0.0.1:1';

/** Time stands still until `fire` runs every timer there is. */
export class HandClock implements Clock {
  readonly #timers = new Set<() => void>();

  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return 0;
  }

  after(_delayMs: number, action: () => void): Cancel {
    this.#timers.add(action);
    return () => this.#timers.delete(action);
  }

  fire(): void {
    for (const action of [...this.#timers]) {
      this.#timers.delete(action);
      action();
    }
  }
}

/** An account as far as net/ reads one. */
export function accountAt(baseUrl: string, apiKey: string = KEY): Account {
  const read: Pick<Account, 'id' | 'baseUrl' | 'apiKey'> = { id: 'sample', baseUrl, apiKey };
  return read as Account;
}
