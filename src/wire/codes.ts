/** How the error codes of a wire are looked up; the tables themselves stand beside their wire. */
import { type ErrorCode, type Next, type Opens, SolveError } from '../core/errors.js';

/** `pending` is not an error: the task is being worked on. `recorded`: a report that was made before. */
export type Meaning = ErrorCode | 'pending' | 'recorded';

export interface CodeExtras {
  /** The pause the service asks for. */
  readonly pauseSeconds?: number;
  /** Where this spelling asks for another next step than its code. */
  readonly next?: Next;
  /** Where it closes something else than its code does. */
  readonly opens?: Opens;
  /** The spelling is only the beginning of what comes. */
  readonly isPrefix?: true;
}

/** Meaning depends on the question; null where the spelling is not expected (the other meaning is taken then). */
export type CodeRow = readonly [
  spelling: string,
  onSubmit: Meaning | null,
  onPoll: Meaning | null,
  extras?: CodeExtras,
];

/** What was asked when a code came back. Balance calls read codes as a submit does, reports as a poll: both name a task. */
export type Question = 'submit' | 'poll';

export type Spelling = Readonly<Partial<Record<ErrorCode, string>>>;

/** What the old doors say for each error; source: the codes that existing clients act on. */
const SPELLING: Readonly<Record<ErrorCode, string>> = {
  bad_request: 'ERROR_BAD_PARAMETERS',
  bad_page_url: 'ERROR_PAGEURL',
  bad_sitekey: 'ERROR_GOOGLEKEY',
  image_error: 'ERROR_IMAGE_TYPE_NOT_SUPPORTED',
  proxy_error: 'ERROR_BAD_PROXY',
  task_expired: 'ERROR_TOKEN_EXPIRED',
  unsupported: 'ERROR_METHOD_CALL',
  auth: 'ERROR_KEY_DOES_NOT_EXIST',
  not_allowed: 'ERROR_DOMAIN_NOT_ALLOWED',
  task_not_found: 'ERROR_WRONG_CAPTCHA_ID',
  conflict: 'ERROR_BAD_PARAMETERS',
  unsolvable: 'ERROR_CAPTCHA_UNSOLVABLE',
  zero_balance: 'ERROR_ZERO_BALANCE',
  deadline: 'ERROR_CAPTCHA_UNSOLVABLE',
  cancelled: 'ERROR_CAPTCHA_UNSOLVABLE',
  rate_limited: 'ERROR_NO_SLOT_AVAILABLE',
  bad_reply: 'ERROR_NO_SLOT_AVAILABLE',
  internal: 'ERROR_NO_SLOT_AVAILABLE',
  no_slot: 'ERROR_NO_SLOT_AVAILABLE',
  banned: 'ERROR_NO_SLOT_AVAILABLE',
  overloaded: 'ERROR_NO_SLOT_AVAILABLE',
  timeout: 'ERROR_NO_SLOT_AVAILABLE',
};

/** One wire's codes, with a provider's own rows in front. */
export class CodeTable {
  readonly #exact = new Map<string, CodeRow>();
  readonly #prefixes: CodeRow[] = [];

  constructor(...tables: readonly (readonly CodeRow[])[]) {
    for (const row of tables.flat()) {
      if (row[3]?.isPrefix) this.#prefixes.push(row);
      else if (!this.#exact.has(row[0])) this.#exact.set(row[0], row);
    }
  }

  /** The row of a spelling, exactly or by prefix; undefined for a word nobody has listed. */
  find(spelling: string): CodeRow | undefined {
    return this.#exact.get(spelling) ?? this.#prefixes.find(([prefix]) => spelling.startsWith(prefix));
  }

  /** What a spelling means as the answer to a question; undefined for an unlisted word. */
  meaning(spelling: string, question: Question): Meaning | undefined {
    const row = this.find(spelling);
    if (!row) return undefined;
    const [, onSubmit, onPoll] = row;
    return (question === 'submit' ? (onSubmit ?? onPoll) : (onPoll ?? onSubmit)) ?? undefined;
  }

  /**
   * Undefined for `pending` and `recorded`; otherwise the error that a spelling stands for.
   * An unlisted word is the provider's failure: worth another provider, nobody's fault but its own.
   */
  toError(spelling: string, question: Question): SolveError | undefined {
    const meaning = this.meaning(spelling, question) ?? 'internal';
    if (meaning === 'pending' || meaning === 'recorded') return undefined;
    const row = this.find(spelling);
    const { pauseSeconds, next, opens } = row?.[3] ?? {};
    // A service that says it is broken still has the task: the same id is worth asking again.
    const again = question === 'poll' && meaning === 'internal' && row ? 'wait' : undefined;
    return new SolveError(meaning, {
      upstreamCode: spelling.slice(0, 200),
      pauseMs: pauseSeconds === undefined ? undefined : pauseSeconds * 1_000,
      next: next ?? again,
      opens,
    });
  }

  /**
   * Our word for an error. A service's own word is kept where it says the same thing about the caller's
   * task; troubles of ours (keys, bans, resets, hangs) are told as one that asks the client to come back.
   */
  spell(error: SolveError, question: Question, own: Spelling = {}): string {
    const { upstreamCode: theirs, saidAs } = error.evidence;
    if (saidAs) return saidAs;
    const { blame } = error.policy;
    const isAboutTask = blame === 'caller' || blame === 'task' || error.code === 'task_not_found';
    if (theirs && isAboutTask && this.meaning(theirs, question) === error.code) return theirs;
    return own[error.code] ?? SPELLING[error.code];
  }
}
