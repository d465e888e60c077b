/** One try to tell a client's server: checked where it connects, bounded in time and size, no redirects. */
import { createHmac } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import { expect, it, type TestContext, vi } from 'vitest';
import { openCallbacks } from '../../src/net/callback.js';
import { openAddresses } from '../../src/net/callback-address.js';
import { webhookHeaders } from '../../src/net/callback-signature.js';
import { type Answering, OK, openReceiver, SILENT, status } from '../support/receiver.js';

const POST = { method: 'POST', contentType: 'application/json', body: '{"a":1}' } as const;

/** A resolver of which the test knows what it says. */
const resolvesTo =
  (...found: readonly string[]): LookupFunction =>
  (_hostname, _options, callback) =>
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

async function open(
  { onTestFinished }: TestContext,
  answer: Answering = OK,
  { allow = ['127.0.0.1'], answerWithinMs = 5_000, lookup = undefined as LookupFunction | undefined } = {},
) {
  const receiver = await openReceiver(answer);
  onTestFinished(receiver.close);
  const send = openCallbacks({ addresses: openAddresses(allow), answerWithinMs, lookup });
  const { signal } = new AbortController();
  const call = (url = `${receiver.url}/done?x=1`) =>
    send({ url, request: POST, headers: { 'x-a': 'b' }, signal });
  return { receiver, send, call, port: new URL(receiver.url).port };
}

it('sends what is to be said, and gives the status', async (context) => {
  const { receiver, call } = await open(context, status(201));
  expect(await call()).toBe(201);
  const [told] = receiver.received;
  expect(told).toMatchObject({ method: 'POST', path: '/done?x=1', body: '{"a":1}' });
  expect(told?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-a': 'b',
    'user-agent': 'captcha-gateway',
  });
});

it('adds to the query, and sends a login of the URL as a header', async (context) => {
  const { receiver, send } = await open(context);
  const request = { method: 'GET', query: { id: '7', code: 'a b|&ä' }, body: '' } as const;
  const { signal } = new AbortController();
  const url = receiver.url.replace('//', '//user:p%40ss@');
  await send({ url: `${url}/?x=1#top`, request, headers: {}, signal });
  await send({ url, request, headers: {}, signal });
  expect(receiver.received.map(({ method, path }) => [method, path])).toEqual([
    ['GET', '/?x=1&id=7&code=a+b%7C%26%C3%A4'],
    ['GET', '/?id=7&code=a+b%7C%26%C3%A4'],
  ]);
  expect(receiver.received[0]?.headers.authorization).toBe(`Basic ${btoa('user:p@ss')}`);
});

it.each([301, 302, 307, 308])('does not follow a %i', async (code) => {
  const other = await openReceiver();
  const receiver = await openReceiver((response) => {
    response.writeHead(code, { location: `${other.url}/elsewhere` }).end();
  });
  const send = openCallbacks({ addresses: openAddresses(['127.0.0.1']), answerWithinMs: 5_000 });
  const { signal } = new AbortController();
  expect(await send({ url: receiver.url, request: POST, headers: {}, signal })).toBe(code);
  await Promise.all([receiver.close(), other.close()]);
  expect(other.received).toEqual([]);
});

it('gives up on a silent receiver, and leaves no connection behind', async (context) => {
  const { receiver, call } = await open(context, SILENT, { answerWithinMs: 60 });
  await expect(call()).rejects.toThrow('no answer within 60 ms');
  await vi.waitFor(() => expect(receiver.connections).toBe(0));
});

it('ends with its signal', async (context) => {
  const { receiver, send } = await open(context, SILENT);
  const over = new AbortController();
  const sent = send({ url: receiver.url, request: POST, headers: {}, signal: over.signal });
  await receiver.until(1);
  over.abort();
  await expect(sent).rejects.toThrow('no answer');
  await vi.waitFor(() => expect(receiver.connections).toBe(0));
});

it('does not read an answer that has no end', async (context) => {
  let written = 0;
  const endless: Answering = (response) => {
    response.on('error', () => {});
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(4_096))) written += 4_096;
    };
    response.writeHead(200);
    response.on('drain', more);
    more();
  };
  const { receiver, call } = await open(context, endless);
  expect(await call()).toBe(200);
  await vi.waitFor(() => expect(receiver.connections).toBe(0));
  expect(written).toBeLessThan(20_000_000);
});

it('says in a word why there was no answer, and nothing of the address', async (context) => {
  const { call } = await open(context);
  await expect(call('http://127.0.0.1:1/secret')).rejects.toThrow(/^no answer \(ECONNREFUSED\)$/);
});

it('refuses an address that is not allowed, before any packet', async (context) => {
  const { receiver, call } = await open(context, OK, { allow: [] });
  await expect(call()).rejects.toThrow('private');
  expect(receiver.received).toEqual([]);
});

it.each([
  { names: ['127.0.0.1'], allow: [] },
  { names: ['::1'], allow: ['127.0.0.1'] },
  { names: ['::ffff:10.0.0.1'], allow: ['127.0.0.1'] },
  { names: ['127.0.0.1', '10.0.0.1'], allow: ['127.0.0.1'] },
  { names: [], allow: ['127.0.0.1'] },
])('refuses a name that stands for $names where $allow is allowed', async ({ names, allow }) => {
  const receiver = await openReceiver();
  const lookup = resolvesTo(...names);
  const send = openCallbacks({ addresses: openAddresses(allow), answerWithinMs: 5_000, lookup });
  const { signal } = new AbortController();
  const url = `http://client.example:${new URL(receiver.url).port}/`;
  await expect(send({ url, request: POST, headers: {}, signal })).rejects.toThrow('private');
  await receiver.close();
  expect(receiver.received).toEqual([]);
});

it('connects to what was looked at: a name is resolved once a try, and again at the next', async (context) => {
  const answers = [['127.0.0.1'], ['10.0.0.1']];
  const lookup: LookupFunction = (...call) => resolvesTo(...(answers.shift() ?? []))(...call);
  const { receiver, call, port } = await open(context, OK, { lookup });
  expect(await call(`http://client.example:${port}/`)).toBe(200);
  expect(receiver.received[0]?.headers.host).toBe(`client.example:${port}`);
  await expect(call(`http://client.example:${port}/`)).rejects.toThrow('private');
  expect(receiver.received).toHaveLength(1);
});

it('takes the system’s resolver', async (context) => {
  const { call, port } = await open(context, OK, { allow: [] });
  await expect(call(`http://localhost:${port}/`)).rejects.toThrow('private');
});

it('signs as Standard Webhooks has it', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  // The example of the specification's own libraries.
  const headers = webhookHeaders(
    { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330_999, body: '{"test": 2432232314}' },
    secret,
  );
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
  const key = Buffer.from(secret.slice(6), 'base64');
  const expected = createHmac('sha256', key)
    .update('msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}')
    .digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${expected}`);
});

it('signs nothing without a secret or a body', () => {
  const signed = { id: 'i', at: 0, body: '' };
  expect(Object.keys(webhookHeaders(signed, 'whsec_AAAA'))).toEqual(['webhook-id', 'webhook-timestamp']);
  expect(webhookHeaders({ ...signed, body: 'x' })).not.toHaveProperty('webhook-signature');
});
