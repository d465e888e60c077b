/** What is said of a request that got no answer: one of two codes, a short cause, and whether it may have arrived. */
import { type ErrorCode, SolveError } from '../core/errors.js';

/** How far a request had come when it failed. */
export interface Progress {
  readonly provider: string;
  readonly method: 'GET' | 'POST';
  /** True from the moment the request was handed to an established connection. */
  readonly isSent: boolean;
}

const LATE_CODES: readonly string[] = ['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'];

/** The first pattern that fits an error's code names its cause. */
const CAUSES: ReadonlyArray<readonly [codes: RegExp, cause: string]> = [
  [/^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, 'no connection in time'],
  [/^ECONNREFUSED$/, 'connection refused'],
  [/^(ENOTFOUND|EAI_\w+)$/, 'host name not found'],
  [/^E(HOST|NET)(UNREACH|DOWN)$/, 'host not reachable'],
  [/^UND_ERR_RES_EXCEEDED_MAX_SIZE$/, 'answer too large'],
  [/^UND_ERR_(DESTROYED|CLOSED)$/, 'transport closed'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'connection closed before the answer was complete'],
  [
    /^(HTTPParserError|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/,
    'answer is not proper HTTP',
  ],
  [/CERT|SIGNATURE|^(EPROTO|ERR_TLS|ERR_SSL)/, 'TLS connection failed'],
];

/**
 * A failed request as a SolveError.
 * Quotes nothing of the error but its code: a parser error holds the answer, and an answer may echo the key.
 */
export function failureOf(error: unknown, progress: Progress): SolveError {
  const code = codeOf(error);
  const cause = CAUSES.find(([codes]) => codes.test(code))?.[1] ?? 'connection failed';
  return failure(
    LATE_CODES.includes(code) ? 'timeout' : 'bad_reply',
    code ? `${cause} (${code})` : cause,
    progress,
  );
}

/** No complete answer within the time allowed. */
export function lateFailure(timeoutMs: number, progress: Progress): SolveError {
  const missing = progress.isSent ? 'no complete answer' : 'not sent';
  return failure('timeout', `${missing} within ${timeoutMs} ms`, progress);
}

/** The caller's signal ended it. */
export function abortFailure(progress: Progress): SolveError {
  return failure('timeout', 'aborted', progress);
}

function failure(code: ErrorCode, detail: string, { provider, method, isSent }: Progress): SolveError {
  return new SolveError(code, { provider, detail, isAmbiguous: isSent && method === 'POST' });
}

/** The error's code; its class where it has none, as undici's parser errors do. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return /^\w{1,60}$/.test(code) ? code : '';
}
