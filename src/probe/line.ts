/** The line to the service: one call at a time, with pauses, each with a time limit of its own. */
import { type Clock, sleepUntil } from '../core/clock.js';
import { asSolveError, type SolveError } from '../core/errors.js';
import type { Account, Transport, UpstreamReply } from '../core/provider.js';
import type { Heard, Question, Said } from './finding.js';

/** How gently a service is asked. */
export interface Pace {
  readonly pauseMs: number;
  readonly balanceEveryMs: number;
  readonly answerWithinMs: number;
}

export interface LineOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly pace: Pace;
  /** Ends the probe. */
  readonly signal: AbortSignal;
}

export class Line {
  readonly #options: LineOptions;
  #freeAt = Number.NEGATIVE_INFINITY;
  #balanceAt = Number.NEGATIVE_INFINITY;
  #stopped: string | undefined;
  #slowestMs = 0;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /** Why nothing more may be asked; undefined while the line is open. */
  get stopped(): string | undefined {
    return this.#options.signal.aborted ? 'The time is over.' : this.#stopped;
  }

  /** The longest that an answer took. */
  get slowestMs(): number {
    return this.#slowestMs;
  }

  /** Asks one question; a service that asks to be left alone is asked nothing more. */
  async ask(account: Account, question: Question): Promise<Heard> {
    const { pace } = this.#options;
    await this.waitUntil(question.isBalance ? this.#balanceAt + pace.balanceEveryMs : 0);
    const heard = await this.send(account, question);
    if (question.isBalance) this.#balanceAt = this.#options.clock.now();
    return heard;
  }

  /** Waits until a time, and at least the pause between two calls. */
  async waitUntil(at: number): Promise<void> {
    const { clock, signal } = this.#options;
    await sleepUntil(clock, Math.max(at, this.#freeAt), signal);
  }

  /** Sends a request now and reads its answer. */
  async send(account: Account, { request, read }: Pick<Question, 'request' | 'read'>): Promise<Heard> {
    const { transport, clock, pace, signal } = this.#options;
    const startedAt = clock.now();
    const limits = { timeoutMs: pace.answerWithinMs, signal };
    let reply: UpstreamReply | undefined;
    try {
      reply = await transport.send(account, request, limits);
      this.#slowestMs = Math.max(this.#slowestMs, clock.now() - startedAt);
      return { said: { sort: 'done', value: read(reply) }, reply };
    } catch (thrown) {
      const said = asSaid(asSolveError(thrown), account, reply !== undefined);
      if (said.sort === 'refused' && said.isBan) {
        this.#stopped = `The service says ${said.word}: it is left alone from here on.`;
      }
      return { said, reply };
    } finally {
      this.#freeAt = clock.now() + pace.pauseMs;
    }
  }
}

function asSaid(error: SolveError, account: Account, isAnswered: boolean): Said {
  const { detail = 'no answer', upstreamCode = '' } = error.evidence;
  if (!isAnswered) return { sort: 'silence', detail: `No answer: ${detail}.` };
  if (error.code === 'bad_reply') return { sort: 'garbage', detail };
  return {
    sort: 'refused',
    code: error.code,
    word: asWord(upstreamCode, account.apiKey),
    isBan: error.opens === 'ban',
  };
}

/** A service may say anything where a code belongs, the key too: only words without it are repeated. */
function asWord(said: string, apiKey: string): string {
  const isWord = said === '' || /^[A-Za-z][\w :.-]{0,79}$/.test(said);
  return isWord && !said.includes(apiKey) ? said : 'something that is no code';
}
