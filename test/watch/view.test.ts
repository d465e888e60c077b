/** The picture of a gateway, from a report. */
import { describe, expect, it } from 'vitest';
import { painter } from '../../src/terminal/text.js';
import { type Report, viewLines } from '../../src/watch/view.js';

const NOW = Date.UTC(2026, 0, 1, 12);
const at = (ms: number) => new Date(NOW + ms).toISOString();
const CLOSED = {
  state: 'closed',
  cause: null,
  since: null,
  until: null,
  comesBack: null,
  openedBy: null,
} as const;
const KIND = { ...CLOSED, kind: 'turnstile', successRate: 0.974, p50Ms: 18_240, p95Ms: 41_000 } as const;
const PROVIDER = {
  ...CLOSED,
  use: 'classic',
  priority: 1,
  balanceUsd: 12.5,
  hoursToEmpty: 5.5,
  inFlight: 3,
  limit: 50,
} as const;

const REPORT = {
  version: '0.1.0',
  startedAt: at(-3 * 3_600_000),
  tasks: { inFlight: 12, solvedLastHour: 840, failedLastHour: 3 },
  providers: [
    {
      ...PROVIDER,
      id: 'captchaai',
      kinds: [KIND, { ...KIND, kind: 'hcaptcha', successRate: null, p50Ms: null, p95Ms: null }],
    },
    {
      ...PROVIDER,
      id: 'second',
      state: 'open',
      cause: 'zero_balance',
      since: at(-12_000),
      until: at(41_500),
      balanceUsd: 0,
      hoursToEmpty: 0,
      limit: null,
      kinds: [
        { ...KIND, kind: 'hcaptcha', state: 'open', cause: 'no_slot', since: at(-1_500), until: at(3_000) },
      ],
    },
    {
      ...PROVIDER,
      id: 'third',
      state: 'held-out',
      cause: 'invoice',
      since: at(-7_200_000),
      balanceUsd: null,
      hoursToEmpty: null,
      kinds: [],
    },
  ],
  failovers: Array.from({ length: 12 }, (_, index) => ({
    at: at(-12_000 - index),
    taskId: String(1000 + index),
    kind: 'turnstile',
    from: 'second',
    to: 'captchaai',
    cause: 'zero_balance',
  })),
} as const;

const OPTIONS = { url: 'http://127.0.0.1:8080', now: NOW, paint: painter(false) };
const cells = (line = '') => line.trim().split(/ {2,}/);

function lines(report: object = REPORT, fault: { message: string; since: number } | null = null): string[] {
  return viewLines({ report: report as Report, fault }, OPTIONS);
}

describe('the picture', () => {
  it('says who it is, and what is under way', () => {
    expect(lines().slice(0, 2)).toEqual([
      'captcha-gateway 0.1.0 at http://127.0.0.1:8080, up for 3 h',
      '12 in flight; in the last hour 840 solved, 3 failed',
    ]);
  });

  it('has a row for each provider and for each of its kinds in use', () => {
    const rows = lines().slice(4, 9).map(cells);
    expect(rows).toEqual([
      ['captchaai', 'closed', '-', '-', '-', '3 of 50', '12.50', '5 h 30 min'],
      ['turnstile', 'closed', '-', '-', '-', '97 %', '18.2 s', '41.0 s'],
      ['second', 'open', 'zero_balance', '12 s ago', 'in 42 s', '3', '0.00', 'empty'],
      ['hcaptcha', 'open', 'no_slot', '1 s ago', 'in 3 s', '97 %', '18.2 s', '41.0 s'],
      ['third', 'held-out', 'invoice', '2 h ago', 'you act', '3 of 50', '-', '-'],
    ]);
  });

  it('says now of what may be tried', () => {
    const [first] = REPORT.providers;
    const providers = [{ ...first, state: 'half-open', until: at(-9_000) } as const];
    expect(cells(lines({ ...REPORT, providers })[4])[4]).toBe('now');
  });

  it('shows the last failovers, newest first', () => {
    const all = lines();
    const first = all.findIndex((line) => line.startsWith('handed on'));
    const rows = all.slice(first + 1).map(cells);
    expect(rows).toHaveLength(8);
    expect(rows[0]).toEqual(['12 s ago', '1000', 'turnstile', 'second', 'captchaai', 'zero_balance']);
  });

  it('says who serves the kinds in use, where the gateway tells', () => {
    expect(lines().join('\n')).not.toContain('served by');
    const serving = [
      { kind: 'turnstile', provider: 'captchaai', next: ['third', 'second'], passedOver: [] },
      { kind: 'hcaptcha', provider: null, next: [], passedOver: [] },
      { kind: 'geetest_v3', provider: 'captchaai', next: [], passedOver: [] },
    ];
    const all = lines({ ...REPORT, serving });
    const first = all.findIndex((line) => line.includes('served by'));
    expect(all.slice(first + 1, first + 4).map(cells)).toEqual([
      ['turnstile', 'captchaai', 'third, second'],
      ['hcaptcha', 'nobody', '-'],
      [''],
    ]);
  });

  it('keeps the last picture of a gateway that is away, and says so', () => {
    const all = lines(REPORT, { message: 'No gateway answers', since: NOW - 5_000 });
    expect(all[2]).toBe('Not answering for 5 s, asked again every second. No gateway answers');
    expect(all).toHaveLength(lines().length + 1);
  });

  it('lets nothing from elsewhere act on the terminal', () => {
    const hostile = { ...REPORT.providers[2], cause: 'a\u001b[2Jb', id: 'x\u0007' };
    expect(lines({ ...REPORT, version: '\u001b[1m', providers: [hostile] }).join('')).not.toMatch(/\p{Cc}/u);
  });

  it('has nothing to say of an empty gateway but that', () => {
    const quiet = { ...REPORT, providers: [], failovers: [] };
    expect(lines(quiet)).toHaveLength(4);
  });

  it('colours what does not work', () => {
    const painted = viewLines(
      { report: REPORT as object as Report, fault: null },
      { ...OPTIONS, paint: painter(true) },
    );
    const of = (name: string) => painted.find((line) => line.includes(name) && line.includes('\u001b['));
    expect(of('zero_balance')?.startsWith('\u001b[31m')).toBe(true);
    expect(painted.find((line) => line.startsWith('captchaai'))).not.toContain('\u001b[');
  });
});
