/** DESIGN 5's error table, as the answer to a poll. */
import { describe, expect, it } from 'vitest';
import { type Answer, hang, reset } from '../support/fake-transport.js';
import { accepts, HALF_JSON, HTML, NOT_READY, says, solves } from './answers.js';
import { openBench, story, TASK } from './bench.js';

const MINUTE = 60_000;
const OPEN = { state: 'closed', cause: null, forMs: null };

describe.each(['CAPCHA_NOT_READY', 'CAPTCHA_NOT_READY'])('%s', (word) => {
  it('is asked again at the provider’s pace', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says(word), says(word), solves('token-a'));
    expect(await bench.run(15_000)).toMatchObject({ status: 'solved', attempts: [{ polls: 3 }] });
    expect(bench.times('a', 'poll')).toEqual([5_000, 10_000, 15_000]);
  });
});

interface Row {
  readonly word: string;
  readonly outcome: string;
  /** The account's cause, and for how long in ms (null: until somebody acts). */
  readonly shuts?: readonly [cause: string, forMs: number | null];
  readonly told: string;
}

// biome-ignore format: a table is read by its rows
const OTHERS: readonly Row[] = [
  { word: 'ERROR_CAPTCHA_UNSOLVABLE', outcome: 'unsolvable',     told: 'unsolvable' },
  { word: 'ERROR_BAD_DUPLICATES',     outcome: 'unsolvable',     told: 'unsolvable' },
  { word: 'ERROR_WRONG_ID_FORMAT',    outcome: 'task_not_found', told: 'no_slot' },
  { word: 'ERROR_WRONG_CAPTCHA_ID',   outcome: 'task_not_found', told: 'no_slot' },
  { word: 'ERROR_WRONG_USER_KEY',     outcome: 'auth',           shuts: ['auth', null],                told: 'no_slot' },
  { word: 'ERROR_KEY_DOES_NOT_EXIST', outcome: 'auth',           shuts: ['auth', null],                told: 'no_slot' },
  { word: 'IP_BANNED',                outcome: 'banned',         shuts: ['banned', 5 * MINUTE],        told: 'banned' },
  { word: 'ERROR_BANNED',             outcome: 'banned',         shuts: ['banned', 15 * MINUTE],       told: 'banned' },
  { word: 'ERROR: 1001',              outcome: 'rate_limited',   shuts: ['rate_limited', 10 * MINUTE], told: 'no_slot' },
  { word: 'ERROR: 1002',              outcome: 'zero_balance',   shuts: ['zero_balance', 5 * MINUTE],  told: 'zero_balance' },
  { word: 'ERROR: 1003',              outcome: 'rate_limited',   shuts: ['rate_limited', 30_000],      told: 'no_slot' },
  { word: 'ERROR: 1004',              outcome: 'banned',         shuts: ['banned', 10 * MINUTE],       told: 'banned' },
  { word: 'ERROR: 1005',              outcome: 'rate_limited',   shuts: ['rate_limited', 10 * MINUTE], told: 'no_slot' },
  { word: 'ERROR_PROXY_CONNECTION_FAILED', outcome: 'proxy_error',                                     told: 'no_slot' },
];

describe.each(OTHERS)('$word', ({ word, outcome, shuts, told }) => {
  it('sends the task to the next provider, as bought and lost, and shuts what it has to', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says(word));
    bench.transport.script('b', 'submit', accepts('u2'));
    const record = await bench.run(5_000);
    expect(story(record)).toEqual([`a: ${outcome}`, 'b: solving']);
    expect(record.attempts[0]).toMatchObject({
      upstreamCode: word,
      upstreamId: 'u1',
      polls: 1,
      mayBeCharged: true,
      costUsd: 0.001,
    });
    const [cause, forMs] = shuts ?? [];
    expect(bench.state('a')).toEqual(shuts ? { state: 'open', cause, forMs } : OPEN);
    expect(bench.kind('a')).toEqual(OPEN);
    expect([bench.state('b'), bench.kind('b')]).toEqual([OPEN, OPEN]);
    expect(bench.engine.providers()[0]?.kinds.find(({ kind }) => kind === 'recaptcha_v2')?.successRate).toBe(
      outcome === 'proxy_error' ? null : 0,
    );
  });

  it(`is told as ${told} when there is nobody else`, async () => {
    const bench = openBench({ accounts: ['a'], routing: { maxAttempts: 1 } });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says(word));
    bench.transport.always('a', 'poll', NOT_READY);
    // A ban that ends before the deadline leaves a hope until then.
    expect(await bench.run(180_000)).toMatchObject({
      status: 'failed',
      error: { code: word === 'ERROR: 1003' ? 'deadline' : told },
    });
  });
});

describe('the caller’s fault', () => {
  it.each([
    ['ERROR_TOKEN_EXPIRED', 'task_expired'],
    ['ERROR_BAD_TOKEN_OR_PAGEURL', 'bad_page_url'],
    ['ERROR', 'bad_request'],
  ])('%s ends the task and counts against nobody', async (word, code) => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says(word));
    const record = await bench.run(5_000);
    expect(record).toMatchObject({ status: 'failed', error: { code, upstreamCode: word } });
    expect(story(record)).toEqual([`a: ${code}`]);
    expect([bench.state('a'), bench.kind('a')]).toEqual([OPEN, OPEN]);
    expect(
      bench.engine.providers()[0]?.kinds.find(({ kind }) => kind === 'recaptcha_v2')?.successRate,
    ).toBeNull();
  });

  it('is a proxy error with a proxy of the caller’s', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says('ERROR_PROXY_CONNECTION_FAILED'));
    const proxy = { scheme: 'http', host: '198.51.100.7', port: 8_080 } as const;
    const record = await bench.run(5_000, { ...TASK, proxy });
    expect(record).toMatchObject({ status: 'failed', error: { code: 'proxy_error' } });
  });
});

const FAULTS: ReadonlyArray<readonly [name: string, answer: Answer, tookMs: number]> = [
  ['a reset', reset(false), 0],
  ['no answer', hang(), 10_000],
  ['HTML', HTML, 0],
  ['half a JSON', HALF_JSON, 0],
  ['an empty body', { body: '' }, 0],
];

describe.each(FAULTS)('%s', (_name, answer, tookMs) => {
  it('is asked again at the next slot, and buys nothing', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', answer, answer, solves('token-a'));
    const record = await bench.run(15_000 + 2 * tookMs);
    expect(record).toMatchObject({ status: 'solved', provider: 'a', attempts: [{ polls: 3 }] });
    expect(bench.times('a', 'poll')).toEqual([5_000, 10_000 + tookMs, 15_000 + 2 * tookMs]);
    expect(bench.transport.calls('b')).toEqual([]);
  });
});

describe('a service that says it is broken', () => {
  it('is asked for the same task again after the pause it wants', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says('ERROR_SERVER_ERROR'), solves('token-a'));
    expect(await bench.run(15_000)).toMatchObject({ status: 'solved', provider: 'a' });
    expect(bench.times('a', 'poll')).toEqual([5_000, 15_000]);
    expect(bench.state('a')).toEqual(OPEN);
  });

  it('has lost the task when it says so in a word that nobody knows', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says('SOMETHING_NEW'));
    bench.transport.script('b', 'submit', accepts('u2'));
    expect(story(await bench.run(5_000))).toEqual(['a: internal', 'b: solving']);
  });
});
