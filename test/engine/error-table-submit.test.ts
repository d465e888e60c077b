/** DESIGN 5's error table, as the answer to a submit. */
import { describe, expect, it } from 'vitest';
import { type Answer, hang, reset } from '../support/fake-transport.js';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts, HALF_JSON, HTML, hasMoney, NOT_READY, says, solves } from './answers.js';
import { type Bench, openBench, story, TASK } from './bench.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

interface Row {
  readonly word: string;
  /** The outcome of the attempt. */
  readonly outcome: string;
  /** What it closes, why, and for how long in ms (null: until somebody acts); undefined when nothing. */
  readonly shuts?: readonly [what: 'account' | 'kind', cause: string, forMs: number | null];
  /** Nothing is shut, but others are asked first for 5 s. */
  readonly isDoubted?: true;
  /** What the client is told when there is nobody else. */
  readonly told: string;
}

// biome-ignore format: a table is read by its rows
const OTHERS: readonly Row[] = [
  { word: 'ERROR_WRONG_USER_KEY',     outcome: 'auth',         shuts: ['account', 'auth', null],                told: 'no_slot' },
  { word: 'ERROR_KEY_DOES_NOT_EXIST', outcome: 'auth',         shuts: ['account', 'auth', null],                told: 'no_slot' },
  { word: 'ERROR_ZERO_BALANCE',       outcome: 'zero_balance', shuts: ['account', 'zero_balance', MINUTE],      told: 'zero_balance' },
  { word: 'ERROR_NO_SLOT_AVAILABLE',  outcome: 'no_slot',      shuts: ['kind', 'no_slot', 5 * SECOND],          told: 'no_slot' },
  { word: 'ERROR_WRONG_CAPTCHA_ID',   outcome: 'unsupported',  shuts: ['kind', 'unsupported', 24 * 60 * MINUTE], told: 'unsupported' },
  { word: 'IP_BANNED',                outcome: 'banned',       shuts: ['account', 'banned', 5 * MINUTE],        told: 'banned' },
  { word: 'ERROR_BANNED',             outcome: 'banned',       shuts: ['account', 'banned', 15 * MINUTE],       told: 'banned' },
  { word: 'ERROR: 1001',              outcome: 'rate_limited', shuts: ['account', 'rate_limited', 10 * MINUTE], told: 'no_slot' },
  { word: 'ERROR: 1002',              outcome: 'zero_balance', shuts: ['account', 'zero_balance', 5 * MINUTE],  told: 'zero_balance' },
  { word: 'ERROR: 1003',              outcome: 'rate_limited', shuts: ['account', 'rate_limited', 30 * SECOND], told: 'no_slot' },
  { word: 'ERROR: 1004',              outcome: 'banned',       shuts: ['account', 'banned', 10 * MINUTE],       told: 'banned' },
  { word: 'ERROR: 1005',              outcome: 'rate_limited', shuts: ['account', 'rate_limited', 10 * MINUTE], told: 'no_slot' },
  { word: 'ERROR_TOO_BIG_CAPTCHA_FILESIZE', outcome: 'image_error',                                             told: 'image_error' },
  { word: 'SOMETHING_NEW',            outcome: 'internal',     isDoubted: true,                                 told: 'internal' },
  { word: 'ERROR_SERVER_ERROR',       outcome: 'internal',     shuts: ['kind', 'internal', 10 * SECOND], isDoubted: true, told: 'internal' },
];

const OPEN = { state: 'closed', cause: null, forMs: null };

/** Both states of account `a`, and what the row says of them. */
function expectGates(bench: Bench, { shuts, isDoubted, outcome }: Row): void {
  const [what, cause, forMs] = shuts ?? [];
  const shut = { state: 'open', cause, forMs };
  const doubted = { state: 'half-open', cause: outcome, forMs: 5 * SECOND };
  expect({ account: bench.state('a'), kind: bench.kind('a') }).toEqual({
    account: what === 'account' ? shut : isDoubted ? doubted : OPEN,
    kind: what === 'kind' ? shut : OPEN,
  });
  expect([bench.state('b'), bench.kind('b')]).toEqual([OPEN, OPEN]);
}

describe.each(OTHERS)('$word', (row) => {
  it('sends the task to the next provider at once and shuts what it has to', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', says(row.word));
    bench.transport.always('a', 'balance', hasMoney(0));
    bench.transport.script('b', 'submit', accepts('u1'));
    bench.transport.always('b', 'poll', NOT_READY);
    const id = await bench.begin();
    const record = await bench.find(id);
    expect(story(record)).toEqual([`a: ${row.outcome}`, 'b: solving']);
    expect(record.attempts[0]).toMatchObject({ upstreamCode: row.word, mayBeCharged: false, costUsd: 0 });
    expect(bench.now).toBe(0);
    expectGates(bench, row);
  });

  it(`is told as ${row.told} when there is nobody else`, async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', says(row.word));
    bench.transport.always('a', 'balance', hasMoney(0));
    const id = await bench.begin();
    const isSame = row.told === row.outcome;
    expect(await bench.find(id)).toMatchObject({
      status: 'failed',
      error: { code: row.told, upstreamCode: isSame ? row.word : null },
    });
  });
});

// biome-ignore format: a table is read by its rows
const CALLERS: ReadonlyArray<readonly [word: string, code: string]> = [
  ['ERROR_PAGEURL',        'bad_page_url'],
  ['ERROR_WRONG_GOOGLEKEY', 'bad_sitekey'],
  ['ERROR_BAD_PARAMETERS', 'bad_request'],
  ['ERROR_IMAGE_TYPE_NOT_SUPPORTED', 'image_error'],
  ['ERROR_DOMAIN_NOT_ALLOWED', 'not_allowed'],
];

