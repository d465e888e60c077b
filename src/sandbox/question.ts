/** What a caller asks and what the service answers, before either is spelled for a wire. */
import type { UpstreamId } from '../core/provider.js';
import type { Task } from '../core/task.js';
import type { AcceptedTask } from './accepted-task.js';
import type { Call } from './script.js';

export type WireName = 'classic' | 'json' | 'deathbycaptcha' | 'bestcaptchasolver';

/** One call, read. */
export interface Question {
  readonly wire: WireName;
  /** `other` needs no account: a test echo, or nothing that the wire knows. */
  readonly call: Call | 'other';
  readonly key: string;
  /** Whether anybody may ask this, as on wires whose polls carry no key. */
  readonly isOpen?: true;
  /** What a submit describes. */
  readonly task?: Task | undefined;
  /** The name of the type it was asked under, where the wire has such names; solutions depend on it. */
  readonly type?: string;
  /** What a submit wants called when the task is done. */
  readonly callbackUrl?: string | undefined;
  /** The word that refuses the call whatever the account says: a malformed task, an unknown action. */
  readonly fault?: string | undefined;
  /** The ids that a poll or report names, in the JSON type they came in. */
  readonly upstreamIds: readonly UpstreamId[];
  /** Of a question about the account that asks for its threads instead of its money. */
  readonly isAboutThreads?: true;
  /** Of a report. */
  readonly isGood?: boolean;
  /** Spells the answer as this caller wants to read it. */
  readonly say: (answer: Answer) => Reply;
}

/** What comes of a call. */
export type Answer =
  | { readonly status: 'accepted'; readonly task: AcceptedTask; readonly isSolved: boolean }
  | { readonly status: 'pending' }
  | { readonly status: 'solved'; readonly task: AcceptedTask }
  | { readonly status: 'refused'; readonly code: string }
  | { readonly status: 'balance'; readonly balanceUsd: number }
  | { readonly status: 'threads'; readonly threads: number; readonly working: number }
  | { readonly status: 'recorded' }
  | { readonly status: 'several'; readonly answers: readonly Answer[] };

/** An answer as it goes over HTTP. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** Where a redirect points to. */
  readonly location?: string;
}

/** An id as it came; nothing that is neither text nor a number was ever given out. */
export function readId(value: unknown): UpstreamId {
  return typeof value === 'number' || typeof value === 'string' ? value : '';
}

/** An address as it came; undefined for what is none. */
export function readAddress(value: unknown): string | undefined {
  return typeof value === 'string' && URL.canParse(value) ? value : undefined;
}

/** An answer that says no. */
export function refused(code: string): Answer {
  return { status: 'refused', code };
}
