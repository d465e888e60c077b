/** How a service is reached: what is told of its name, its connection and its clock. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Server as SocketServer } from 'node:net';
import { createServer as createSocketServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { reach } from '../../src/net/reach.js';

const LIMIT_MS = 400;
/** No label is that long: the resolver refuses it without asking anybody. */
const UNANSWERABLE = `https://${'x'.repeat(64)}.invalid`;

async function listening(server: Server | SocketServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(async () => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

async function service(answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listening(createServer(answer))}`;
}

it("asks for the headers of its root only, and tells its clock's difference", async () => {
  const asked: string[] = [];
  const date = 'Mon, 23 Nov 2026 12:00:30 GMT';
  const url = await service(({ method, url: path, headers }, response) => {
    asked.push(`${method} ${path} ${headers.authorization ?? ''}`);
    response.setHeader('date', date).end();
  });
  const clock = { now: () => Date.parse(date) - 5_000, after: () => () => {} };
  const facts = await reach(`${url}/prefix`, LIMIT_MS, clock);
  expect(facts).toEqual({ status: 'reached', addresses: ['127.0.0.1'], skewMs: 5_000 });
  expect(asked).toEqual(['HEAD /prefix ']);
});

it('tells of no clock where there is no date', async () => {
  const url = await service((_, response) => {
    response.sendDate = false;
    response.end();
  });
  expect(await reach(url, LIMIT_MS)).toMatchObject({ status: 'reached', skewMs: null });
});

it('counts one that connects and never answers as reached', async () => {
  const url = await service(() => {});
  expect(await reach(url, LIMIT_MS)).toEqual({ status: 'reached', addresses: ['127.0.0.1'], skewMs: null });
});

it('tells by a code why there is no connection', async () => {
  const port = await listening(
    createSocketServer((socket) => socket.resume().end('220 mail.example ESMTP\r\n')),
  );
  expect(await reach('http://127.0.0.1:9', LIMIT_MS)).toMatchObject({
    status: 'failed',
    code: 'ECONNREFUSED',
  });
  expect(await reach(UNANSWERABLE, LIMIT_MS)).toMatchObject({
    status: 'failed',
    addresses: [],
    code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
  });
  expect(await reach(`http://127.0.0.1:${port}`, LIMIT_MS)).toMatchObject({ status: 'failed' });
});

it('looks names up', async () => {
  const url = (await service((_, response) => response.end())).replace('127.0.0.1', 'localhost');
  const facts = await reach(url, LIMIT_MS);
  expect(facts.addresses.length).toBeGreaterThan(0);
});