describe.each(CALLERS)('%s', (word, code) => {
  it('is the caller’s fault: nobody else is asked, nothing is shut, nobody’s score moves', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', says(word));
    const id = await bench.begin();
    const record = await bench.find(id);
    expect(record).toMatchObject({ status: 'failed', error: { code, upstreamCode: word } });
    expect(story(record)).toEqual([`a: ${code}`]);
    expect([bench.state('a'), bench.kind('a')]).toEqual([OPEN, OPEN]);
    expect(
      bench.engine.providers()[0]?.kinds.find(({ kind }) => kind === 'recaptcha_v2')?.successRate,
    ).toBeNull();
  });
});

describe('a proxy error', () => {
  it('is the caller’s fault when the proxy is the caller’s', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', says('ERROR_BAD_PROXY'));
    const proxy = { scheme: 'http', host: '198.51.100.7', port: 8_080 } as const;
    const id = await bench.begin({ ...TASK, proxy });
    expect(await bench.find(id)).toMatchObject({ status: 'failed', error: { code: 'proxy_error' } });
  });

  it('is the provider’s own trouble when there was none', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', says('ERROR_BAD_PROXY'));
    bench.transport.script('b', 'submit', accepts('u1'));
    bench.transport.script('b', 'poll', solves('token-b'));
    expect(await bench.run(5_000)).toMatchObject({ status: 'solved', provider: 'b' });
  });
});

const SILENT: ReadonlyArray<readonly [name: string, answer: Answer, outcome: string, mayBeCharged: boolean]> =
  [
    ['a reset before anything left', reset(false), 'bad_reply', false],
    ['a reset after it left', reset(true), 'bad_reply', true],
    ['HTML', HTML, 'bad_reply', true],
    ['half a JSON', HALF_JSON, 'bad_reply', true],
    ['an empty body', { body: '' }, 'bad_reply', true],
    ['no connection', hang({ isSent: false }), 'timeout', false],
    ['no answer', hang(), 'timeout', true],
  ];

describe.each(SILENT)('%s', (_name, answer, outcome, mayBeCharged) => {
  it('sends the task to the next provider and raises a doubt, but shuts nothing', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', answer);
    bench.transport.script('b', 'submit', accepts('u1'));
    bench.transport.always('b', 'poll', NOT_READY);
    const record = await bench.run(10_000);
    const failedAt = Number(record.attempts[0]?.endedAt) - bench.startedAt;
    expect(story(record)).toEqual([`a: ${outcome}`, 'b: solving']);
    expect(record.attempts[0]).toMatchObject({ mayBeCharged, costUsd: mayBeCharged ? 0.001 : 0 });
    const doubted = { state: 'half-open', cause: outcome, forMs: 5 * SECOND - (bench.now - failedAt) };
    expect([bench.state('a'), bench.kind('a')]).toEqual([doubted, OPEN]);
  });

  it('is told as what it is when there is nobody else', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', answer);
    expect(await bench.run(10_000)).toMatchObject({ status: 'failed', error: { code: outcome } });
  });
});

describe('what the client is told when all have refused', () => {
  // biome-ignore format: a table is read by its rows
  const TOLD: ReadonlyArray<readonly [a: string, b: string, code: string]> = [
    ['ERROR_NO_SLOT_AVAILABLE', 'ERROR_ZERO_BALANCE', 'no_slot'],
    ['ERROR_WRONG_USER_KEY',    'ERROR_ZERO_BALANCE', 'no_slot'],
    ['ERROR_ZERO_BALANCE',      'ERROR_ZERO_BALANCE', 'zero_balance'],
    ['ERROR_ZERO_BALANCE',      'ERROR_METHOD_CALL',  'zero_balance'],
    ['IP_BANNED',               'ERROR_WRONG_USER_KEY', 'banned'],
    ['ERROR_METHOD_CALL',       'ERROR_METHOD_CALL',  'unsupported'],
    ['ERROR_TOO_BIG_CAPTCHA_FILESIZE', 'ERROR_NO_SLOT_AVAILABLE', 'image_error'],
    ['SOMETHING_NEW',           'ERROR_ZERO_BALANCE', 'internal'],
  ];

  it.each(TOLD)('%s and %s: %s', async (first, second, code) => {
    const bench = openBench();
    bench.transport.script('a', 'submit', says(first));
    bench.transport.script('b', 'submit', says(second));
    for (const id of ['a', 'b']) bench.transport.always(id, 'balance', hasMoney(0));
    const id = await bench.begin();
    expect(await bench.find(id)).toMatchObject({ status: 'failed', error: { code } });
  });

  it('names every account and its word', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
    bench.transport.script('b', 'submit', reset(false));
    const { error } = await bench.find(await bench.begin());
    expect(error?.detail).toBe('No provider could take the task; a: ERROR_NO_SLOT_AVAILABLE; b: bad_reply');
  });

  it('counts those that were kept away: closed ones by their cause', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
    bench.transport.script('b', 'submit', says('ERROR_WRONG_USER_KEY'));
    await bench.begin();
    expect(await bench.find(await bench.begin())).toMatchObject({
      attempts: [],
      error: { code: 'no_slot' },
      passedOver: [
        { provider: 'a', why: expect.stringContaining('kind open: no_slot') },
        { provider: 'b', why: 'key open: auth until somebody acts' },
      ],
    });
  });

  it('is unsupported when nobody solves the kind', async () => {
    const bench = openBench();
    const id = await bench.begin(sampleTask('hcaptcha'), { providers: ['nobody'] });
    expect(await bench.find(id)).toMatchObject({ status: 'failed', error: { code: 'unsupported' } });
  });
});
