/** Polls of several tasks in one call: whoever is due, and whoever would be shortly, goes along. */
import type { Cancel, Clock } from '../core/clock.js';
import { asSolveError, SolveError } from '../core/errors.js';
import type { Polled } from '../core/provider.js';
import type { Asked, Asking, PollCalls } from './poll-desk.js';

/** One that waits for its poll. */
export interface Waiting extends Asking {
  nudgedAt: number | undefined;
  /** Tells what came of it; only the first time counts. */
  readonly end: (asked: Asked) => void;
  /** Takes it out of the row. */
  cancel: Cancel;
  /** Whether it still waits, or has left: by itself, or with others. */
  state: 'waiting' | 'alone' | 'joint';
}

interface Consequences {
  /** It has nobody to go with. */
  readonly alone: (waiting: Waiting) => Promise<void>;
  /** Its answer could not be told from the others'. */
  readonly apart: (waiting: Waiting) => void;
}

/** Between two such calls of one account: 2Captcha allows sixty calls in three seconds, submits included. */
const SPACING_MS = 75;
/** Somebody due waits this long for those who are due next; a part of the floor where that is less. */
const LONGEST_HOLD_MS = 200;
const HOLD_SHARE = 0.2;
/** Those who would be due so soon go along. */
const LONGEST_AHEAD_MS = 1_000;
const AHEAD_SHARE = 0.25;
/** Calls in a row that nobody could read: the service takes one task at a time, for now. */
const UNREAD_CALLS = 2;
const OFF_MS = 600_000;
/** How quickly the mean of tasks per call follows. */
const MEAN_SHARE = 0.1;

export class JointPolls {
  readonly #row = new Set<Waiting>();
  #cancelTick: Cancel = () => {};
  #tickAt = Number.POSITIVE_INFINITY;
  /** Until when those who are due wait for the next ones. */
  #heldUntil: number | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;
  #unread = 0;
  #offUntil = Number.NEGATIVE_INFINITY;
  #mean = 1;

  constructor(
    private readonly calls: PollCalls,
    private readonly clock: Clock,
    private readonly consequences: Consequences,
  ) {}

  get isOn(): boolean {
    return this.clock.now() >= this.#offUntil;
  }

  get tasksPerCall(): number {
    return this.#mean;
  }

  add(waiting: Waiting): void {
    this.#row.add(waiting);
    waiting.cancel = () => {
      this.#row.delete(waiting);
      if (this.#row.size === 0) this.#tickNever();
    };
    this.#tickBy(waiting.dueAt);
  }

  #tickNever(): void {
    this.#cancelTick();
    this.#tickAt = Number.POSITIVE_INFINITY;
    this.#heldUntil = undefined;
  }

  #tickBy(dueAt: number): void {
    const at = Math.max(dueAt, this.#sentAt + SPACING_MS, this.#heldUntil ?? 0);
    if (at >= this.#tickAt) return;
    this.#cancelTick();
    this.#tickAt = at;
    this.#cancelTick = this.clock.after(at - this.clock.now(), () => this.#tick());
  }

  #tick(): void {
    this.#tickAt = Number.POSITIVE_INFINITY;
    const now = this.clock.now();
    const joining = this.#joining(now);
    const holdMs = this.#heldUntil === undefined ? this.#worthHolding(joining, now) : 0;
    this.#heldUntil = holdMs > 0 ? now + holdMs : undefined;
    if (holdMs === 0 && joining.length > 0) {
      for (const waiting of joining) this.#row.delete(waiting);
      this.#sentAt = now;
      void this.#send(joining);
    }
    let nextAt = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.#row) nextAt = Math.min(nextAt, dueAt);
    if (this.#row.size > 0) this.#tickBy(nextAt);
  }

  /** Whoever may go now, the most urgent first; nobody when nobody is due. */
  #joining(now: number): readonly Waiting[] {
    const able = [...this.#row].filter((waiting) => mayJoin(waiting, now));
    const ordered = able.sort((one, other) => one.dueAt - other.dueAt);
    const isDue = ordered[0] !== undefined && ordered[0].dueAt <= now;
    return isDue ? ordered.slice(0, this.calls.account.provider.pollMany?.mostTasks ?? 1) : [];
  }

  /** How long to wait for more; 0 when the call is full or nobody comes in that time. */
  #worthHolding(joining: readonly Waiting[], now: number): number {
    const [first] = joining;
    const most = this.calls.account.provider.pollMany?.mostTasks ?? 1;
    if (!first || joining.length >= most) return 0;
    const holdMs = longestHoldMs(first.floorMs);
    const going = new Set(joining);
    for (const waiting of this.#row) if (!going.has(waiting) && mayJoin(waiting, now + holdMs)) return holdMs;
    return 0;
  }

  async #send(joining: readonly Waiting[]): Promise<void> {
    const [first] = joining;
    this.#mean += MEAN_SHARE * (joining.length - this.#mean);
    if (first && joining.length === 1) return await this.consequences.alone(first);
    const leaving = joining.filter((waiting) => {
      const isLeaving = waiting.leave();
      if (isLeaving) waiting.state = 'joint';
      else waiting.end({ status: 'kept' });
      return isLeaving;
    });
    if (leaving.length === 0) return;
    const askedAt = this.clock.now();
    const timeoutMs = Math.max(...leaving.map((waiting) => waiting.timeoutMs));
    const tasks = leaving.map(({ upstream }) => upstream);
    const answers = await this.calls.pollMany(tasks, { timeoutMs }).catch(asSolveError);
    if (!(answers instanceof SolveError)) this.#judge(answers);
    for (const [index, waiting] of leaving.entries()) {
      const answer = answers instanceof SolveError ? answers : answerAt(answers, index);
      if (!(answers instanceof SolveError) && isUnreadable(answer)) this.consequences.apart(waiting);
      waiting.end({ status: 'answered', answer, askedAt, nudgedAt: waiting.nudgedAt });
    }
  }

  #judge(answers: readonly Polled[] | null): void {
    this.#unread = answers ? 0 : this.#unread + 1;
    if (this.#unread < UNREAD_CALLS) return;
    this.#unread = 0;
    this.#offUntil = this.clock.now() + OFF_MS;
  }
}

/** How long somebody due waits for more at the most. */
export function longestHoldMs(floorMs: number): number {
  return Math.floor(Math.min(LONGEST_HOLD_MS, HOLD_SHARE * floorMs));
}

/** Whether a call at that time may ask for it too: it would be due shortly after. */
function mayJoin({ earliestAt, dueAt, floorMs }: Waiting, at: number): boolean {
  return earliestAt <= at && dueAt <= at + Math.min(LONGEST_AHEAD_MS, AHEAD_SHARE * floorMs);
}

function answerAt(answers: readonly Polled[] | null, index: number): Polled {
  if (answers) return answers[index];
  return new SolveError('bad_reply', { detail: 'The answers to several ids cannot be told apart.' });
}

/** What says nothing of its task. */
function isUnreadable(answer: Polled): boolean {
  return answer instanceof SolveError && answer.code === 'bad_reply' && !answer.evidence.upstreamCode;
}
