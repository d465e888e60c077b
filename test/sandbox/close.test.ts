/** Closing ends every connection, whatever hangs on it, and leaves nothing behind. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import classic from '../../providers/classic.js';
import { openSandbox } from '../../src/sandbox/sandbox.js';
import { sampleTask } from '../support/sample-tasks.js';
import { Caller, until } from './caller.js';
import { ManualClock } from './manual-clock.js';

const task = sampleTask('turnstile');

it('breaks off hung, dripping, delayed and idle connections within a second', async () => {
  const clock = new ManualClock();
  const sandbox = await openSandbox({ clock });
  const caller = new Caller(sandbox, classic);
  sandbox.queue('submit', 'hang', 'hang-after-accept', 'hang-in-body', 'slow-drip', { delayMs: 60_000 });
  const idle = connect(sandbox.port, '127.0.0.1');
  await once(idle, 'connect');
  const broken = once(idle, 'close');
  const calls = [0, 1, 2, 3, 4].map(() => caller.submit(task));
  const ends = Promise.allSettled(calls);
  await until(() => sandbox.stats().calls.submit === 5 && clock.waiting === 2);
  const before = performance.now();
  await sandbox.close();
  expect(performance.now() - before).toBeLessThan(1_000);
  expect((await ends).map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
  await broken;
  expect(clock.waiting).toBe(0);
});

it('refuses connections afterwards, and closes twice without harm', async () => {
  const sandbox = await openSandbox();
  await new Caller(sandbox, classic).submit(task);
  await Promise.all([sandbox.close(), sandbox.close()]);
  await expect(new Caller(sandbox, classic).submit(task)).rejects.toMatchObject({
    cause: { code: 'ECONNREFUSED' },
  });
});

it('says where it could not listen', async () => {
  const sandbox = await openSandbox();
  await expect(openSandbox({ port: sandbox.port })).rejects.toMatchObject({
    code: 'internal',
    evidence: { detail: `The sandbox cannot listen on 127.0.0.1:${sandbox.port}.` },
  });
  await sandbox.close();
});
