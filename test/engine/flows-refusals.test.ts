/** Flows in which providers say no: who is asked next, who is not, and what the client is told. */
import { describe, expect, it } from 'vitest';
import { type Answer, reset } from '../support/fake-transport.js';
import { SAMPLE_FIELDS, sampleTask } from '../support/sample-tasks.js';
import { accepts, hasMoney, says, solves } from './answers.js';
import { type Bench, openBench, story, TASK } from './bench.js';
import { openFlow } from './flow.js';

const NO_SLOT = says('ERROR_NO_SLOT_AVAILABLE');
const WRONG_KEY = says('ERROR_KEY_DOES_NOT_EXIST');
const UNSOLVABLE = says('ERROR_CAPTCHA_UNSOLVABLE');
const BAD_PROXY = says('ERROR_BAD_PROXY');
const THREE = ['a', 'b', 'c'] as const;

/** One account after the other accepts, and its first poll says this. */
function acceptsThenSays(bench: Bench, id: string, ...answers: readonly Answer[]): void {
  bench.transport.script(id, 'submit', ...answers.map((_, index) => accepts(`u-${id}-${index}`)));
  bench.transport.script(id, 'poll', ...answers);
}

describe('every provider refuses', () => {
  it.each([
    ['no slot, a wrong key, no connection', [NO_SLOT, WRONG_KEY, reset(false)], 'no_slot'],
    ['no connection anywhere', [reset(false), reset(false), reset(false)], 'bad_reply'],
    ['wrong keys of ours', [WRONG_KEY, WRONG_KEY, WRONG_KEY], 'no_slot'],
    ['nobody takes the method', THREE.map(() => says('ERROR_WRONG_CAPTCHA_ID')), 'unsupported'],
  ])('%s', async (_name, answers, code) => {
    const bench = openFlow({ accounts: THREE });
    for (const [index, id] of THREE.entries())
      bench.transport.script(id, 'submit', answers[index] ?? NO_SLOT);
    const record = await bench.find(await bench.begin());
    expect(record).toMatchObject({ status: 'failed', solution: null, error: { code } });
    expect(record.attempts.map(({ provider, mayBeCharged }) => [provider, mayBeCharged])).toEqual(
      THREE.map((id) => [id, false]),
    );
    expect(bench.now).toBe(0);
  });

  it('without money anywhere the client is told so, and without money at one it is not', async () => {
    const bench = openBench();
    bench.transport.always('a', 'submit', says('ERROR_ZERO_BALANCE'));
    bench.transport.script('b', 'submit', NO_SLOT, says('ERROR_ZERO_BALANCE'));
    for (const id of ['a', 'b']) bench.transport.always(id, 'balance', hasMoney(0));
    expect(await bench.find(await bench.begin())).toMatchObject({ error: { code: 'no_slot' } });
    await bench.clock.advance(10_000);
    expect(await bench.find(await bench.begin())).toMatchObject({ error: { code: 'zero_balance' } });
    expect(bench.engine.inFlight).toBe(0);
  });
});

describe('the caller’s fault', () => {
  it.each([
    ['ERROR_PAGEURL', 'bad_page_url'],
    ['ERROR_WRONG_GOOGLEKEY', 'bad_sitekey'],
    ['ERROR_IMAGE_TYPE_NOT_SUPPORTED', 'image_error'],
  ])('%s at the submit stops at once', async (upstreamCode, code) => {
    const bench = openFlow();
    bench.transport.script('a', 'submit', says(upstreamCode));
    const record = await bench.find(await bench.begin());
    expect(record).toMatchObject({ status: 'failed', error: { code, upstreamCode } });
    expect([bench.now, bench.transport.calls('b').length]).toEqual([0, 0]);
    expect(bench.state('a').state).toBe('closed');
  });

  it.each([
    ['ERROR_BAD_TOKEN_OR_PAGEURL', 'bad_page_url'],
    ['ERROR_TOKEN_EXPIRED', 'task_expired'],
  ])('%s at the poll stops at once', async (upstreamCode, code) => {
    const bench = openFlow();
    acceptsThenSays(bench, 'a', says(upstreamCode));
    const record = await bench.run(5_000);
    expect(record).toMatchObject({ status: 'failed', error: { code, upstreamCode } });
    expect(bench.transport.calls('b')).toEqual([]);
  });
});

