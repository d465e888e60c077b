/** What each figure of the scorecard counts, one by one. */
import { describe, expect, it } from 'vitest';
import {
  ALL_PROVIDERS,
  type Counts,
  type EndedTask,
  endedTask,
  NOBODY,
  OTHER_HOSTS,
  OTHER_KINDS,
  readFigures,
  writeFigures,
} from '../../src/core/scorecard.js';
import { BOUNDS_OF_SPAN, hourOf, Tally } from '../../src/core/tally.js';
import { BEGUN, sampleRecord } from '../store/samples.js';

type Attempt = EndedTask['attempts'][number];

const attempt = (provider: string, change: Partial<Attempt> = {}): Attempt => ({
  provider,
  outcome: 'solved',
  startedAt: 1_000,
  endedAt: 21_000,
  costUsd: 0.001,
  mayBeCharged: true,
  ...change,
});

const refused = (provider: string, outcome: Attempt['outcome']) =>
  attempt(provider, { outcome, costUsd: 0, mayBeCharged: false });

const task = (attempts: readonly Attempt[], change: Partial<EndedTask> = {}): EndedTask => ({
  clientId: 'qa',
  kind: 'turnstile',
  host: 'example.com',
  status: 'solved',
  provider: attempts.at(-1)?.provider ?? null,
  reported: null,
  finishedAt: 30_000,
  attempts,
  ...change,
});

/** What the tasks count for one provider; what is zero is left out. */
function countsOf(provider: string, ...tasks: readonly EndedTask[]): Partial<Counts> | undefined {
  const tally = new Tally(BOUNDS_OF_SPAN);
  for (const each of tasks) tally.addTask(each);
  const cell = [...tally.cells].find((each) => each.provider === provider);
  return cell && Object.fromEntries(Object.entries(cell.figures.counts).filter(([, count]) => count !== 0));
}

describe('a task', () => {
  it('counts once as such, and once for every provider that was asked', () => {
    const failedOver = task([refused('a', 'no_slot'), refused('a', 'no_slot'), attempt('b')]);
    expect(countsOf('a', failedOver)).toEqual({ tasks: 1, attempts: 2, retries: 1, noSlots: 2 });
    expect(countsOf('b', failedOver)).toEqual({
      tasks: 1,
      solved: 1,
      attempts: 1,
      retries: 1,
      nanoUsd: 1_000_000,
    });
    expect(countsOf(ALL_PROVIDERS, failedOver)).toEqual({
      tasks: 1,
      solved: 1,
      attempts: 3,
      retries: 2,
      noSlots: 2,
      nanoUsd: 1_000_000,
    });
  });

  it('that nobody was asked for counts for nobody', () => {
    const unasked = task([], { status: 'failed' });
    const withdrawn = task([refused('a', 'cancelled')], { status: 'cancelled', provider: null });
    expect(countsOf(NOBODY, unasked, withdrawn)).toEqual({ tasks: 2 });
    expect(countsOf(ALL_PROVIDERS, unasked, withdrawn)).toEqual({ tasks: 2 });
    expect(countsOf('a', withdrawn)).toBeUndefined();
    expect(countsOf(NOBODY, task([attempt('a')]))).toBeUndefined();
  });

  it('that was cancelled while a provider had it in hand was asked of it, and may cost', () => {
    const cancelled = task([attempt('a', { outcome: 'cancelled' })], { status: 'cancelled', provider: null });
    expect(countsOf('a', cancelled)).toEqual({ tasks: 1, attempts: 1, nanoUsd: 1_000_000 });
  });

  it('is read from its record: host without path, and nothing while it is open', () => {
    expect(endedTask(sampleRecord(1))).toBeUndefined();
    const ended = endedTask(sampleRecord(1, { finishedAt: 5, attempts: [BEGUN] }));
    expect(ended).toMatchObject({ kind: 'recaptcha_v2', host: 'example.com', attempts: [BEGUN] });
  });
});

