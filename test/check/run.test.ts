/** Checks as they run: side by side, judged, reported, and ended in the middle. */
import { describe, expect, it } from 'vitest';
import type { Fixture } from '../../src/check/fixture.js';
import type { Job } from '../../src/check/plan.js';
import { type Ended, type Result, runChecks, type Tools } from '../../src/check/run.js';
import { median, progressLines, reportText, rowsOf, sums } from '../../src/check/table.js';
import { painter } from '../../src/terminal/text.js';

const IMAGE: Fixture = {
  id: 'letters',
  kind: 'image_to_text',
  demo: 'own',
  fields: { imageBase64: 'iVBORw0KGgo=' },
  answer: { text: 'abc' },
};
const WIDGET: Fixture = {
  id: 'turnstile',
  kind: 'turnstile',
  demo: 'own',
  fields: { pageUrl: 'https://example.com/', siteKey: 'k' },
  verify: { url: 'https://demo.example/', json: { token: '{token}' }, contains: 'good' },
};
const SOLVED = { taskId: '7', code: null, detail: null, tookMs: 1_200, costUsd: 0.001 };

function job(provider: string, fixture: Fixture = IMAGE, run = 1): Job {
  return { provider, fixture, run, priceUsd: 0.001 };
}

interface Fake {
  readonly tools: Tools;
  readonly reports: (readonly [string, boolean])[];
}

function fake(more: Partial<Tools> = {}): Fake {
  const reports: (readonly [string, boolean])[] = [];
  const unexpected = () => Promise.reject(new Error('not expected'));
  return {
    reports,
    tools: {
      solve: async () => ({ ...SOLVED, solution: { text: 'abc', token: 't' } }),
      report: async (taskId, accepted) => void reports.push([taskId, accepted]),
      send: unexpected,
      read: unexpected,
      ...more,
    },
  };
}

function run(jobs: readonly Job[], { tools }: Fake, signal = new AbortController().signal) {
  return runChecks({ jobs, tools, signal });
}

describe('a check', () => {
  it('judges by the known answer, and reports that', async () => {
    const good = fake();
    expect(await run([job('a')], good)).toEqual([
      {
        ...SOLVED,
        provider: 'a',
        fixture: 'letters',
        kind: 'image_to_text',
        run: 1,
        isSolved: true,
        accepted: true,
      },
    ]);
    expect(good.reports).toEqual([['7', true]]);
    const bad = fake({ solve: async () => ({ ...SOLVED, solution: { text: 'xyz' } }) });
    expect(await run([job('a')], bad)).toMatchObject([{ isSolved: true, accepted: false }]);
    expect(bad.reports).toEqual([['7', false]]);
  });

  it.each([
    ['all good', true],
    ['no', false],
  ])('judges by the page that says %j', async (text, accepted) => {
    const sent: string[] = [];
    const scene = fake({
      send: async ({ body }) => {
        sent.push(body);
        return { status: 200, text };
      },
    });
    expect(await run([job('a', WIDGET)], scene)).toMatchObject([{ accepted }]);
    expect(sent).toEqual(['{"token":"t"}']);
    expect(scene.reports).toEqual([['7', accepted]]);
  });

  it('judges and reports nothing where the page is away', async () => {
    const scene = fake();
    expect(await run([job('a', WIDGET)], scene)).toMatchObject([{ isSolved: true, accepted: null }]);
    expect(scene.reports).toEqual([]);
  });

  it('is not spoiled by a report that fails', async () => {
    const scene = fake({ report: () => Promise.reject(new Error('gone')) });
    expect(await run([job('a')], scene)).toMatchObject([{ isSolved: true, accepted: true }]);
  });

  it('says what kept it from being solved', async () => {
    const ended: Ended = { ...SOLVED, solution: null, code: 'unsolvable', detail: 'no' };
    expect(await run([job('a')], fake({ solve: async () => ended }))).toMatchObject([
      { isSolved: false, accepted: null, code: 'unsolvable' },
    ]);
    const gone = fake({ solve: () => Promise.reject(new Error('reset')) });
    expect(await run([job('a')], gone)).toMatchObject([{ code: 'unreachable', detail: 'reset', costUsd: 0 }]);
  });

  it('takes inputs fresh from their page, and buys nothing without them', async () => {
    const geetest: Fixture = {
      id: 'g',
      kind: 'geetest_v3',
      demo: 'own',
      fields: { pageUrl: 'https://example.com/' },
      fresh: { url: 'https://demo.example/', take: { gt: 'gt', challenge: 'c' } },
    };
    const bought: object[] = [];
    const solve: Tools['solve'] = async (task) => {
      bought.push(task);
      return { ...SOLVED, solution: {} };
    };
    const inputs = { gt: 'a'.repeat(32), c: 'b'.repeat(32) };
    await run([job('a', geetest)], fake({ solve, read: async () => inputs }));
    expect(bought).toMatchObject([{ gt: inputs.gt, challenge: inputs.c }]);
    const without = await run([job('a', geetest)], fake({ solve, read: async () => ({}) }));
    expect(without).toMatchObject([{ isSolved: false, code: 'bad_sitekey', costUsd: 0 }]);
    expect(bought).toHaveLength(1);
  });

  it('has four solves under way at each provider, and the results in order', async () => {
    const waiting: (() => void)[] = [];
    const counts = { a: 0, b: 0 };
    const scene = fake({
      solve: async (_task, { provider }) => {
        counts[provider as 'a' | 'b'] += 1;
        await new Promise<void>((resolve) => waiting.push(resolve));
        return { ...SOLVED, solution: { text: 'abc' } };
      },
    });
    const jobs = [1, 2, 3, 4, 5, 6].flatMap((turn) => [job('a', IMAGE, turn), job('b', IMAGE, turn)]);
    const results = run(jobs, scene);
    expect(counts).toEqual({ a: 4, b: 4 });
    for (let index = 0; index < 12; index += 1) {
      waiting.pop()?.();
      await new Promise(setImmediate);
    }
    expect((await results).map(({ provider, run: turn }) => `${provider}${turn}`)).toEqual(
      jobs.map(({ provider, run: turn }) => `${provider}${turn}`),
    );
  });

  it('ended in the middle has what was finished, and begins nothing more', async () => {
    const end = new AbortController();
    let solves = 0;
    const scene = fake({
      solve: async () => {
        solves += 1;
        if (solves === 6) end.abort();
        return { ...SOLVED, solution: { text: 'abc' } };
      },
    });
    const jobs = Array.from({ length: 30 }, (_, index) => job('a', IMAGE, index));
    const results = await run(jobs, scene, end.signal);
    expect(results.length).toBeLessThan(10);
    expect(solves).toBeLessThan(10);
  });
});

