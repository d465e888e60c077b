import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SolveError } from '../../src/core/errors.js';
import type { Transport, UpstreamRequest } from '../../src/core/provider.js';
import { openTransport, type TransportOptions } from '../../src/net/upstream.js';
import { accountAt, CLOSED_PORT, HandClock, KEY, Loopback } from './loopback.js';

const SUBMIT = {
  method: 'POST',
  path: '/in.php',
  key: 'form.key',
  form: { method: 'post' },
} as const satisfies UpstreamRequest;
const POLL = {
  method: 'GET',
  path: '/res.php',
  key: 'query.key',
  query: { id: '7' },
} as const satisfies UpstreamRequest;

let loopback: Loopback;
let clock: HandClock;
const transports: Transport[] = [];

beforeEach(() => {
  loopback = new Loopback();
  clock = new HandClock();
});

afterEach(async () => {
  await Promise.all(transports.splice(0).map((transport) => transport.close()));
  await loopback.closeAll();
});

function open(options: TransportOptions = { clock }): Transport {
  const transport = openTransport(options);
  transports.push(transport);
  return transport;
}

async function failureOf(base: string, request: UpstreamRequest, signal?: AbortSignal): Promise<SolveError> {
  const ended = open().send(accountAt(base), request, { timeoutMs: 5_000, signal });
  const thrown = await ended.then(
    (reply) => expect.fail(`answered ${JSON.stringify(reply)}`),
    (error: unknown) => error,
  );
  return thrown instanceof SolveError ? thrown : expect.fail(`not a SolveError: ${inspect(thrown)}`);
}

/** A server that reads the whole request and then does as told. */
function onceRead(react: (write: (text: string) => void, reset: () => void) => void): Promise<string> {
  return loopback.tcp((socket) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      const end = text.indexOf('\r\n\r\n');
      if (end < 0 || text.length < end + 4 + length) return;
      react(
        (answer) => socket.write(answer),
        () => socket.resetAndDestroy(),
      );
    });
  });
}

/** A server that answers the first message of a TLS handshake in plain text. */
function noTls(answer: string): Promise<string> {
  return loopback.tcp((socket) => socket.once('data', () => socket.write(answer)), 'https');
}

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n';

describe.each([
  { name: 'a submit', request: SUBMIT, isAmbiguous: true },
  { name: 'a poll', request: POLL, isAmbiguous: false },
])('$name that arrived', ({ request, isAmbiguous }) => {
  it('is late when no headers come', async () => {
    const error = await failureOf(await onceRead(() => clock.fire()), request);
    expect(error).toMatchObject({
      code: 'timeout',
      evidence: { provider: 'sample', isAmbiguous, detail: 'no complete answer within 5000 ms' },
    });
  });

  it('is late when the body stops half way', async () => {
    const base = await loopback.http((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('OK|', () => setImmediate(() => clock.fire()));
    });
    expect(await failureOf(base, request)).toMatchObject({ code: 'timeout', evidence: { isAmbiguous } });
  });

  it('is a bad reply when the connection is reset', async () => {
    const error = await failureOf(await onceRead((_write, reset) => reset()), request);
    expect(error).toMatchObject({ code: 'bad_reply', evidence: { provider: 'sample', isAmbiguous } });
    expect(error.evidence.detail).toMatch(/^connection closed before the answer was complete \(\w+\)$/);
  });

  it('is a bad reply when the connection closes in mid body', async () => {
    const base = await loopback.http((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('OK|', () => response.destroy());
    });
    expect(await failureOf(base, request)).toMatchObject({ code: 'bad_reply', evidence: { isAmbiguous } });
  });

  it('is a bad reply when the answer is not HTTP', async () => {
    const base = await onceRead((write) => write('SSH-2.0-OpenSSH_9.6\r\n\r\n'));
    const error = await failureOf(base, request);
    expect(error).toMatchObject({ code: 'bad_reply', evidence: { isAmbiguous } });
    expect(error.evidence.detail).toMatch(/^answer is not proper HTTP \(HTTPParserError\)$/);
  });

  it('is a bad reply when the answer has more than 1 MiB', async () => {
    const base = await loopback.http((_request, response) => response.end('x'.repeat(1024 * 1024 + 1)));
    expect(await failureOf(base, request)).toMatchObject({
      code: 'bad_reply',
      evidence: { isAmbiguous, detail: 'answer too large (UND_ERR_RES_EXCEEDED_MAX_SIZE)' },
    });
  });

  it('is late when its signal aborts', async () => {
    const controller = new AbortController();
    const base = await onceRead(() => controller.abort(new Error(KEY)));
    const error = await failureOf(base, request, controller.signal);
    expect(error).toMatchObject({ code: 'timeout', evidence: { isAmbiguous, detail: 'aborted' } });
  });
});