describe('a proxy error', () => {
  it('of a task without a proxy is the provider’s own: the next one is asked', async () => {
    const bench = openFlow({ accounts: THREE });
    bench.transport.script('a', 'submit', BAD_PROXY);
    acceptsThenSays(bench, 'b', says('ERROR_PROXY_CONNECTION_FAILED'));
    acceptsThenSays(bench, 'c', solves('token-c'));
    const record = await bench.run(10_000);
    expect(story(record)).toEqual(['a: proxy_error', 'b: proxy_error', 'c: solved']);
  });

  it('of the caller’s proxy stops the task', async () => {
    const bench = openFlow();
    bench.transport.script('a', 'submit', BAD_PROXY);
    const record = await bench.find(await bench.begin({ ...TASK, proxy: SAMPLE_FIELDS.proxy }));
    expect(record).toMatchObject({ status: 'failed', error: { code: 'proxy_error' } });
    expect(bench.transport.calls('b')).toEqual([]);
  });
});

describe('single-use input', () => {
  const GEETEST = sampleTask('geetest_v3');

  it('that failed after acceptance is bought no second time, and fresh inputs are asked for', async () => {
    const bench = openFlow({ accounts: THREE });
    acceptsThenSays(bench, 'a', UNSOLVABLE);
    const record = await bench.run(5_000, GEETEST);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'unsolvable' } });
    expect(record.error?.detail).toContain('fresh inputs');
    expect(bench.transport.calls(undefined, 'submit')).toHaveLength(1);
  });

  it('survives refusals, and is burnt by the provider that took it after them', async () => {
    const bench = openFlow({ accounts: THREE });
    bench.transport.script('a', 'submit', NO_SLOT);
    acceptsThenSays(bench, 'b', says('ERROR_WRONG_CAPTCHA_ID'));
    const record = await bench.run(5_000, GEETEST);
    expect(story(record)).toEqual(['a: no_slot', 'b: task_not_found']);
    expect(record.error?.detail).toContain('fresh inputs');
    expect(bench.transport.calls('c')).toEqual([]);
  });
});

describe('unsolvable', () => {
  it('goes round the others first, then to the same one, within maxAttempts', async () => {
    const bench = openFlow({ routing: { maxAttempts: 4 } });
    acceptsThenSays(bench, 'a', UNSOLVABLE, UNSOLVABLE, UNSOLVABLE);
    acceptsThenSays(bench, 'b', UNSOLVABLE);
    const record = await bench.run(60_000);
    expect(story(record)).toEqual(['a: unsolvable', 'b: unsolvable', 'a: unsolvable', 'a: unsolvable']);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'unsolvable' } });
  });

  it('asks the same one again after the other has refused', async () => {
    const bench = openFlow();
    acceptsThenSays(bench, 'a', UNSOLVABLE, solves('token-a'));
    bench.transport.script('b', 'submit', NO_SLOT);
    const record = await bench.run(10_000);
    expect(story(record)).toEqual(['a: unsolvable', 'b: no_slot', 'a: solved']);
  });

  it('never goes again to one that may have it already', async () => {
    const bench = openFlow();
    bench.transport.script('a', 'submit', reset(true));
    acceptsThenSays(bench, 'b', UNSOLVABLE, solves('token-b'));
    const record = await bench.run(10_000);
    expect(story(record)).toEqual(['a: bad_reply', 'b: unsolvable', 'b: solved']);
    expect(bench.transport.calls('a', 'submit')).toHaveLength(1);
  });
});
