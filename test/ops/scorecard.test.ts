/** Rows, rates, CSV and questions of the scorecard. */
import { describe, expect, it } from 'vitest';
import { ALL_PROVIDERS, type Cell, type Counts, NOBODY, noFigures } from '../../src/core/scorecard.js';
import { sayFigures, scorecardRows, toCsv, toJson } from '../../src/ops/scorecard.js';
import { type Dimension, readQuery, timeOf } from '../../src/ops/scorecard-query.js';

const rest = async () => {};

function figures(counts: Partial<Counts>, ...solveMs: readonly number[]) {
  const sum = noFigures();
  Object.assign(sum.counts, counts);
  for (const ms of solveMs) sum.solveMs.add(ms);
  return sum;
}

const cell = (name: Partial<Omit<Cell, 'figures'>>, counts: Partial<Counts> = {}): Cell => ({
  clientId: 'qa',
  provider: 'a',
  kind: 'turnstile',
  host: 'example.com',
  ...name,
  figures: figures({ tasks: 1, ...counts }),
});

/** Two tasks, the first of which went from a to b. */
const CELLS: readonly Cell[] = [
  cell({ provider: ALL_PROVIDERS }, { tasks: 2, attempts: 3 }),
  cell({ provider: 'b' }, { tasks: 1, attempts: 1, retries: 1 }),
  cell({ provider: 'a' }, { tasks: 2, attempts: 2 }),
  cell({ provider: ALL_PROVIDERS, clientId: 'lab', host: '' }),
  cell({ provider: NOBODY, clientId: 'lab', host: '' }),
];

async function namesAndTasks(by: readonly Dimension[], only: Partial<Record<Dimension, string>> = {}) {
  const rows = await scorecardRows(CELLS, { by, only }, rest);
  return rows.map((row) => [...by.map((name) => row[name]), row.tasks]);
}

describe('rows', () => {
  it('count a task for each provider, or once', async () => {
    expect(await namesAndTasks(['provider'])).toEqual([
      [null, 1],
      ['a', 2],
      ['b', 1],
    ]);
    expect(await namesAndTasks([])).toEqual([[3]]);
    expect(await namesAndTasks(['client', 'host'])).toEqual([
      ['lab', null, 1],
      ['qa', 'example.com', 2],
    ]);
  });

  it('count for the provider that is asked about, whatever they are grouped by', async () => {
    expect(await namesAndTasks(['kind'], { provider: 'b' })).toEqual([['turnstile', 1]]);
    expect(await namesAndTasks(['client'], { provider: '' })).toEqual([['lab', 1]]);
    expect(await namesAndTasks([], { provider: ALL_PROVIDERS })).toEqual([]);
  });

  it('give others their turn', async () => {
    let rests = 0;
    const many = Array.from({ length: 2_000 }, (_, index) => cell({ host: `h${index}.com` }));
    const rows = await scorecardRows(many, { by: ['provider', 'host'], only: {} }, async () => {
      rests += 1;
    });
    expect([rows.length, rests]).toEqual([2_000, 4]);
  });
});

describe('figures', () => {
  it('are null where nothing is known', () => {
    expect(sayFigures(noFigures())).toMatchObject({
      tasks: 0,
      acceptedRate: null,
      p50Ms: null,
      p95Ms: null,
      costUsd: 0,
      costPerSolvedUsd: null,
      costPerAcceptedUsd: null,
    });
  });

  it('divide the cost by what was solved, and that by the share of good reports', () => {
    const counts = { solved: 8, accepted: 3, rejected: 1, nanoUsd: 24_000_000 };
    expect(sayFigures(figures(counts))).toMatchObject({
      acceptedRate: 0.75,
      costUsd: 0.024,
      costPerSolvedUsd: 0.003,
      costPerAcceptedUsd: 0.004,
    });
  });

  it('have no cost per accepted answer where none was', () => {
    const { acceptedRate, costPerAcceptedUsd } = sayFigures(
      figures({ solved: 1, rejected: 1, nanoUsd: 1_000 }),
    );
    expect([acceptedRate, costPerAcceptedUsd]).toEqual([0, null]);
  });

  it('have no cost where one price is unknown, and say so', () => {
    const told = sayFigures(figures({ solved: 2, accepted: 1, nanoUsd: 1_000_000, unpriced: 1 }));
    expect(told).toMatchObject({
      costUsd: null,
      costPerSolvedUsd: null,
      costPerAcceptedUsd: null,
      unpriced: 1,
    });
  });

  it('tell the median and the 95th percentile', () => {
    const ms = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(sayFigures(figures({ solved: 20 }, ...ms))).toMatchObject({ p50Ms: 10, p95Ms: 19 });
  });
});