const GOOD: Result = {
  ...SOLVED,
  provider: 'a',
  fixture: 'letters',
  kind: 'image_to_text',
  run: 1,
  isSolved: true,
  accepted: true,
};
const FAILED: Result = { ...GOOD, isSolved: false, accepted: null, code: 'unsolvable', costUsd: null };
const WRONG: Result = { ...GOOD, accepted: false, tookMs: 3_000 };

describe('the report', () => {
  const paint = painter(false);
  const cells = (line = '') => line.split(/ {2,}/);

  it('has a row for each fixture at each provider, and a sum for each provider', () => {
    const other = { ...GOOD, provider: 'b', accepted: null };
    const lines = reportText([GOOD, FAILED, WRONG, other], [], paint).split('\n');
    expect(lines.slice(0, 3).map(cells)).toEqual([
      ['provider', 'fixture', 'solved', 'median', 'cost $', 'accepted', 'trouble'],
      ['a', 'letters', '2 of 3', '2.1 s', '0.00200', '1 of 2', 'unsolvable'],
      ['b', 'letters', '1 of 1', '1.2 s', '0.00100', '-', '-'],
    ]);
    expect(lines.slice(4)).toEqual([
      'a: 2 of 3 solved, 1 of 2 accepted, median 2.1 s, $0.00200.',
      'b: 1 of 1 solved, none could be judged, median 1.2 s, $0.00100.',
      '',
    ]);
  });

  it('says what was not asked, the same reason once', () => {
    const skipped = [
      { fixture: 'audio', kind: 'audio', provider: null, why: 'no recording' },
      { fixture: 'x', kind: 'audio', provider: 'b', why: 'no recording' },
    ] as const;
    expect(reportText([], skipped, paint)).toBe('Not asked, no recording: audio, x at b.\n\n');
  });

  it('has figures that can be reckoned by hand', () => {
    expect([median([]), median([3]), median([1, 9]), median([9, 1, 5])]).toEqual([null, 3, 5, 5]);
    expect(rowsOf([FAILED])).toMatchObject([{ asked: 1, solved: 0, medianMs: null, costUsd: null }]);
    expect(sums([GOOD, WRONG])).toMatchObject([
      { asked: 2, solved: 2, accepted: 1, rejected: 1, costUsd: 0.002 },
    ]);
  });

  it('has a bar for each provider while it runs', () => {
    const jobs = [job('a'), job('a', IMAGE, 2), job('long-name')];
    const [first, second] = progressLines(jobs, [GOOD, WRONG], paint);
    expect(first).toBe(`a          ${'█'.repeat(24)}  2 of 2  1 not good`);
    expect(second).toBe(`long-name  ${'░'.repeat(24)}  0 of 1`);
  });
});
