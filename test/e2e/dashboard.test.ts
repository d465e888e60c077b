/** The page and its figures as HTTP: who gets in, by what, and what a strange site in the same browser cannot do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.js';
import {
  ADMIN_KEY,
  CLIENT_KEY,
  configFor,
  type GatewayInProcess,
  openGateway,
} from '../support/gateway-in-process.js';
import { type Answer, jsonOf, send } from '../support/http.js';
import { nativeDoor } from './doors.js';
import { openScene, type Scene } from './scene.js';

const MOST_BYTES = 150_000;

let scene: Scene;
let keyless: GatewayInProcess;
let url: string;
let cookie: string;

beforeAll(async () => {
  scene = await openScene({
    entries: [{ kinds: ['recaptcha_v2'] }, { kinds: ['recaptcha_v2'] }],
    sections: { admin: { key: ADMIN_KEY } },
  });
  url = scene.url;
  keyless = await openGateway(configFor([{ url: scene.first.url }]));
  cookie = cookieOf(await logIn(ADMIN_KEY));
});
afterAll(async () => {
  await keyless.close();
  await scene.close();
});

function logIn(key: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return send(url, '/admin/session', { json: { key }, headers });
}

function cookieOf({ headers }: Answer): string {
  return String(headers['set-cookie']).split(';')[0] ?? '';
}

function own(base: string): Record<string, string> {
  return { origin: base, 'sec-fetch-site': 'same-origin' };
}

describe('the page', () => {
  it('comes to everybody, browser or not, and may load nothing but its own parts', async () => {
    for (const accept of ['text/html,*/*', '*/*']) {
      const { status, headers, text } = await send(url, '/', { headers: { accept } });
      expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
      expect(text).not.toMatch(/<script>|<style|style="| on[a-z]+="/);
    }
  });

  it('is asked for anew and answered shortly; its parts are kept for good, under names that change', async () => {
    const { headers, text } = await send(url, '/');
    const again = await send(url, '/', { headers: { 'if-none-match': String(headers.etag) } });
    expect([headers['cache-control'], again.status, again.text]).toEqual(['no-cache', 304, '']);
    const [part = ''] = /dashboard\/[0-9a-f]{16}\/main\.js/.exec(text) ?? [];
    const { headers: kept } = await send(url, `/${part}`);
    expect(kept['cache-control']).toContain('immutable');
    expect(kept['content-type']).toBe('text/javascript; charset=utf-8');
    const stale = await send(url, `/${part.replace(/[0-9a-f]{16}/, '0123456789abcdef')}`);
    const made = await send(url, `/${part.replace('main.js', '..%2f..%2fpackage.json')}`);
    expect([stale.status, made.status]).toEqual([404, 404]);
  });

  it('weighs less than 150 kB with all its parts', async () => {
    const seen = new Map<string, number>();
    const load = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.set(path, 0);
      const { status, text } = await send(url, path);
      expect([path, status]).toEqual([path, 200]);
      seen.set(path, Buffer.byteLength(text));
      const folder = path.slice(0, path.lastIndexOf('/') + 1);
      const named = [...text.matchAll(/"(dashboard\/[^"]+)"|from '\.\/([^']+)'/g)];
      await Promise.all(named.map(([, whole, sibling]) => load(whole ? `/${whole}` : `${folder}${sibling}`)));
    };
    await load('/');
    const bytes = [...seen.values()].reduce((sum, size) => sum + size, 0);
    process.stdout.write(`the dashboard: ${bytes} bytes in ${seen.size} files\n`);
    expect(seen.size).toBeGreaterThan(15);
    expect(bytes).toBeLessThan(MOST_BYTES);
  });

  it('leaves POST / to the old doors', async () => {
    const { status, text } = await send(url, '/', { json: {} });
    expect([status, jsonOf({ text })]).toEqual([
      200,
      expect.objectContaining({ errorCode: 'ERROR_NO_SUCH_METHOD' }),
    ]);
  });
});

describe('the session', () => {
  it('is a cookie that no script reads, no other site sends, and that is not the key', async () => {
    const answer = await logIn(ADMIN_KEY);
    expect(answer.status).toBe(204);
    const [header = ''] = [answer.headers['set-cookie']].flat();
    expect(header).toMatch(
      /^captcha-gateway-\d+=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
    expect(header).not.toContain(ADMIN_KEY);
    const behindTls = await logIn(ADMIN_KEY, { 'x-forwarded-proto': 'https' });
    expect(String(behindTls.headers['set-cookie'])).toMatch(/; Secure$/);
  });

  it.each(['/status', '/metrics', '/admin/history', '/admin/providers/first', '/admin/callbacks'])(
    'opens %s, which nobody may keep',
    async (path) => {
      const { status, headers } = await send(url, path, { headers: { cookie } });
      expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
      expect((await send(url, path)).status).toBe(401);
    },
  );

  it('opens the operator’s stream of events', async () => {
    const stream = await openEventStream(`${url}/v1/events`, { cookie });
    expect(stream.status).toBe(200);
    const told = await nativeDoor.solve(url);
    await stream.until(({ event }) => event === 'task-solved');
    stream.close();
    expect(told).toHaveProperty('token');
  });

  it('tells who asks, and by what', async () => {
    const who = async (headers: Readonly<Record<string, string>>) =>
      jsonOf(await send(url, '/admin/session', { headers }));
    expect(await who({})).toEqual({ proof: null, hasKey: true, expiresAt: null });
    expect(await who({ cookie })).toEqual({
      proof: 'session',
      hasKey: true,
      expiresAt: expect.stringMatching(/Z$/),
    });
    expect(await who({ 'x-api-key': ADMIN_KEY })).toMatchObject({ proof: 'key' });
    expect(await who({ cookie: `${cookie}x` })).toMatchObject({ proof: null });
    expect(jsonOf(await send(keyless.url, '/admin/session'))).toEqual({
      proof: 'address',
      hasKey: false,
      expiresAt: null,
    });
  });

  it('a wrong key gets none, after a while; a client’s key is one', async () => {
    for (const key of [CLIENT_KEY, '', undefined, 7, `${ADMIN_KEY} x`]) {
      const answer = await logIn(key, { 'x-forwarded-for': '198.51.100.1' });
      expect(answer.status).toBe(401);
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(answer.tookMs).toBeGreaterThan(250);
    }
  });

  it('ends when its holder says so', async () => {
    const mine = cookieOf(await logIn(ADMIN_KEY));
    const out = await send(url, '/admin/session', {
      method: 'DELETE',
      headers: { cookie: mine, ...own(url) },
    });
    expect(String(out.headers['set-cookie'])).toMatch(/=; Path=\/; Max-Age=0;/);
    expect((await send(url, '/status', { headers: { cookie: mine } })).status).toBe(401);
    expect((await send(url, '/status', { headers: { cookie } })).status).toBe(200);
  });
});

describe('what changes something', () => {
  const hold = (headers: Readonly<Record<string, string>>, base = url) =>
    send(base, '/admin/providers/first/hold', { json: { reason: 'test' }, headers });
  const admit = (base = url) =>
    send(base, '/admin/providers/first/admit', { json: {}, headers: { 'x-api-key': ADMIN_KEY } });

  it('goes by cookie from the page itself', async () => {
    const { host } = new URL(url);
    expect((await hold({ cookie, ...own(url) })).status).toBe(200);
    // Browsers name the site only where the connection is trusted.
    expect((await hold({ cookie, origin: `http://${host}` })).status).toBe(200);
    await admit();
  });

  it.each([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    ['another origin, in a browser that names no site', { origin: 'https://evil.example' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['nobody knows where', {}],
  ])('never goes by cookie from %s', async (_whose, headers) => {
    expect((await hold({ cookie, ...headers })).status).toBe(401);
  });

  it('goes by key from anywhere', async () => {
    expect((await hold({ 'x-api-key': ADMIN_KEY, origin: 'https://tools.example' })).status).toBe(200);
    await admit();
  });

  it('without a key goes from programs of this machine and from the page, not from other sites', async () => {
    expect((await hold({}, keyless.url)).status).toBe(200);
    expect((await hold(own(keyless.url), keyless.url)).status).toBe(200);
    expect((await hold({ origin: 'https://evil.example' }, keyless.url)).status).toBe(401);
    expect((await hold({ origin: 'null' }, keyless.url)).status).toBe(401);
  });

  it('without a key nothing is told under a name that somebody else may have pointed here', async () => {
    const { port } = new URL(keyless.url);
    const status = async (host: string) => (await send(keyless.url, '/status', { headers: { host } })).status;
    expect(await status(`evil.example:${port}`)).toBe(401);
    for (const host of [
      `localhost:${port}`,
      `127.0.0.1:${port}`,
      `[::1]:${port}`,
      `gateway.localhost:${port}`,
    ])
      expect([host, await status(host)]).toEqual([host, 200]);
  });

  it('logging in and out from another site is refused too', async () => {
    const headers = { origin: 'https://evil.example' };
    expect((await logIn(ADMIN_KEY, headers)).status).toBe(401);
    const out = await send(url, '/admin/session', { method: 'DELETE', headers: { cookie, ...headers } });
    expect(out.status).toBe(401);
    expect((await send(url, '/status', { headers: { cookie } })).status).toBe(200);
  });
});

describe('/admin/history', () => {
  it('tells the minutes, the kinds and the changes', async () => {
    await nativeDoor.solve(url);
    const told = jsonOf(await send(url, '/admin/history?minutes=5', { headers: { cookie } }));
    expect(told).toMatchObject({
      minutes: expect.arrayContaining([
        {
          at: expect.stringMatching(/:00\.000Z$/),
          providers: [expect.objectContaining({ id: 'first', failed: 0 })],
        },
      ]),
      providers: [
        expect.objectContaining({ id: 'first', p50Ms: expect.any(Number), spendUsd: expect.any(Number) }),
      ],
      kinds: [expect.objectContaining({ kind: 'recaptcha_v2', failed: 0 })],
      changes: expect.arrayContaining([expect.objectContaining({ provider: 'first', scope: 'operator' })]),
    });
  });

  it.each(['0', '-1', 'x', '1.5', ''])('refuses %j minutes', async (minutes) => {
    const { status } = await send(url, `/admin/history?minutes=${minutes}`, { headers: { cookie } });
    expect(status).toBe(400);
  });
});

describe('what the page asks for again and again', () => {
  it.each(['/status', '/admin/history'])('%s is compressed for whoever takes that', async (path) => {
    const headers = { 'x-api-key': ADMIN_KEY };
    const packed = await fetch(`${url}${path}`, { headers: { ...headers, 'accept-encoding': 'gzip' } });
    const plain = await send(url, path, { headers });
    expect([packed.headers.get('content-encoding'), plain.headers['content-encoding']]).toEqual([
      'gzip',
      undefined,
    ]);
    expect(Object.keys((await packed.json()) as object)).toEqual(Object.keys(jsonOf(plain)));
    expect(packed.headers.get('cache-control')).toBe('no-store');
  });
});

describe('guessing', () => {
  it('is listened to ten times a minute, however many come at once, then not at all', async () => {
    const guarded = await openGateway(configFor([{ url: scene.first.url }], { admin: { key: ADMIN_KEY } }));
    const guess = (key: string) => send(guarded.url, '/admin/session', { json: { key } });
    expect((await guess(ADMIN_KEY)).status).toBe(204);
    const guesses = await Promise.all(Array.from({ length: 30 }, () => guess('guess')));
    const heard = guesses.filter(({ status }) => status === 401);
    const right = await guess(ADMIN_KEY);
    const byKey = await send(guarded.url, '/status', { headers: { 'x-api-key': ADMIN_KEY } });
    await guarded.close();
    expect(heard).toHaveLength(10);
    expect([right.status, Number(right.headers['retry-after']) > 50, byKey.status]).toEqual([429, true, 200]);
  });
});
