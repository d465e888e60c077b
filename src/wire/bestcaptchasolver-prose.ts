/** BestCaptchaSolver says what is wrong in sentences: what their words give away. */
import { type ErrorCode, SolveError } from '../core/errors.js';
import type { CodeExtras, Question } from './codes.js';

type ProseRow = readonly [pattern: RegExp, onSubmit: ErrorCode, onPoll: ErrorCode, extras?: CodeExtras];

/**
 * The first pattern that fits decides. None of it is published: a fault that seems to be the caller's goes to
 * the next provider all the same, since the sentence may mean something else.
 */
// biome-ignore format: a table is read by its rows
const PROSE: readonly ProseRow[] = [
  [/\bproxy/i, 'proxy_error', 'proxy_error', { next: 'other' }],
  [/access.?token|unauthori[sz]ed|not logged in|invalid (user|credentials|api key)/i, 'auth', 'auth'],
  [/insufficient|not enough|balance|\bfunds\b|\bcredits?\b/i, 'zero_balance', 'zero_balance', { pauseSeconds: 60 }],
  [/\b(banned|suspended|blocked)\b/i, 'banned', 'banned'],
  [/overload|no (\w+ )?workers|try again later|\bbusy\b/i, 'no_slot', 'internal', { pauseSeconds: 10 }],
  [/too many|rate limit/i, 'rate_limited', 'rate_limited'],
  [/(could not|couldn't|cannot) be solved|unsolvable|unable to solve|not solved/i, 'unsolvable', 'unsolvable'],
  [/not supported|unsupported|\bdisabled\b/i, 'unsupported', 'unsupported'],
  [/(captcha|\bid\b).*(not found|not exist|n't exist)|no such|invalid (captcha )?id\b/i, 'internal', 'task_not_found'],
  [/(site|public).?key/i, 'bad_sitekey', 'bad_sitekey', { next: 'other' }],
  [/page.?url|\bdomain\b/i, 'bad_page_url', 'bad_page_url', { next: 'other' }],
  [/\bimage|base64|b64/i, 'image_error', 'image_error', { next: 'other' }],
];

/** What a sentence says to a question; undefined for one that gives nothing away. */
export function meaningOfProse(text: string, question: Question): ErrorCode | undefined {
  const row = find(text);
  return row && (question === 'submit' ? row[1] : row[2]);
}

function find(text: string): ProseRow | undefined {
  return PROSE.find(([pattern]) => pattern.test(text));
}

const LONGEST = 200;

/** The error that a sentence stands for; one that gives nothing away is the service's own failure. */
export function proseError(text: string, question: Question): SolveError {
  const { pauseSeconds, next } = find(text)?.[3] ?? {};
  return new SolveError(meaningOfProse(text, question) ?? 'internal', {
    upstreamCode: text.replace(/\s+/g, ' ').slice(0, LONGEST),
    pauseMs: pauseSeconds === undefined ? undefined : pauseSeconds * 1_000,
    next,
  });
}
