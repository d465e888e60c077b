/** After a submit that failed as a call: nothing is shut, but others are asked first until one task has found out. */
import { describe, expect, it } from 'vitest';
import { hang, late, reset } from '../support/fake-transport.js';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts, NOT_READY, says } from './answers.js';
import { openBench, story } from './bench.js';

const DOUBTED = { provider: 'a', why: 'in doubt: bad_reply; others first' };

/** One submit to `a` has failed; `b` takes everything. */
async function doubtAtA() {
  const bench = openBench();
  bench.transport.script('a', 'submit', reset(false));
  bench.transport.always('b', 'submit', accepts('u-b'));
  for (const id of ['a', 'b']) bench.transport.always(id, 'poll', NOT_READY);
  await bench.begin();
  return bench;
}

describe('an account in doubt', () => {
  it('is not asked while another one takes the task, of whatever kind; the reason is told', async () => {
    const bench = await doubtAtA();
    await bench.clock.advance(4_999);
    for (const task of [undefined, sampleTask('turnstile')] as const) {
      const record = await bench.find(await bench.begin(task));
      expect(story(record)).toEqual(['b: solving']);
      expect(record.passedOver).toEqual([DOUBTED]);
    }
    expect(bench.state('a')).toEqual({ state: 'half-open', cause: 'bad_reply', forMs: 1 });
    expect(bench.kind('a').state).toBe('closed');
  });

  it('is asked when nobody else takes it, with all its time; it was not passed over then', async () => {
    const bench = await doubtAtA();
    bench.transport.script('b', 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
    bench.transport.script('a', 'submit', accepts('u-a'));
    const record = await bench.find(await bench.begin());
    expect(story(record)).toEqual(['b: no_slot', 'a: solving']);
    expect(record.passedOver).toEqual([]);
    expect(bench.transport.calls('a', 'submit').at(-1)?.timeoutMs).toBe(10_000);
    expect(bench.state('a').state).toBe('closed');
  });

  it('is tried by one task after the cooldown, alone and with a quarter of the time', async () => {
    const bench = await doubtAtA();
    bench.transport.script('a', 'submit', late(400, accepts('u-a')));
    await bench.clock.advance(5_000);
    const ids = [await bench.begin(), await bench.begin()];
    await bench.clock.advance(400);
    const stories = await Promise.all(ids.map(async (id) => story(await bench.find(id))));
    expect(stories).toEqual([['a: solving'], ['b: solving']]);
    expect(bench.transport.calls('a', 'submit').at(-1)?.timeoutMs).toBe(2_500);
    expect(bench.state('a').state).toBe('closed');
  });

  it('is left alone twice as long when that task fails, too', async () => {
    const bench = await doubtAtA();
    bench.transport.script('a', 'submit', hang());
    await bench.clock.advance(5_000);
    await bench.begin();
    await bench.clock.advance(2_500);
    expect(bench.state('a')).toEqual({ state: 'half-open', cause: 'timeout', forMs: 10_000 });
  });

  it('is trusted again after any answer, a refusal too, and from the beginning', async () => {
    const bench = await doubtAtA();
    bench.transport.script('a', 'submit', says('ERROR_CAPTCHA_ID'), reset(false));
    await bench.clock.advance(5_000);
    await bench.begin();
    expect(bench.state('a').state).toBe('closed');
    await bench.begin();
    expect(bench.state('a')).toMatchObject({ forMs: 5_000 });
  });

  it('is trusted again when an operator lets it in', async () => {
    const bench = await doubtAtA();
    bench.transport.script('a', 'submit', accepts('u-a'));
    bench.engine.admit('a', 'checked');
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
  });

  it('can be tried by the next task when the one that was to find out never left', async () => {
    const bench = await doubtAtA();
    bench.transport.script('a', 'submit', accepts('u-a'));
    await bench.clock.advance(5_000);
    bench.store.isFailing = true;
    await expect(bench.submit()).rejects.toMatchObject({ code: 'overloaded' });
    bench.store.isFailing = false;
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
  });
});

it('submits that fail together raise one doubt', async () => {
  const bench = openBench({ breaker: { failures: 99 } });
  bench.transport.always('a', 'submit', hang());
  bench.transport.always('b', 'submit', accepts('u-b'));
  bench.transport.always('b', 'poll', NOT_READY);
  for (let count = 0; count < 8; count += 1) await bench.begin();
  await bench.clock.advance(10_000);
  expect(bench.state('a')).toMatchObject({ cause: 'timeout', forMs: 5_000 });
});
