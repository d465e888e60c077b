/** The way out to the providers, without a socket: answers are scripted, requests are written down. */
import type { Clock } from '../../src/core/clock.js';
import { SolveError } from '../../src/core/errors.js';
import type {
  Account,
  SendLimits,
  Transport,
  UpstreamReply,
  UpstreamRequest,
} from '../../src/core/provider.js';

export type CallName = 'submit' | 'poll' | 'balance' | 'threads' | 'report';

/** One request as it left. */
export interface Sent {
  readonly account: string;
  /** Where it goes, and with which key. */
  readonly to: string;
  readonly call: CallName;
  readonly at: number;
  readonly timeoutMs: number;
  readonly request: UpstreamRequest;
}

/** `afterMs`: how long the provider takes; whatever takes longer than the call's limit is a timeout. */
export type Answer = { readonly afterMs?: number } & (
  | { readonly body: string; readonly status?: number }
  | { readonly isAmbiguous: boolean }
);

type Script = Answer | ((sent: Sent) => Answer);

const NEVER_MS = Number.POSITIVE_INFINITY;

/** A body, with HTTP 200 unless told otherwise. */
export function text(body: string, status = 200): Answer {
  return { body, status };
}

/** The same answer, later. */
export function late(afterMs: number, answer: Answer): Answer {
  return { ...answer, afterMs };
}

/** No answer at all: on a connection that stands (it may have arrived), or on none. */
export function hang({ isSent = true } = {}): Answer {
  return { isAmbiguous: isSent, afterMs: NEVER_MS };
}

/** The connection breaks; `isAmbiguous` when the request may have arrived. */
export function reset(isAmbiguous: boolean): Answer {
  return { isAmbiguous };
}

export class FakeTransport implements Transport {
  readonly sent: Sent[] = [];
  /** Requests that no script expected. */
  readonly unexpected: string[] = [];
  /** Calls that wait for their answer: each has a timer of its own on the clock. */
  underWay = 0;
  readonly #once = new Map<string, Script[]>();
  readonly #always = new Map<string, Script>();

  constructor(
    private readonly clock: Clock,
    /** Each request is noted here as it leaves. */
    private readonly journal: string[] = [],
  ) {}

  /** The next answers of one account to one call, each given once. */
  script(account: string, call: CallName, ...answers: readonly Script[]): void {
    const waiting = this.#once.get(`${account} ${call}`) ?? [];
    this.#once.set(`${account} ${call}`, [...waiting, ...answers]);
  }

  /** The answer once the script is used up. */
  always(account: string, call: CallName, answer: Script): void {
    this.#always.set(`${account} ${call}`, answer);
  }

  /** Scripted answers that nobody has asked for. */
  get unused(): readonly string[] {
    return [...this.#once].flatMap(([name, left]) => left.map(() => name));
  }

  /** The calls made so far: of one account, of one sort. */
  calls(account?: string, call?: CallName): readonly Sent[] {
    return this.sent.filter(
      (sent) =>
        (account === undefined || sent.account === account) && (call === undefined || sent.call === call),
    );
  }

  async send(account: Account, request: UpstreamRequest, limits: SendLimits): Promise<UpstreamReply> {
    const call = callOf(request);
    const { timeoutMs, signal } = limits;
    const to = `${account.baseUrl} ${account.apiKey}`;
    const sent: Sent = { account: account.id, to, call, at: this.clock.now(), timeoutMs, request };
    this.sent.push(sent);
    this.journal.push(`${call} ${account.id}`);
    const answer = this.#answerTo(sent);
    const delayMs = answer.afterMs ?? 0;
    if (delayMs > 0) await this.#wait(Math.min(delayMs, timeoutMs), signal);
    const maybe = request.method === 'POST' && (!('isAmbiguous' in answer) || answer.isAmbiguous);
    if (signal?.aborted) throw new SolveError('timeout', { detail: 'aborted', isAmbiguous: maybe });
    if (delayMs >= timeoutMs)
      throw new SolveError('timeout', { detail: `no answer within ${timeoutMs} ms`, isAmbiguous: maybe });
    if ('isAmbiguous' in answer)
      throw new SolveError('bad_reply', { detail: 'connection closed', isAmbiguous: maybe });
    return { status: answer.status ?? 200, body: answer.body };
  }

  async close(): Promise<void> {}

  #answerTo(sent: Sent): Answer {
    const name = `${sent.account} ${sent.call}`;
    const script = this.#once.get(name)?.shift() ?? this.#always.get(name);
    if (typeof script === 'function') return script(sent);
    if (script) return script;
    this.unexpected.push(name);
    return reset(false);
  }

  #wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      this.underWay += 1;
      const end = () => {
        cancel();
        this.underWay -= 1;
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.clock.after(ms, end);
      signal?.addEventListener('abort', end, { once: true });
    });
  }
}

/** What a request asks for, in either family of wires. */
function callOf({ path, query }: UpstreamRequest): CallName {
  const word = `${path} ${query?.action ?? ''}`;
  if (/createTask|in\.php/.test(word)) return 'submit';
  if (/balance/i.test(word)) return 'balance';
  if (word.includes('threadsinfo')) return 'threads';
  if (/report|feedback/i.test(word)) return 'report';
  return 'poll';
}

/** The upstream id that a poll or a report names. */
export function askedFor({ request }: Sent): unknown {
  const json: { readonly taskId?: unknown } = { ...request.json };
  return request.query?.id ?? json.taskId;
}
