/** Answers as examples, made by what makes the real ones. */
import { ERROR_POLICY, type ErrorCode, SolveError } from '../core/errors.js';
import type { TaskRecord } from '../core/store.js';
import { sayProblem, sayStory, sayTask } from '../wire/native.js';
import { SAMPLE_FIELDS } from './samples.js';

const START = Date.UTC(2026, 0, 1, 12);

const REFUSED = {
  provider: 'captchaai',
  why: 'the first by priority',
  outcome: 'no_slot',
  upstreamCode: 'ERROR_NO_SLOT_AVAILABLE',
  upstreamId: null,
  startedAt: START + 3,
  acceptedAt: null,
  endedAt: START + 44,
  polls: 0,
  costUsd: 0,
  mayBeCharged: false,
} as const;

const TAKEN = {
  provider: '2captcha',
  why: 'the next by priority',
  outcome: 'solving',
  upstreamCode: null,
  upstreamId: '74123456789',
  startedAt: START + 45,
  acceptedAt: START + 210,
  endedAt: null,
  polls: 0,
  costUsd: 0.0029,
  mayBeCharged: true,
} as const;

const SOLVING: TaskRecord = {
  id: 12_345,
  clientId: 'qa',
  origin: { dialect: 'native' },
  task: { kind: 'recaptcha_v2', siteKey: SAMPLE_FIELDS.siteKey, pageUrl: 'https://example.com/login' },
  options: { meta: { run: '42' } },
  status: 'solving',
  createdAt: START,
  deadlineAt: START + 120_000,
  finishedAt: null,
  attempts: [REFUSED, TAKEN],
  passedOver: [{ provider: 'house', why: 'does not solve recaptcha_v2' }],
  provider: null,
  solution: null,
  error: null,
  reported: null,
};

const SOLVED: TaskRecord = {
  ...SOLVING,
  status: 'solved',
  finishedAt: START + 21_075,
  attempts: [REFUSED, { ...TAKEN, outcome: 'solved', endedAt: START + 21_075, polls: 5 }],
  provider: '2captcha',
  solution: { token: '03AGdBq24PBCb…' },
};

const FAILED: TaskRecord = {
  ...SOLVING,
  status: 'failed',
  finishedAt: START + 30_000,
  attempts: [
    REFUSED,
    {
      ...TAKEN,
      outcome: 'unsolvable',
      upstreamCode: 'ERROR_CAPTCHA_UNSOLVABLE',
      endedAt: START + 30_000,
      polls: 6,
    },
  ],
  error: { code: 'unsolvable', upstreamCode: 'ERROR_CAPTCHA_UNSOLVABLE', detail: null },
};

/** A task on its way, solved and failed. */
export const TASKS = {
  solving: sayTask(SOLVING),
  solved: sayTask(SOLVED),
  failed: sayTask(FAILED),
  solvedStory: sayStory(SOLVED),
} as const;

/** Each code's problem, as the gateway writes it. */
export function problemExamples(): Readonly<Record<string, { readonly value: object }>> {
  const codes = Object.keys(ERROR_POLICY) as ErrorCode[];
  return Object.fromEntries(codes.map((code) => [code, { value: problemOf(code) }]));
}

const EVIDENCE: Readonly<Partial<Record<ErrorCode, ConstructorParameters<typeof SolveError>[1]>>> = {
  bad_sitekey: { detail: 'siteKey is required', issues: [{ path: 'siteKey', message: 'is required' }] },
  auth: { detail: 'No client has this key.' },
  task_not_found: { detail: 'There is no task 12345 for this key.' },
  rate_limited: { detail: 'clients.qa.limits.inFlight is reached.', retryAfterMs: 1_000 },
};

function problemOf(code: ErrorCode): object {
  const record = code === 'unsolvable' ? FAILED : undefined;
  return sayProblem(new SolveError(code, EVIDENCE[code]), record).body;
}
