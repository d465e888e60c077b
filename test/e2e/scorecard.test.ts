/** The scorecard of a run counted by hand, beside the books of the services themselves. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ScorecardReport, ScorecardRow } from '../../src/ops/scorecard.js';
import { ADMIN_KEY, CLIENT_KEY } from '../support/gateway-in-process.js';
import { jsonOf, send } from '../support/http.js';
import { LAB_KEY, openRun, RATES, type Run } from './scorecard-run.js';

let run: Run;

beforeAll(async () => {
  run = await openRun();
});
afterAll(() => run.close());

const ADMIN = { 'x-api-key': ADMIN_KEY };

async function ask(
  path: string,
  headers: Readonly<Record<string, string>> = ADMIN,
): Promise<ScorecardReport> {
  const answer = await send(run.gateway.url, path, { headers });
  expect(answer.status, answer.text).toBe(200);
  return jsonOf(answer) as unknown as ScorecardReport;
}

/** Asked in other words every time: equal questions are answered from memory. */
let asked = 0;
function fresh(query: string): string {
  asked += 1;
  return `${query}${query.includes('?') ? '&' : '?'}since=${1_000 + asked}m`;
}

/** What is not zero, null or a time. */
function essence(row: ScorecardRow): object {
  const { p50Ms: _p50, p95Ms: _p95, ...rest } = row;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== 0 && value !== null));
}

/** Reports go to the services in the background. */
async function untilReportsTaken(): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await ask(fresh('/admin/scorecard?by='));
    expect(rows[0]?.reportsTaken).toBe(run.reports);
  });
}

const at = (provider: string, kind: string, host: string) => ({ provider, kind, host });
const shop = 'shop.example.com';
const forum = 'forum.example.org';

// biome-ignore format: a table is read by its columns
const BY_HAND = [
  { ...at('first', 'hcaptcha', shop),      tasks: 1, attempts: 1, timeouts: 1, costUsd: 0.001 },
  { provider: 'first', kind: 'image_to_text',
    tasks: 1, solved: 1, attempts: 1, costUsd: 0.001, costPerSolvedUsd: 0.001 },
  { ...at('first', 'recaptcha_v2', forum), tasks: 4, solved: 2, rejected: 1, attempts: 4, zeroBalances: 1,
    costUsd: 0.003, costPerSolvedUsd: 0.0015, reportsTaken: 1, badReportsTaken: 1 },
  { ...at('first', 'recaptcha_v2', shop),  tasks: 5, solved: 4, accepted: 2, rejected: 1, acceptedRate: 0.666667,
    attempts: 5, invalidParameters: 1, costUsd: 0.004, costPerSolvedUsd: 0.001, costPerAcceptedUsd: 0.0015,
    reportsTaken: 3, badReportsTaken: 1 },
  { ...at('first', 'turnstile', shop),     tasks: 1, attempts: 1, noSlots: 1 },
  { ...at('second', 'hcaptcha', shop),     tasks: 1, solved: 1, attempts: 1, retries: 1, costUsd: 0.002, costPerSolvedUsd: 0.002 },
  { ...at('second', 'recaptcha_v2', forum), tasks: 2, solved: 2, accepted: 1, rejected: 1, acceptedRate: 0.5,
    attempts: 2, retries: 2, costUsd: 0.004, costPerSolvedUsd: 0.002, costPerAcceptedUsd: 0.004,
    reportsTaken: 2, badReportsTaken: 1 },
  { ...at('second', 'turnstile', shop),    tasks: 2, solved: 2, attempts: 2, retries: 1, costUsd: 0.004, costPerSolvedUsd: 0.002 },
];

