import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Transport, UpstreamRequest } from '../../src/core/provider.js';
import { openTransport } from '../../src/net/upstream.js';
import { accountAt, KEY, Loopback } from './loopback.js';

interface Seen {
  readonly line: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
  readonly bytes: Buffer;
}

let loopback: Loopback;
let transport: Transport;
let base: string;
let seen: Seen[];

beforeEach(async () => {
  loopback = new Loopback();
  transport = openTransport();
  seen = [];
  base = await loopback.http(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    seen.push({
      line: `${request.method} ${request.url}`,
      headers: request.headers,
      body: bytes.toString(),
      bytes,
    });
    response.end('OK|1');
  });
});

afterEach(async () => {
  await transport.close();
  await loopback.closeAll();
});

async function sent(request: UpstreamRequest, prefix = '', apiKey = KEY): Promise<Seen | undefined> {
  await transport.send(accountAt(`${base}${prefix}`, apiKey), request, { timeoutMs: 5_000 });
  return seen.at(-1);
}

describe('a request to a provider', () => {
  it('carries the key in a urlencoded form', async () => {
    const request = await sent({
      method: 'POST',
      path: '/in.php',
      key: 'form.key',
      form: { method: 'post', body: 'a+b/c=&ü' },
    });
    expect(request?.line).toBe('POST /in.php');
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      method: 'post',
      body: 'a+b/c=&ü',
      key: KEY,
    });
  });

  it('carries the key in a JSON body', async () => {
    const task = { type: 'TurnstileTaskProxyless', websiteURL: 'https://example.com/ü' };
    const request = await sent({
      method: 'POST',
      path: '/createTask',
      key: 'json.clientKey',
      json: { task },
    });
    expect(request?.line).toBe('POST /createTask');
    expect(request?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(request?.body ?? '')).toEqual({ task, clientKey: KEY });
  });

  it('carries the key in the query, escaped', async () => {
    const query = { action: 'get', id: '7' };
    const request = await sent({ method: 'GET', path: '/res.php', key: 'query.key', query }, '', 'a&b=c d');
    expect(request?.line).toBe('GET /res.php?action=get&id=7&key=a%26b%3Dc+d');
    expect(request?.body).toBe('');
    expect(request?.headers).not.toHaveProperty('content-type');
  });

  it('carries texts and files as the parts of a multipart body, and the key as one of them', async () => {
    const bytes = Buffer.from([0xff, 0xd8, 0x00, 0x0d, 0x0a]);
    const request = await sent({
      method: 'POST',
      path: '/captcha',
      key: 'multipart.authtoken',
      multipart: { type: '3', banner_text: 'every bus: ü\r\n"' },
      files: { banner: { base64: bytes.toString('base64'), name: 'banner.jpg' } },
    });
    const type = String(request?.headers['content-type']);
    expect(type).toMatch(/^multipart\/form-data; boundary=/);
    expect(Number(request?.headers['content-length'])).toBe(request?.bytes.length);
    const parts = await new Response(request?.bytes, { headers: { 'content-type': type } }).formData();
    const file = parts.get('banner') as File;
    parts.delete('banner');
    expect(Object.fromEntries(parts)).toEqual({
      type: '3',
      banner_text: 'every bus: ü\r\n"',
      authtoken: KEY,
    });
    expect([file.name, Buffer.from(await file.arrayBuffer())]).toEqual(['banner.jpg', bytes]);
  });

  it('asks for the media type it is told to', async () => {
    const request = { method: 'GET', path: '/captcha/7', key: 'none' } as const;
    expect((await sent(request))?.headers.accept).toBe('*/*');
    expect((await sent({ ...request, accept: 'application/json' }))?.headers.accept).toBe('application/json');
  });

  it('carries no key where none belongs', async () => {
    const request = await sent({
      method: 'POST',
      path: '/test',
      key: 'none',
      form: { a: '1' },
      query: { b: '2' },
    });
    expect(request).toMatchObject({ line: 'POST /test?b=2', body: 'a=1' });
    expect(JSON.stringify(request)).not.toContain(KEY);
  });

  it('lets no field stand in for the key', async () => {
    const request = await sent({
      method: 'POST',
      path: '/in.php',
      key: 'form.key',
      form: { key: 'of somebody else' },
    });
    expect(request?.body).toBe(`key=${KEY}`);
  });

  it.each(['/api/v2', '/api/v2/'])('goes below the path of the base URL %s', async (prefix) => {
    const request = await sent({ method: 'GET', path: '/res.php', key: 'query.key' }, prefix);
    expect(request?.line).toBe(`GET /api/v2/res.php?key=${KEY}`);
  });

  it('has no headers but the ordinary ones', async () => {
    const request = await sent({
      method: 'POST',
      path: '/in.php',
      key: 'form.key',
      form: { method: 'post' },
    });
    expect(Object.keys(request?.headers ?? {}).sort()).toEqual([
      'accept',
      'connection',
      'content-length',
      'content-type',
      'host',
    ]);
  });
});
