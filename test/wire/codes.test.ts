/** Every code that a service is known to answer with means what the list of codes says, for each question. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classicCodes } from '../../src/wire/classic.js';
import { CLASSIC_CODES } from '../../src/wire/classic-codes.js';
import { CodeTable, type Meaning, type Question } from '../../src/wire/codes.js';
import { jsonCodes } from '../../src/wire/json.js';
import { JSON_CODES } from '../../src/wire/json-codes.js';

type Wire = 'classic' | 'json';
type Row = [
  spelling: string,
  wire: Wire | 'both',
  endpoint: 'submit' | 'poll' | 'both' | 'other',
  category: string,
  pauseSeconds: number | null,
  isWorthAnother: boolean,
  isPrefix?: 'prefix',
];
interface Case {
  readonly wire: Wire;
  readonly spelling: string;
  readonly question: Question;
  readonly category: string;
  readonly pauseSeconds: number | null;
  readonly isWorthAnother: boolean;
}

/** Source: the services' error pages and official clients, collected in November 2026. */
const listed: Row[] = JSON.parse(readFileSync(new URL('./codes.json', import.meta.url), 'utf8'));
const tables = { classic: classicCodes, json: jsonCodes };
const written = { classic: CLASSIC_CODES, json: JSON_CODES };

/** Where the tables say otherwise than the list, and why. */
const MEANS_OTHERWISE: Readonly<Record<string, Meaning>> = {
  // A policy of the provider, not a gap in what it can do.
  ERROR_DOMAIN_NOT_ALLOWED: 'not_allowed',
};
/** No pause of their own: a wrong key stays out until somebody acts, a caller's proxy is the caller's fault. */
const PAUSES_OTHERWISE: ReadonlySet<string> = new Set(['auth', 'proxy_error']);
/** Our own request was wrong, not the caller's: another service may well take the task. */
const GOES_ON: ReadonlySet<string> = new Set([
  'ERROR_EMPTY_ACTION',
  'ERROR_PAGE_NOT_FOUND',
  'ERROR_IP_ADDRES',
]);
const CATEGORY: Readonly<Record<string, Meaning>> = { not_ready: 'pending', duplicate_report: 'recorded' };

const cases = listed.flatMap(([spelling, wire, endpoint, category, pauseSeconds, isWorthAnother]) => {
  const wires: Wire[] = wire === 'both' ? ['classic', 'json'] : [wire];
  const questions: Question[] =
    endpoint === 'submit' || endpoint === 'poll' ? [endpoint] : ['submit', 'poll'];
  const facts = { spelling, category, pauseSeconds, isWorthAnother };
  return wires.flatMap((on) => questions.map((question): Case => ({ ...facts, wire: on, question })));
});

describe.each(cases)(
  '$wire: $spelling at a $question',
  ({ wire, spelling, question, category, ...facts }) => {
    const meaning = MEANS_OTHERWISE[spelling] ?? CATEGORY[category] ?? category;
    const error = tables[wire].toError(spelling, question);

    it(`means ${meaning}`, () => {
      expect(tables[wire].meaning(spelling, question)).toBe(meaning);
      expect(error === undefined).toBe(meaning === 'pending' || meaning === 'recorded');
      if (!error) return;
      const pauseSeconds = PAUSES_OTHERWISE.has(category) ? null : facts.pauseSeconds;
      expect(error.evidence.pauseMs).toBe(pauseSeconds === null ? undefined : pauseSeconds * 1_000);
      const isWaiting =
        question === 'poll' && (category === 'internal' || spelling === 'ERROR_TOO_MUCH_REQUESTS');
      const next = facts.isWorthAnother || GOES_ON.has(spelling) ? 'other' : 'stop';
      expect(error.next).toBe(isWaiting ? 'wait' : next);
    });
  },
);

describe.each(['classic', 'json'] as const)('the table of the %s wire', (wire) => {
  it('holds nothing that is not listed', () => {
    const known = listed.filter((row) => row[1] === wire || row[1] === 'both').map(([spelling]) => spelling);
    expect(
      written[wire].map(([spelling]) => spelling).filter((spelling) => !known.includes(spelling)),
    ).toEqual([]);
  });

  it('holds each spelling once', () => {
    const spellings = written[wire].map(([spelling]) => spelling);
    expect(spellings).toHaveLength(new Set(spellings).size);
  });

  it('takes both spellings of not ready for no error', () => {
    for (const spelling of ['CAPCHA_NOT_READY', 'CAPTCHA_NOT_READY']) {
      expect(tables[wire].toError(spelling, 'poll')).toBeUndefined();
    }
  });

  it('takes an unlisted word for a failure of the service: another one is asked', () => {
    for (const question of ['submit', 'poll'] as const) {
      const error = tables[wire].toError('ERROR_BRAND_NEW', question);
      expect(error).toMatchObject({
        code: 'internal',
        next: 'other',
        evidence: { upstreamCode: 'ERROR_BRAND_NEW' },
      });
    }
  });

  it('asks the same service again when it says at a poll that it is broken', () => {
    expect(tables[wire].toError('ERROR_INTERNAL_SERVER_ERROR', 'poll')).toMatchObject({
      code: 'internal',
      next: 'wait',
    });
    expect(tables[wire].toError('ERROR_INTERNAL_SERVER_ERROR', 'submit')).toMatchObject({ next: 'other' });
  });
});

describe('the flood codes of the classic wire', () => {
  it.each([
    ['ERROR: 1001', 'rate_limited', 600, 'ban'],
    ['ERROR: 1002', 'zero_balance', 300, 'ban'],
    ['ERROR: 1003', 'rate_limited', 30, 'ban'],
    ['ERROR: 1004', 'banned', 600, 'ban'],
    ['ERROR: 1005', 'rate_limited', 600, 'ban'],
    ['ERROR: 1006', 'rate_limited', 300, 'ban'],
    ['ERROR: 1099 slow down', 'rate_limited', 300, 'ban'],
  ] as const)('%s is %s, closes the account for %i s', (spelling, code, seconds, opens) => {
    for (const question of ['submit', 'poll'] as const) {
      const error = classicCodes.toError(spelling, question);
      expect(error).toMatchObject({ code, opens, next: 'other', evidence: { pauseMs: seconds * 1_000 } });
    }
  });

  it('needs the colon and the space', () => {
    expect(classicCodes.meaning('ERROR:1001', 'submit')).toBeUndefined();
    expect(classicCodes.meaning('ERROR', 'submit')).toBe('bad_request');
  });
});

describe('a provider with codes of its own', () => {
  const own = new CodeTable([['ERROR_ZERO_BALANCE', 'no_slot', null]], CLASSIC_CODES);

  it('means them its own way and the rest as everybody does', () => {
    expect(own.meaning('ERROR_ZERO_BALANCE', 'submit')).toBe('no_slot');
    expect(own.meaning('ERROR_PAGEURL', 'submit')).toBe('bad_page_url');
  });
});