describe('solved, accepted, rejected', () => {
  it('belong to the provider whose answer it was', () => {
    const good = task([attempt('a', { outcome: 'timeout' }), attempt('b')], { reported: true });
    expect(countsOf('a', good)).toMatchObject({ tasks: 1, timeouts: 1 });
    expect(countsOf('a', good)).not.toHaveProperty('solved');
    expect(countsOf('a', good)).not.toHaveProperty('accepted');
    expect(countsOf('b', good)).toMatchObject({ solved: 1, accepted: 1 });
    expect(countsOf('b', task([attempt('b')], { reported: false }))).toMatchObject({ rejected: 1 });
  });

  it('are not counted of a task that failed', () => {
    const failed = task([attempt('a', { outcome: 'unsolvable' })], { status: 'failed', provider: null });
    expect(countsOf(ALL_PROVIDERS, failed)).toEqual({ tasks: 1, attempts: 1, nanoUsd: 1_000_000 });
  });
});

describe('outcomes of attempts', () => {
  it.each([
    ['timeout', 'timeouts'],
    ['deadline', 'timeouts'],
    ['no_slot', 'noSlots'],
    ['zero_balance', 'zeroBalances'],
    ['bad_request', 'invalidParameters'],
    ['bad_page_url', 'invalidParameters'],
    ['bad_sitekey', 'invalidParameters'],
    ['image_error', 'invalidParameters'],
    ['proxy_error', 'invalidParameters'],
    ['task_expired', 'invalidParameters'],
  ] as const)('%s counts as %s', (outcome, name) => {
    expect(countsOf('a', task([refused('a', outcome), attempt('b')]))).toEqual({
      tasks: 1,
      attempts: 1,
      [name]: 1,
    });
  });

  it.each(['unsolvable', 'unsupported', 'auth', 'banned', 'not_allowed', 'bad_reply', 'internal'] as const)(
    '%s is an attempt and nothing else',
    (outcome) => {
      expect(countsOf('a', task([refused('a', outcome), attempt('b')]))).toEqual({ tasks: 1, attempts: 1 });
    },
  );
});

describe('the solve time', () => {
  const p50 = (provider: string, ...tasks: readonly EndedTask[]) => {
    const tally = new Tally(BOUNDS_OF_SPAN);
    for (const each of tasks) tally.addTask(each);
    return [...tally.cells].find((each) => each.provider === provider)?.figures.solveMs.quantile(0.5);
  };

  it('is from asking the provider to its answer, whatever came before', () => {
    const slow = task([refused('a', 'no_slot'), attempt('b', { startedAt: 1_020, endedAt: 1_060 })]);
    expect(p50('b', slow)).toBe(40);
    expect(p50(ALL_PROVIDERS, slow)).toBe(40);
    expect(p50('a', slow)).toBeNull();
  });

  it('is that of the answer which was used', () => {
    const late = task([attempt('a', { endedAt: 1_050 }), attempt('b', { endedAt: 1_010 })]);
    expect(p50('a', late)).toBeNull();
    expect(p50('b', late)).toBe(10);
  });
});

describe('cost', () => {
  it('is of everything that may be charged, failed attempts too', () => {
    const twice = task([attempt('a', { outcome: 'unsolvable', costUsd: 0.0029 }), attempt('a')]);
    expect(countsOf('a', twice)).toMatchObject({ nanoUsd: 3_900_000 });
  });

  it('of an attempt without a known price is told apart', () => {
    expect(countsOf('a', task([attempt('a', { costUsd: null })]))).toMatchObject({ unpriced: 1 });
    expect(countsOf('a', task([attempt('a', { costUsd: null })]))).not.toHaveProperty('nanoUsd');
    const free = task([attempt('a', { costUsd: null, mayBeCharged: false })]);
    expect(countsOf('a', free)).not.toHaveProperty('unpriced');
  });

  it('adds up to the last thousandth of a millionth', () => {
    const tenth = Array.from({ length: 10 }, () => task([attempt('a', { costUsd: 0.1 })]));
    expect(countsOf('a', ...tenth)).toMatchObject({ nanoUsd: 1_000_000_000 });
  });
});

