/** Tells the operator's own server what it wants to hear of: signed, tried again for a while, waited for by nobody. */
import { randomUUID } from 'node:crypto';
import type { CallbackOutcome, CallbackRequest } from '../core/callback.js';
import { type Clock, sleepUntil } from '../core/clock.js';
import {
  type BreakerChange,
  type EventMap,
  type Events,
  OPERATOR_EVENTS,
  type OperatorEvent,
} from '../core/events.js';
import type { SendCallback } from '../net/callback.js';
import { webhookHeaders } from '../net/callback-signature.js';
import { SAYINGS, type Said, type SayingTools } from '../ops/event-sayings.js';

/** Where to, and what of. */
export interface WebhookSettings {
  readonly url: string;
  readonly events: readonly OperatorEvent[];
}

/** How hard it is tried. */
export interface WebhookPace {
  readonly maxTries: number;
  /** From the event to the last try. */
  readonly giveUpMs: number;
  readonly secret?: string | undefined;
}

/** What is told, and by which way. */
export interface AlertOptions extends SayingTools {
  readonly clock: Clock;
  readonly events: Events;
  readonly send: SendCallback;
  /** Asked at every event; undefined where there is no such server. */
  readonly webhook: () => WebhookSettings | undefined;
  readonly pace: () => WebhookPace;
  readonly onFault: (error: unknown) => void;
  /** From 0 to 1. */
  readonly random?: (() => number) | undefined;
}

/** One event on its way. */
interface Alert {
  readonly told: OperatorEvent;
  readonly url: string;
  readonly id: string;
  readonly at: number;
  readonly request: CallbackRequest;
}

interface Answer {
  readonly isDelivered: boolean;
  readonly isGone: boolean;
  readonly fault: string | null;
}

/** What comes while so many are on their way is given up: an unreachable server fills no memory. */
const MOST_AT_ONCE = 100;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** Tries under way at a stop may take this long. */
const STOP_MS = 1_000;
/** The receiver wants no more of them, says Standard Webhooks. */
const GONE = 410;

/** Listens from `start` to `stop`; what it sends holds up nobody. */
export class Alerts {
  readonly #options: AlertOptions;
  readonly #active = new Set<Promise<void>>();
  /** No try begins after this. */
  readonly #over = new AbortController();
  /** Tries under way end with this. */
  readonly #cut = new AbortController();
  readonly #stops: (() => void)[] = [];
  /** Accounts that are closed to tasks, each with the scope at which they are. */
  readonly #closed = new Set<string>();
  #startedAt = 0;

  constructor(options: AlertOptions) {
    this.#options = options;
  }

  start(): void {
    this.#startedAt = this.#options.clock.now();
    for (const name of OPERATOR_EVENTS)
      this.#stops.push(this.#options.events.on(name, (event) => this.#heard(name, event)));
  }

  /** Begins no try any more; those under way are waited for, but not long. */
  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    this.#over.abort();
    const cancel = this.#options.clock.after(STOP_MS, () => this.#cut.abort());
    await Promise.all(this.#active);
    cancel();
  }

  #heard(told: OperatorEvent, event: EventMap[OperatorEvent] & { readonly at: number }): void {
    const webhook = this.#options.webhook();
    const isNews = !('scope' in event) || this.#isNews(told, event);
    if (!webhook?.events.includes(told) || !isNews) return;
    const say = SAYINGS[told] as (event: unknown, tools: SayingTools) => Said | undefined;
    const said = say(event, this.#options);
    if (!said) return;
    const whole = { event: said.name, at: new Date(event.at).toISOString(), ...said.data };
    const request = { method: 'POST', contentType: 'application/json', body: JSON.stringify(whole) } as const;
    const alert = { told, url: webhook.url, id: `event_${randomUUID()}`, at: event.at, request };
    if (this.#active.size >= MOST_AT_ONCE) {
      this.#tell(alert, 'given_up', { tries: 0, fault: 'too many are on their way' });
      return;
    }
    const done = this.#deliver(alert)
      .catch(this.#options.onFault)
      .finally(() => this.#active.delete(done));
    this.#active.add(done);
  }

  /** What happens to one kind happens all day, and an account that stays closed says so after every try. */
  #isNews(told: OperatorEvent, { provider, scope, kind, since, changedBy }: BreakerChange): boolean {
    if (kind !== null) return false;
    const name = `${provider} ${scope}`;
    const wasClosed = this.#closed.delete(name) || since < this.#startedAt;
    const isClosed = told === 'breaker-opened';
    if (isClosed) this.#closed.add(name);
    // What another gateway has found it tells itself.
    return changedBy?.by !== 'replica' && !(isClosed && wasClosed);
  }

  async #deliver(alert: Alert): Promise<void> {
    const { clock, pace } = this.#options;
    const { maxTries, giveUpMs } = pace();
    for (let tries = 1; !this.#over.signal.aborted; tries += 1) {
      const { isDelivered, isGone, fault } = await this.#try(alert);
      const nextAt = clock.now() + this.#pauseMs(tries);
      const isLast = isGone || tries >= maxTries || nextAt > alert.at + giveUpMs;
      this.#tell(alert, isDelivered ? 'delivered' : isLast ? 'given_up' : 'failed', { tries, fault });
      if (isDelivered || isLast) return;
      await sleepUntil(clock, nextAt, this.#over.signal);
    }
  }

  async #try({ url, id, request }: Alert): Promise<Answer> {
    const { clock, pace, send } = this.#options;
    const headers = webhookHeaders({ id, at: clock.now(), body: request.body }, pace().secret);
    try {
      const status = await send({ url, request, headers, signal: this.#cut.signal });
      const isDelivered = status >= 200 && status < 300;
      return { isDelivered, isGone: status === GONE, fault: isDelivered ? null : `HTTP ${status}` };
    } catch (error) {
      const fault = error instanceof Error ? error.message : 'no answer';
      return { isDelivered: false, isGone: false, fault };
    }
  }

  #pauseMs(tries: number): number {
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);
    return longest * (0.5 + (this.#options.random ?? Math.random)() / 2);
  }

  #tell(
    { told }: Alert,
    outcome: CallbackOutcome,
    { tries, fault }: { readonly tries: number; readonly fault: string | null },
  ): void {
    this.#options.events.emit('webhook-tried', { told, outcome, tries, fault });
  }
}
