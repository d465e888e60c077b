import { getEventListeners, setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SendLimits, Transport, UpstreamReply, UpstreamRequest } from '../../src/core/provider.js';
import { openTransport, type TransportOptions } from '../../src/net/upstream.js';
import { accountAt, HandClock, Loopback } from './loopback.js';

const POLL = {
  method: 'GET',
  path: '/res.php',
  key: 'query.key',
  query: { id: '7' },
} as const satisfies UpstreamRequest;
const LIMITS: SendLimits = { timeoutMs: 5_000 };

let loopback: Loopback;
const transports: Transport[] = [];

beforeEach(() => {
  loopback = new Loopback();
});

afterEach(async () => {
  await Promise.all(transports.splice(0).map((transport) => transport.close()));
  await loopback.closeAll();
});

function open(options: TransportOptions = {}): Transport {
  const transport = openTransport(options);
  transports.push(transport);
  return transport;
}

async function ask(answer: (response: ServerResponse) => void): Promise<UpstreamReply> {
  const base = await loopback.http((_request, response) => answer(response));
  return open().send(accountAt(base), POLL, LIMITS);
}

describe('an answer', () => {
  it('is passed on whatever its status says', async () => {
    const html = '<html>502 Bad Gateway</html>';
    expect(await ask((response) => response.writeHead(502).end(html))).toEqual({ status: 502, body: html });
  });

  it('is passed on when it redirects, and nobody follows', async () => {
    const reply = await ask((response) => response.writeHead(302, { location: '/elsewhere' }).end('moved'));
    expect(reply).toEqual({ status: 302, body: 'moved', location: '/elsewhere' });
  });

  it('says nothing of a place where none is named, or two are', async () => {
    expect(await ask((response) => response.end('OK'))).not.toHaveProperty('location');
    const twice = await ask((response) => {
      response.statusCode = 303;
      response.setHeader('location', ['/1', '/2']).end();
    });
    expect(twice).toEqual({ status: 303, body: '' });
  });

  it('may be empty', async () => {
    expect(await ask((response) => response.writeHead(204).end())).toEqual({ status: 204, body: '' });
  });

  it('reads as UTF-8, split characters and a byte order mark included', async () => {
    const reply = await ask((response) => {
      response.write(Buffer.from([0xef, 0xbb, 0xbf, 0xc3]));
      setImmediate(() => response.end(Buffer.from([0xbc, 0xff])));
    });
    expect(reply.body).toBe('ü\ufffd');
  });

  it('may have 1 MiB', async () => {
    const body = 'x'.repeat(1024 * 1024);
    expect((await ask((response) => response.end(body))).body.length).toBe(body.length);
  });

  it('is read past an informational one', async () => {
    const reply = await ask((response) => {
      response.writeProcessing();
      response.end('OK|1');
    });
    expect(reply).toEqual({ status: 200, body: 'OK|1' });
  });
});

describe('connections', () => {
  it('are kept: requests one after another share one', async () => {
    const ports = new Set<number | undefined>();
    const base = await loopback.http((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('OK');
    });
    const transport = open();
    for (let index = 0; index < 10; index += 1) {
      await transport.send(accountAt(base), POLL, LIMITS);
      await nextTurn(); // undici leaves a connection alone for one turn, in case the server closes it after all.
    }
    expect(ports.size).toBe(1);
  });

  it('are shared by accounts at one origin', async () => {
    const lines: string[] = [];
    const base = await loopback.http((request, response) => {
      lines.push(`${request.socket.remotePort} ${request.url}`);
      response.end('OK');
    });
    const transport = open();
    await transport.send(accountAt(`${base}/a`, 'one'), POLL, LIMITS);
    await nextTurn();
    await transport.send(accountAt(`${base}/b`, 'two'), POLL, LIMITS);
    const [port] = lines[0]?.split(' ') ?? [];
    expect(lines).toEqual([`${port} /a/res.php?id=7&key=one`, `${port} /b/res.php?id=7&key=two`]);
  });

  it('carry one request at a time, each its own', async () => {
    let inFlight = 0;
    const held: (() => void)[] = [];
    const base = await loopback.http((_request, response) => {
      inFlight += 1;
      held.push(() => response.end('OK'));
      if (inFlight === 20) for (const answer of held) answer();
    });
    const transport = open();
    const sends = Array.from({ length: 20 }, () => transport.send(accountAt(base), POLL, LIMITS));
    expect((await Promise.all(sends)).map(({ body }) => body)).toEqual(Array(20).fill('OK'));
    expect(loopback.sockets.size).toBe(20);
  });

  it('leave no timer and no listener behind', async () => {
    const clock = new HandClock();
    const base = await loopback.http((request, response) => {
      if (request.url?.includes('reset')) request.socket.destroy();
      else response.end('OK');
    });
    const transport = open({ clock });
    const { signal } = new AbortController();
    setMaxListeners(0, signal); // As the owner of a signal shared by many requests does.
    const limits = { timeoutMs: 5_000, signal };
    const sends = Array.from({ length: 200 }, (_, index) =>
      transport.send(accountAt(`${base}${index % 5 ? '' : '/reset'}`), POLL, limits),
    );
    const ends = await Promise.allSettled(sends);
    expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(40);
    expect(clock.pending).toBe(0);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('closing', () => {
  it('ends what is in flight, closes every connection and refuses the next request', async () => {
    let onArrival = () => {};
    const arrived = new Promise<void>((resolve) => {
      onArrival = resolve;
    });
    const base = await loopback.http(() => onArrival());
    const transport = openTransport();
    const failure = transport.send(accountAt(base), POLL, LIMITS).catch((error: unknown) => error);
    await arrived;
    const socketsClosed = Promise.all(
      [...loopback.sockets].map((socket) => new Promise((resolve) => socket.on('close', resolve))),
    );
    await transport.close();
    await socketsClosed;
    expect(await failure).toMatchObject({
      code: 'bad_reply',
      evidence: { detail: 'transport closed (UND_ERR_DESTROYED)' },
    });
    await expect(transport.send(accountAt(base), POLL, LIMITS)).rejects.toMatchObject({ code: 'bad_reply' });
  });

  it('is done when nothing was ever opened, and twice', async () => {
    const transport = openTransport();
    await transport.close();
    await expect(transport.close()).resolves.toBeUndefined();
  });
});
