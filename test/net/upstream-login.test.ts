/** Keys that are logins: where their halves go, and that neither comes back from a service that repeats them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeyPlace, Transport, UpstreamReply, UpstreamRequest } from '../../src/core/provider.js';
import { openTransport } from '../../src/net/upstream.js';
import { accountAt, Loopback } from './loopback.js';

const LOGIN = 'username:password|authtoken';

let loopback: Loopback;
let transport: Transport;
let seen: { readonly url: string; readonly type: string; readonly body: string };
let answer: (body: string) => { readonly body: string; readonly location?: string };

beforeEach(() => {
  loopback = new Loopback();
  transport = openTransport();
  answer = () => ({ body: 'OK' });
});

afterEach(async () => {
  await transport.close();
  await loopback.closeAll();
});

async function send(apiKey: string, request: Partial<UpstreamRequest>): Promise<UpstreamReply> {
  const base = await loopback.http(async (message, response) => {
    let body = '';
    for await (const chunk of message) body += chunk;
    seen = { url: message.url ?? '', type: message.headers['content-type'] ?? '', body };
    const { body: text, location } = answer(body);
    response.writeHead(location === undefined ? 200 : 303, location === undefined ? {} : { location });
    response.end(text);
  });
  const whole: UpstreamRequest = { method: 'POST', path: '/captcha', key: `form.${LOGIN}`, ...request };
  return transport.send(accountAt(base, apiKey), whole, { timeoutMs: 5_000 });
}

async function fields(): Promise<Record<string, unknown>> {
  if (seen.type === 'application/json') return JSON.parse(seen.body);
  if (seen.body === '') return Object.fromEntries(new URL(seen.url, 'http://localhost').searchParams);
  const form = await new Response(seen.body, { headers: { 'content-type': seen.type } }).formData();
  return Object.fromEntries(form);
}

describe.each<[KeyPlace, Partial<UpstreamRequest>]>([
  [`form.${LOGIN}`, { form: { type: '4' } }],
  [`json.${LOGIN}`, { json: { type: '4' } }],
  [`multipart.${LOGIN}`, { multipart: { type: '4' } }],
  [`query.${LOGIN}`, { method: 'GET', query: { type: '4' } }],
])('%s', (key, request) => {
  it('takes a name and a password, which may hold colons', async () => {
    await send('anna:pass:word', { key, ...request });
    expect(await fields()).toEqual({ type: '4', username: 'anna', password: 'pass:word' });
  });

  it('takes a token', async () => {
    await send('t0ken-0123456789', { key, ...request });
    expect(await fields()).toEqual({ type: '4', authtoken: 't0ken-0123456789' });
  });
});

it('leaves a colon in a key that is no login alone', async () => {
  await send('anna:password', { key: 'form.key', form: {} });
  expect(await fields()).toEqual({ key: 'anna:password' });
});

describe('what a service repeats', () => {
  it('is blanked: the key, the name, the password', async () => {
    answer = (body) => ({ body: `${body} anna-karenina:pass-phrase`, location: `/x?${body}` });
    const reply = await send('anna-karenina:pass-phrase', { form: {} });
    const body = 'username=***&password=***';
    expect(reply).toEqual({ status: 303, body: `${body} ***`, location: `/x?${body}` });
  });

  it('is blanked in a plain answer too', async () => {
    answer = () => ({ body: '{"error":"no such key k3y-0123456789"}' });
    const reply = await send('k3y-0123456789', { key: 'form.key' });
    expect(reply.body).toBe('{"error":"no such key ***"}');
  });

  it('stays readable where a half is a word that answers hold anyway', async () => {
    answer = () => ({ body: '{"user":7,"text":null}' });
    expect((await send('user:text', {})).body).toBe('{"user":7,"text":null}');
  });

  it('keeps the halves of a key that is no login', async () => {
    answer = () => ({ body: 'first-half' });
    expect((await send('first-half:second-half', { key: 'form.key' })).body).toBe('first-half');
  });
});