it('figures have the order of the columns', async () => {
  const text = await toCsv({ since: '', until: '', by: [], rows: [] }, rest);
  expect(Object.keys(sayFigures(noFigures()))).toEqual(text.trim().split(','));
});

describe('CSV', () => {
  const csvOf = async (host: string) => {
    const by = ['provider', 'host'] as const;
    const rows = await scorecardRows([cell({ host })], { by, only: {} }, rest);
    const text = await toCsv({ since: '', until: '', by, rows }, rest);
    return text.slice(text.indexOf('\r\n') + 2);
  };

  it.each([
    ['=cmd|calc', "'=cmd|calc"],
    ['+1.example', "'+1.example"],
    ['-1.example', "'-1.example"],
    ['@sum.example', "'@sum.example"],
    [' =1', "' =1"],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['=a,"b"', `"'=a,""b"""`],
    ['a\r\nb', '"a\r\nb"'],
    ['shop.example', 'shop.example'],
    ['', ''],
  ])('writes the host %j as %j', async (host, field) => {
    expect(await csvOf(host)).toBe(`a,${field},1,0,0,0,,,,0,0,0,0,0,0,0,0,,,0,0\r\n`);
  });

  it('has a heading, also of nothing', async () => {
    const text = await toCsv({ since: '', until: '', by: ['kind'], rows: [] }, rest);
    expect(text).toBe(
      'kind,tasks,solved,accepted,rejected,acceptedRate,p50Ms,p95Ms,attempts,retries,timeouts,noSlots,zeroBalances,invalidParameters,costUsd,unpriced,costPerSolvedUsd,costPerAcceptedUsd,reportsTaken,badReportsTaken\r\n',
    );
  });
});

it('JSON is the report as it stands', async () => {
  const by = ['provider', 'kind'] as const;
  const report = { since: 's', until: 'u', by, rows: await scorecardRows(CELLS, { by, only: {} }, rest) };
  expect(JSON.parse(await toJson(report, rest))).toEqual(report);
  expect(JSON.parse(await toJson({ ...report, rows: [] }, rest))).toEqual({ ...report, rows: [] });
});

describe('a question', () => {
  const read = (query: string) => readQuery(new URLSearchParams(query));
  const NOW = Date.UTC(2026, 0, 31, 12);

  it('asks for the last day by provider, kind and host, unless told', () => {
    const query = read('');
    expect(query).toEqual({
      since: { agoMs: 86_400_000 },
      until: { agoMs: 0 },
      by: ['provider', 'kind', 'host'],
      only: {},
      format: 'json',
    });
    expect(timeOf(query.since, NOW)).toBe(Date.UTC(2026, 0, 30, 12));
  });

  it.each([
    ['30m', Date.UTC(2026, 0, 31, 11, 30)],
    ['1.5h', Date.UTC(2026, 0, 31, 10, 30)],
    ['7d', Date.UTC(2026, 0, 24, 12)],
    ['2w', Date.UTC(2026, 0, 17, 12)],
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2026-01-31T08:30', Date.UTC(2026, 0, 31, 8, 30)],
    ['2026-01-31T08:30:15.250Z', Date.UTC(2026, 0, 31, 8, 30, 15, 250)],
    ['2026-01-31T08:30:00+02:00', Date.UTC(2026, 0, 31, 6, 30)],
    ['2026-01-31T08:30:00%2B02:00', Date.UTC(2026, 0, 31, 6, 30)],
    ['2026-01-31T08:30:00-02:00', Date.UTC(2026, 0, 31, 10, 30)],
  ])('understands since=%s', (since, at) => {
    expect(timeOf(read(`since=${since}`).since, NOW)).toBe(at);
  });

  it.each(['', '24', '1y', '-1h', '2026-13-01', '2026-1-1', '31.01.2026', 'now', '2026-01-31T25:00Z'])(
    'does not understand since=%s',
    (since) => {
      expect(() => read(`since=${since}`)).toThrow(
        expect.objectContaining({
          code: 'bad_request',
          evidence: expect.objectContaining({ issues: [expect.objectContaining({ path: 'since' })] }),
        }),
      );
    },
  );

  it('takes any dimensions, in the order asked for, and filters', () => {
    expect(read('by=host,client&kind=turnstile&host=').by).toEqual(['host', 'client']);
    expect(read('by=host,client&kind=turnstile&host=').only).toEqual({ kind: 'turnstile', host: '' });
    expect(read('by=').by).toEqual([]);
  });

  it('names every fault at once', () => {
    expect(() => read('by=kind,kind&format=xml&until=x&colour=red')).toThrow(
      /colour is not known.*until must be.*by must be.*format must be/,
    );
  });
});
