/** Threads of a plan, where the service tells them: they are the ceiling without any refusal. */
import { describe, expect, it } from 'vitest';
import captchaai from '../../providers/captchaai.js';
import { text } from '../support/fake-transport.js';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts, NOT_READY, solves } from './answers.js';
import { account, type Bench, openBench } from './bench.js';

function openPlan(threads: number | undefined, told: string): Bench {
  const plan = account('plan', { provider: captchaai, threads });
  const bench = openBench({ accounts: [plan, 'b'], routing: { deadlineMs: 60_000 }, isLoose: true });
  bench.transport.always('plan', 'threads', text(told));
  for (const id of ['plan', 'b']) {
    let tasks = 0;
    bench.transport.always(id, 'submit', () => {
      tasks += 1;
      return accepts(`${id}-${tasks}`);
    });
    bench.transport.always(id, 'poll', NOT_READY);
  }
  return bench;
}

const TELLS_3 = '{"status":1,"threads":3,"working_threads":1,"free_threads":2}';

describe('threads that the service tells', () => {
  it('are the ceiling, as those of the config are', async () => {
    const bench = openPlan(undefined, TELLS_3);
    for (let made = 0; made < 5; made += 1) await bench.begin(sampleTask('turnstile'));
    const [plan, b] = bench.engine.providers();
    expect([plan?.inFlight, plan?.limit, b?.inFlight]).toEqual([3, 3, 2]);
    expect(bench.transport.calls('plan', 'threads')).toHaveLength(1);
  });

  it.each([
    ['fewer in the config', 2, TELLS_3, 2],
    ['fewer in the plan', 9, TELLS_3, 3],
    ['nothing that is a number', 4, '{"status":1,"request":"flat"}', 4],
    ['a refusal', undefined, '{"status":0,"request":"ERROR_EMPTY_ACTION"}', null],
    ['rubbish', undefined, '<html>', null],
  ])('with %s', async (_name, threads, told, limit) => {
    const bench = openPlan(threads, told);
    await bench.begin(sampleTask('turnstile'));
    expect(bench.engine.providers()[0]?.limit).toBe(limit);
  });

  it('are asked for again after a while, and only while the account is used', async () => {
    const bench = openPlan(undefined, TELLS_3);
    bench.transport.always('plan', 'poll', solves('t'));
    await bench.run(15_000, sampleTask('turnstile'));
    await bench.clock.advance(590_000);
    expect(bench.transport.calls('plan', 'threads')).toHaveLength(1);
    bench.transport.always('plan', 'threads', text('{"status":1,"request":{"threads":"8"}}'));
    await bench.begin(sampleTask('turnstile'));
    expect(bench.engine.providers()[0]?.limit).toBe(8);
  });
});