describe('the scorecard', () => {
  it('tells for each provider, kind and host what was counted by hand', async () => {
    await untilReportsTaken();
    const { since, until, by, rows } = await ask(fresh('/admin/scorecard'));
    expect(by).toEqual(['provider', 'kind', 'host']);
    expect(rows.map(essence)).toEqual(BY_HAND);
    expect(Date.parse(until) - Date.parse(since)).toBe((1_000 + asked) * 60_000);
    expect(JSON.stringify(rows)).not.toContain('secret');
  });

  it('agrees with the books of the services', async () => {
    await untilReportsTaken();
    const { rows } = await ask(fresh('/admin/scorecard?by=provider'));
    const books = [run.first, run.second].map((sandbox, index) => {
      const { calls, solved, refused, spentUsd, accepted } = sandbox.stats();
      const told = sandbox.tasks().filter(({ report }) => report !== undefined);
      return {
        provider: index === 0 ? 'first' : 'second',
        attempts: calls.submit,
        solved,
        accepted: told.filter(({ report }) => report === 'good').length,
        rejected: told.filter(({ report }) => report === 'bad').length,
        noSlots: refused.ERROR_NO_SLOT_AVAILABLE ?? 0,
        zeroBalances: refused.ERROR_ZERO_BALANCE ?? 0,
        invalidParameters: refused.ERROR_GOOGLEKEY ?? 0,
        reportsTaken: calls.report,
        accepts: accepted,
        spentUsd,
      };
    });
    for (const [index, { accepts, spentUsd, ...book }] of books.entries()) {
      const row = rows[index];
      expect(row).toMatchObject(book);
      const price = index === 0 ? RATES.first : RATES.second;
      // The services give back what they do not solve; the scorecard counts what they may keep.
      expect(row?.costUsd).toBeCloseTo(accepts * price, 9);
      expect(row?.costUsd).toBeGreaterThanOrEqual(spentUsd - 1e-9);
    }
  });

  it.each(['first', 'second'] as const)(
    'tells the solve times of %s as its answers took',
    async (provider) => {
      const { rows } = await ask(fresh(`/admin/scorecard?by=provider&provider=${provider}`));
      const sorted = [...run.tookMs[provider]].sort((one, other) => one - other);
      const exact = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      expect(rows).toHaveLength(1);
      expect(Math.abs((rows[0]?.p50Ms ?? 0) - exact(0.5))).toBeLessThanOrEqual(exact(0.5) * 0.01 + 0.5);
      expect(Math.abs((rows[0]?.p95Ms ?? 0) - exact(0.95))).toBeLessThanOrEqual(exact(0.95) * 0.01 + 0.5);
    },
  );

  it('counts each task once where providers are not told apart', async () => {
    const { rows } = await ask(fresh('/admin/scorecard?by=client'));
    expect(rows.map(essence)).toMatchObject([
      { client: 'lab', tasks: 3, solved: 3, attempts: 6, retries: 3, timeouts: 1, zeroBalances: 1 },
      { client: 'qa', tasks: 10, solved: 9, attempts: 11, retries: 1, noSlots: 1, invalidParameters: 1 },
    ]);
    const { rows: all } = await ask(fresh('/admin/scorecard?by='));
    expect(all.map(essence)).toMatchObject([{ tasks: 13, solved: 12, attempts: 17, costUsd: 0.019 }]);
  });

  it('tells a client its own tasks, and nobody else’s', async () => {
    const { rows } = await ask(fresh('/v1/scorecard?by=provider,kind'), {
      authorization: `Bearer ${LAB_KEY}`,
    });
    expect(rows.map(essence)).toMatchObject([
      { provider: 'first', kind: 'hcaptcha', tasks: 1, timeouts: 1 },
      { provider: 'first', kind: 'recaptcha_v2', tasks: 2, zeroBalances: 1, costUsd: 0.001 },
      { provider: 'second', kind: 'hcaptcha', tasks: 1, solved: 1 },
      { provider: 'second', kind: 'recaptcha_v2', tasks: 2, solved: 2 },
    ]);
    const others = await ask(fresh('/v1/scorecard?client=qa'), { 'x-api-key': LAB_KEY });
    expect(others.rows).toEqual([]);
    const everybodys = await ask(fresh('/v1/scorecard?by='), ADMIN);
    expect(everybodys.rows).toMatchObject([{ tasks: 13 }]);
  });

  it('narrows to a provider, a kind, a host, and to captchas without a page', async () => {
    const tasksOf = async (query: string) => {
      const { rows } = await ask(fresh(`/admin/scorecard?by=&${query}`));
      return rows[0]?.tasks ?? 0;
    };
    expect(await tasksOf('provider=second')).toBe(5);
    expect(await tasksOf('kind=recaptcha_v2')).toBe(9);
    expect(await tasksOf(`host=${shop}`)).toBe(8);
    expect(await tasksOf(`host=${forum}&provider=first`)).toBe(4);
    expect(await tasksOf('host=')).toBe(1);
    expect(await tasksOf('host=nowhere.example')).toBe(0);
  });

  it('counts nothing that ended outside its span', async () => {
    const { rows } = await ask('/admin/scorecard?since=2020-01-01&until=2020-02-01T00:00:00Z');
    expect(rows).toEqual([]);
  });

  it('comes as CSV with the same rows', async () => {
    const { status, headers, text } = await send(run.gateway.url, fresh('/admin/scorecard?format=csv'), {
      headers: ADMIN,
    });
    expect([status, headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    const [heading = '', ...lines] = text.split('\r\n');
    expect(lines.pop()).toBe('');
    expect(lines).toHaveLength(BY_HAND.length);
    const columns = heading.split(',');
    const image = lines[1]?.split(',') ?? [];
    expect(columns.slice(0, 5)).toEqual(['provider', 'kind', 'host', 'tasks', 'solved']);
    expect(image.slice(0, 5)).toEqual(['first', 'image_to_text', '', '1', '1']);
    expect(image).toHaveLength(columns.length);
  });

  it.each([
    ['/admin/scorecard', {}],
    ['/admin/scorecard', { 'x-api-key': CLIENT_KEY }],
    ['/v1/scorecard', {}],
    ['/v1/scorecard', { 'x-api-key': 'nobodys' }],
  ])('%s is closed to strangers', async (path, headers) => {
    const answer = await send(run.gateway.url, path, { headers });
    expect([answer.status, jsonOf(answer).code]).toEqual([401, 'auth']);
  });

  it.each([
    ['since=yesterday', 'since'],
    ['since=1h&until=2h', 'since'],
    ['by=provider,colour', 'by'],
    ['format=xml', 'format'],
    ['sinse=7d', 'sinse'],
  ])('?%s is refused with the name of the fault', async (query, path) => {
    const answer = await send(run.gateway.url, `/v1/scorecard?${query}`, {
      headers: { 'x-api-key': CLIENT_KEY },
    });
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toMatchObject({ code: 'bad_request', issues: [{ path }] });
  });
});
