/** Streams of events over real connections: a slow reader is let go, and those who vanish leave nothing. */
import { createConnection, type Socket } from 'node:net';
import { expect, it, type TestContext, vi } from 'vitest';
import { openApp } from '../../src/app/doors.js';
import { mountEvents } from '../../src/app/events.js';
import { listen } from '../../src/app/listen.js';
import { systemClock } from '../../src/core/clock.js';
import { Events } from '../../src/core/events.js';
import type { Gateway } from '../../src/core/gateway.js';
import { openFeed } from '../../src/ops/events.js';
import { sampleRecord } from '../store/samples.js';
import { send } from '../support/http.js';

const gateway = {} as Gateway;

async function open({ onTestFinished }: TestContext) {
  const faults: unknown[] = [];
  const onFault = (fault: unknown) => faults.push(fault);
  const events = new Events(() => systemClock.now(), onFault);
  const feed = openFeed({ events, clock: systemClock, sayTask: ({ id }) => ({ taskId: String(id) }) });
  const app = openApp((fault) => {
    throw fault;
  });
  mountEvents(app, {
    gateway,
    feed,
    events,
    isOperator: () => true,
    inspect: async () => undefined,
    onFault,
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    feed.close();
    await server.close(0);
  });
  const connect = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = createConnection(server.port, '127.0.0.1', () => resolve(socket));
      socket.on('error', reject);
      socket.write('GET /v1/events HTTP/1.1\r\nHost: gateway\r\n\r\n');
      onTestFinished(() => void socket.destroy());
    });
  return { events, feed, faults, connect, url: `http://127.0.0.1:${server.port}` };
}

it('a reader that does not read loses its connection, and no memory waits for it', async (context) => {
  const { events, feed, faults, connect } = await open(context);
  const socket = await connect();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => {});
  socket.pause();
  await vi.waitFor(() => expect(feed.size).toBe(1));
  const record = sampleRecord(1, { status: 'failed', finishedAt: 1 });
  // More than the kernel takes on either side of a loopback connection.
  for (let told = 0; told < 400 && feed.size > 0; told += 1) {
    for (let each = 0; each < 500; each += 1) events.emit('task-ended', { record });
    await new Promise(setImmediate);
  }
  expect(feed.size).toBe(0);
  socket.resume();
  await closed;
  expect(faults).toEqual([]);
});

it('readers that vanish leave no stream behind', async (context) => {
  const { feed, connect, faults } = await open(context);
  for (let round = 0; round < 5; round += 1) {
    const sockets = await Promise.all(Array.from({ length: 100 }, connect));
    await vi.waitFor(() => expect(feed.size).toBe(100));
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(() => expect(feed.size).toBe(0));
  }
  expect(faults).toEqual([]);
});

it('HEAD opens nothing, and one stream too many is refused', async (context) => {
  const { feed, connect, url } = await open(context);
  const head = await send(url, '/v1/events', { method: 'HEAD' });
  expect([head.status, head.headers['content-type'], feed.size]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
    0,
  ]);
  await Promise.all(Array.from({ length: 100 }, connect));
  await vi.waitFor(() => expect(feed.size).toBe(100));
  expect((await send(url, '/v1/events')).status).toBe(429);
});