describe('reports', () => {
  const told = (reported: boolean) => task([attempt('a', { tookReport: true })], { reported });

  it('count as taken when the provider took them, and by themselves those of bad answers', () => {
    expect(countsOf('a', told(true))).toMatchObject({ accepted: 1, reportsTaken: 1 });
    expect(countsOf('a', told(true))).not.toHaveProperty('badReportsTaken');
    expect(countsOf('a', told(false))).toMatchObject({ rejected: 1, reportsTaken: 1, badReportsTaken: 1 });
    expect(countsOf('a', task([attempt('a')], { reported: false }))).not.toHaveProperty('badReportsTaken');
  });
});

describe('names of clients’ choice', () => {
  const bounds = { hosts: 2, passedKinds: 1 };
  const namesOf = (tally: Tally) =>
    [...tally.cells]
      .filter(({ provider }) => provider === ALL_PROVIDERS)
      .map(({ clientId, kind, host, figures }) => [clientId, kind, host, figures.counts.tasks]);

  it('are bounded for each client, first come first kept, captchas without a page apart', () => {
    const tally = new Tally(bounds);
    for (const host of ['a.com', '', 'b.com', 'c.com', 'd.com', 'a.com']) tally.addTask(task([], { host }));
    tally.addTask(task([], { host: 'z.com', clientId: 'lab' }));
    expect(namesOf(tally)).toEqual([
      ['qa', 'turnstile', 'a.com', 2],
      ['qa', 'turnstile', '', 1],
      ['qa', 'turnstile', 'b.com', 1],
      ['qa', 'turnstile', OTHER_HOSTS, 2],
      ['lab', 'turnstile', 'z.com', 1],
    ]);
  });

  it('of passed-through methods too, and never those of the known kinds', () => {
    const tally = new Tally(bounds);
    for (const kind of ['classic:x', 'json:y', 'json:z', 'hcaptcha'] as const)
      tally.addTask(task([], { kind }));
    expect(namesOf(tally).map(([, kind]) => kind)).toEqual(['classic:x', OTHER_KINDS, 'hcaptcha']);
  });

  it('that are longer than a host can be count with the others', () => {
    const tally = new Tally(bounds);
    tally.addTask(task([], { host: `${'a'.repeat(250)}.com` }));
    expect(namesOf(tally)).toEqual([['qa', 'turnstile', OTHER_HOSTS, 1]]);
  });

  it('that are known already are kept first', () => {
    const tally = new Tally(bounds, () => ({ hosts: ['k1', 'k2', '', OTHER_HOSTS], kinds: [] }));
    for (const host of ['k2', 'new.com']) tally.addTask(task([], { host }));
    expect(namesOf(tally).map(([, , host]) => host)).toEqual(['k2', OTHER_HOSTS]);
  });
});

describe('figures', () => {
  it('are read as they were written, and as earlier versions wrote them', () => {
    const tally = new Tally(BOUNDS_OF_SPAN);
    tally.addTask(task([attempt('a')], { reported: true }));
    const [cell] = tally.cells;
    const text = writeFigures(cell?.figures ?? readFigures('{}'));
    expect(writeFigures(readFigures(text))).toBe(text);
    expect(readFigures(text).solveMs.quantile(0.5)).toBe(cell?.figures.solveMs.quantile(0.5));
    expect(readFigures('{"tasks":3}').counts).toMatchObject({ tasks: 3, solved: 0 });
  });

  it('are kept by the full hour of the end', () => {
    expect(hourOf(3_599_999)).toBe(0);
    expect(hourOf(3_600_000)).toBe(3_600_000);
  });
});
