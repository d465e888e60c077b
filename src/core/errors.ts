/** What can go wrong, and what follows from it: one table that router, breakers, dialects and metrics read. */

/** Whose fault an error is; only `provider` and `account` say anything about the provider. */
export type Blame = 'caller' | 'task' | 'provider' | 'account' | 'gateway';

/** What happens to the task: `stop` ends it, `other` asks the next provider, `wait` asks the same one again. */
export type Next = 'stop' | 'other' | 'wait';

/**
 * What an error closes for the calls that follow.
 * `transport`: the account, after several in a row; `kind`: this kind at this account; `money`, `key`,
 * `ban`: the whole account at once, each with its own way back.
 */
export type Opens = 'transport' | 'kind' | 'money' | 'key' | 'ban' | null;

export interface ErrorPolicy {
  /** HTTP status of the native door's problem. */
  readonly http: number;
  readonly blame: Blame;
  readonly next: Next;
  readonly opens: Opens;
  /** How long the account or kind is left alone when the provider states no time itself. */
  readonly pauseMs: number;
  /** The problem's title. */
  readonly title: string;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

// biome-ignore format: a table is read by its columns
export const ERROR_POLICY = {
  bad_request:    { http: 400, blame: 'caller',   next: 'stop',  opens: null,        pauseMs: 0,           title: 'The request is not valid' },
  bad_page_url:   { http: 400, blame: 'caller',   next: 'stop',  opens: null,        pauseMs: 0,           title: 'The page URL is missing or wrong' },
  bad_sitekey:    { http: 400, blame: 'caller',   next: 'stop',  opens: null,        pauseMs: 0,           title: 'The site key is missing or wrong' },
  image_error:    { http: 400, blame: 'caller',   next: 'stop',  opens: null,        pauseMs: 0,           title: 'The image cannot be used' },
  proxy_error:    { http: 400, blame: 'caller',   next: 'stop',  opens: null,        pauseMs: 0,           title: 'The proxy cannot be used' },
  task_expired:   { http: 400, blame: 'caller',   next: 'stop',  opens: null,        pauseMs: 0,           title: 'A single-use input has expired' },
  unsupported:    { http: 400, blame: 'provider', next: 'other', opens: 'kind',      pauseMs: 24 * HOUR,   title: 'No provider takes this kind of task' },
  auth:           { http: 401, blame: 'account',  next: 'other', opens: 'key',       pauseMs: 0,           title: 'The key is missing or wrong' },
  not_allowed:    { http: 403, blame: 'caller',   next: 'stop',  opens: null,        pauseMs: 0,           title: 'This target is not allowed' },
  task_not_found: { http: 404, blame: 'provider', next: 'other', opens: null,        pauseMs: 0,           title: 'There is no such task' },
  conflict:       { http: 422, blame: 'caller',   next: 'stop',  opens: null,        pauseMs: 0,           title: 'The request contradicts an earlier one' },
  unsolvable:     { http: 422, blame: 'task',     next: 'other', opens: null,        pauseMs: 0,           title: 'The captcha could not be solved' },
  rate_limited:   { http: 429, blame: 'account',  next: 'other', opens: 'ban',       pauseMs: 10 * SECOND, title: 'Too many requests' },
  bad_reply:      { http: 502, blame: 'provider', next: 'other', opens: 'transport', pauseMs: 5 * SECOND,  title: 'The provider did not answer sensibly' },
  internal:       { http: 502, blame: 'provider', next: 'other', opens: 'transport', pauseMs: 10 * SECOND, title: 'The provider failed' },
  no_slot:        { http: 503, blame: 'provider', next: 'other', opens: 'kind',      pauseMs: 5 * SECOND,  title: 'No provider could take the task' },
  zero_balance:   { http: 503, blame: 'account',  next: 'other', opens: 'money',     pauseMs: 60 * SECOND, title: 'The accounts are out of money' },
  banned:         { http: 503, blame: 'account',  next: 'other', opens: 'ban',       pauseMs: 10 * MINUTE, title: 'The provider has banned the account' },
  overloaded:     { http: 503, blame: 'gateway',  next: 'stop',  opens: null,        pauseMs: 5 * SECOND,  title: 'The gateway cannot take the task now' },
  timeout:        { http: 504, blame: 'provider', next: 'other', opens: 'transport', pauseMs: 5 * SECOND,  title: 'The provider did not answer in time' },
  deadline:       { http: 504, blame: 'gateway',  next: 'stop',  opens: null,        pauseMs: 0,           title: 'The deadline passed before an answer came' },
  cancelled:      { http: 409, blame: 'caller',   next: 'stop',  opens: null,        pauseMs: 0,           title: 'The task was cancelled' },
} as const satisfies Record<string, ErrorPolicy>;

export type ErrorCode = keyof typeof ERROR_POLICY;

/** One field that is wrong, named by its path from the root of the request. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** What is known about an error besides its code. */
export interface Evidence {
  /** The account that answered (or did not). */
  readonly provider?: string;
  /** The provider's own word, exactly as it came. */
  readonly upstreamCode?: string | undefined;
  /** One sentence for the caller; never holds a secret. */
  readonly detail?: string | undefined;
  readonly issues?: readonly Issue[];
  /** How long the provider asks to be left alone. */
  readonly pauseMs?: number | undefined;
  /** Overrides the policy's next step for this one spelling. */
  readonly next?: Next | undefined;
  /** Overrides what the policy closes. */
  readonly opens?: Opens | undefined;
  /** The exact word for the old doors, where they have one of their own for this case. */
  readonly saidAs?: string;
  /** Set on `auth` when the key was missing or could not be a key at all. */
  readonly isMalformed?: boolean;
  /** True when a submit may have reached the provider and may have been charged although no answer came. */
  readonly isAmbiguous?: boolean;
  /** When the caller may usefully come back. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** The only error that crosses a room's door. */
export class SolveError extends Error {
  override readonly name = 'SolveError';

  constructor(
    readonly code: ErrorCode,
    readonly evidence: Evidence = {},
  ) {
    super([evidence.provider, code, evidence.upstreamCode ?? evidence.detail].filter(Boolean).join(' '), {
      cause: evidence.cause,
    });
  }

  get policy(): ErrorPolicy {
    return ERROR_POLICY[this.code];
  }

  /** The next step for the task: the spelling's own, else the policy's. */
  get next(): Next {
    return this.evidence.next ?? this.policy.next;
  }

  /** What the error closes for later calls. */
  get opens(): Opens {
    return this.evidence.opens === undefined ? this.policy.opens : this.evidence.opens;
  }

  /** The same error with more evidence; what is already known stays. */
  with(evidence: Evidence): SolveError {
    return new SolveError(this.code, { ...evidence, ...this.evidence });
  }
}

/** Any thrown value as a SolveError; what is not one already is our own fault. */
export function asSolveError(thrown: unknown): SolveError {
  if (thrown instanceof SolveError) return thrown;
  return new SolveError('internal', { detail: 'The gateway failed on this request.', cause: thrown });
}
