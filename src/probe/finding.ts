/** What a probe asks, hears and finds: the words that the rest of the room shares. */
import type { ErrorCode } from '../core/errors.js';
import type { UpstreamReply, UpstreamRequest } from '../core/provider.js';

export type WireName = 'classic' | 'json';

/** `lacks`: not there. `odd`: there, but not as 2Captcha has it. */
export type Verdict = 'ok' | 'lacks' | 'odd';

/** One row of the report. */
export interface Finding {
  readonly wire: WireName;
  /** What it is about: `balance`, `kind turnstile`. */
  readonly about: string;
  /** What was asked, without the key. */
  readonly asked: string;
  readonly verdict: Verdict;
  /** One sentence; of an answer it holds the error code at most. */
  readonly says: string;
}

/** An answer as the gateway's own readers take it. */
export type Said =
  | { readonly sort: 'done'; readonly value: unknown }
  | {
      readonly sort: 'refused';
      readonly code: ErrorCode;
      readonly word: string;
      /** Whether the service asks to be left alone. */
      readonly isBan: boolean;
    }
  | { readonly sort: 'garbage'; readonly detail: string }
  | { readonly sort: 'silence'; readonly detail: string };

/** What came back to one question. */
export interface Heard {
  readonly said: Said;
  /** Absent when no answer came. */
  readonly reply?: UpstreamReply | undefined;
}

/** Answers so far, by what they were about. */
export type Memory = ReadonlyMap<string, Heard>;

export type Judgement = readonly [verdict: Verdict, says: string];

/** What an answer tells; earlier answers help where only a difference does. */
export type Judge = (heard: Heard, memory: Memory) => Judgement;

export interface Question {
  readonly about: string;
  readonly asked: string;
  readonly request: UpstreamRequest;
  /** Reads an answer as the gateway would. @throws SolveError */
  readonly read: (reply: UpstreamReply) => unknown;
  readonly judge: Judge;
  /** Without it the gateway cannot use the service. */
  readonly isNeeded?: true;
  /** Balance calls have a pause of their own. */
  readonly isBalance?: true;
  /** A service that takes anything might charge for it. */
  readonly isSubmit?: true;
}