describe('a submit that never left', () => {
  it('is not ambiguous when the port is closed', async () => {
    expect(await failureOf(CLOSED_PORT, SUBMIT)).toMatchObject({
      code: 'bad_reply',
      evidence: { provider: 'sample', isAmbiguous: false, detail: 'connection refused (ECONNREFUSED)' },
    });
  });

  it('is not ambiguous when the host has no address', async () => {
    // The empty label makes the resolver refuse the name without asking anybody.
    const error = await failureOf('http://no..such..host', SUBMIT);
    expect(error).toMatchObject({ code: 'bad_reply', evidence: { isAmbiguous: false } });
    expect(error.evidence.detail).toMatch(/^host name not found \((ENOTFOUND|EAI_\w+)\)$/);
  });

  it('is not ambiguous when the connection does not come about in time', async () => {
    const base = await loopback.tcp(() => {}, 'https'); // Accepts, and never shakes hands.
    const ended = open({ clock, connectTimeoutMs: 20 }).send(accountAt(base), SUBMIT, { timeoutMs: 5_000 });
    await expect(ended).rejects.toMatchObject({
      code: 'timeout',
      evidence: { isAmbiguous: false, detail: 'no connection in time (UND_ERR_CONNECT_TIMEOUT)' },
    });
  });

  it('is not ambiguous when its own time is over before the connection stands', async () => {
    const base = await loopback.tcp(() => clock.fire(), 'https');
    expect(await failureOf(base, SUBMIT)).toMatchObject({
      code: 'timeout',
      evidence: { isAmbiguous: false, detail: 'not sent within 5000 ms' },
    });
  });

  it('is not ambiguous when TLS fails', async () => {
    const base = await noTls('HTTP/1.1 400 Bad Request\r\n\r\n');
    const error = await failureOf(base, SUBMIT);
    expect(error).toMatchObject({ code: 'bad_reply', evidence: { isAmbiguous: false } });
    expect(error.evidence.detail).toMatch(/^TLS connection failed \(\w+\)$/);
  });

  it('is not ambiguous when its signal had aborted before', async () => {
    const base = await loopback.http((_request, response) => response.end('OK|1'));
    const error = await failureOf(base, SUBMIT, AbortSignal.abort());
    expect(error).toMatchObject({ code: 'timeout', evidence: { isAmbiguous: false, detail: 'aborted' } });
    expect(loopback.sockets.size).toBe(0);
  });

  it('is never sent later, and costs no connection, when it was given up in the queue', async () => {
    const urls: (string | undefined)[] = [];
    const ports = new Set<number | undefined>();
    const gaveUp = new AbortController();
    const transport = open({ clock, connections: 1 });
    const limits = { timeoutMs: 5_000 };
    const base = await loopback.http((request, response) => {
      urls.push(request.url);
      ports.add(request.socket.remotePort);
      gaveUp.abort();
      setImmediate(() => response.end('OK'));
    });
    const first = transport.send(accountAt(`${base}/first`), SUBMIT, limits);
    const second = transport.send(accountAt(`${base}/second`), SUBMIT, { ...limits, signal: gaveUp.signal });
    const third = transport.send(accountAt(`${base}/third`), SUBMIT, limits);
    await expect(second).rejects.toMatchObject({ evidence: { isAmbiguous: false, detail: 'aborted' } });
    await Promise.all([first, third]);
    expect(urls).toEqual(['/first/in.php', '/third/in.php']);
    expect(ports.size).toBe(1);
  });
});

describe('time', () => {
  it('is not bought by a slow drip', async () => {
    const base = await loopback.http((_request, response) => {
      const drip = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(drip));
    });
    const ended = open({}).send(accountAt(base), POLL, { timeoutMs: 100 });
    await expect(ended).rejects.toMatchObject({ code: 'timeout' });
  });

  it('cuts the connection, so that the provider sees the end', async () => {
    let onClosed = () => {};
    const closed = new Promise<void>((resolve) => {
      onClosed = resolve;
    });
    const base = await loopback.http((request) => {
      request.socket.on('close', onClosed);
      clock.fire();
    });
    await failureOf(base, SUBMIT);
    await closed;
  });
});

describe('the key', () => {
  const echoes = (request: string) => `HTTP/1.1 200 OK\r\nX-${KEY}\r\n\r\n${request}`;

  it.each([
    ['a form', SUBMIT],
    ['JSON', { method: 'POST', path: '/createTask', key: 'json.clientKey', json: {} }],
    ['a query', POLL],
  ] as const)('in %s is in no failure, whatever the provider answers', async (_place, request) => {
    const failures = [
      await failureOf(await onceRead(() => clock.fire()), request),
      await failureOf(await onceRead((_write, reset) => reset()), request),
      await failureOf(await onceRead((write) => write(echoes(KEY))), request),
      await failureOf(
        await onceRead((write, reset) => {
          write(`${HEAD}${KEY}`);
          setImmediate(reset);
        }),
        request,
      ),
      await failureOf(CLOSED_PORT, request),
      await failureOf(await noTls(echoes(KEY)), request),
    ];
    for (const failure of failures) {
      const everything = inspect(failure, {
        depth: Number.POSITIVE_INFINITY,
        showHidden: true,
        getters: true,
      });
      expect(`${everything} ${failure.stack} ${JSON.stringify(failure)}`).not.toContain(KEY);
    }
  });
});
