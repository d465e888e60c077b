/** Tells clients' own servers of the end of their tasks: at once, again after a failure, and also after a restart. */
import type { Callback, CallbackChange, CallbackLedger, CallbackOutcome } from '../core/callback.js';
import type { Cancel, Clock } from '../core/clock.js';
import type { Dialect } from '../core/dialect.js';
import type { Events } from '../core/events.js';
import type { TaskRecord } from '../core/store.js';
import type { SendCallback } from '../net/callback.js';
import { webhookHeaders } from '../net/callback-signature.js';
import { Hosts } from './callback-hosts.js';

export interface CourierOptions {
  readonly clock: Clock;
  readonly events: Events;
  readonly ledger: CallbackLedger;
  readonly send: SendCallback;
  readonly dialects: ReadonlyMap<string, Dialect>;
  readonly settings: CourierSettings;
  readonly onFault: (error: unknown) => void;
  /** From 0 to 1. */
  readonly random?: (() => number) | undefined;
}

export interface CourierSettings {
  readonly maxTries: number;
  /** From the end of the task to the last try. */
  readonly giveUpMs: number;
  readonly secret?: string | undefined;
}

/** How often the ledger is asked, should nothing have ended here. */
const LOOK_EVERY_MS = 1_000;
const AT_ONCE = 128;
const BATCH = 256;
/** With so many under way the ledger is asked now and then, not at every end of a task. */
const MANY = 8;
const REST_MS = 10;
/** What waits for the ledger at a stop waits no longer than this. */
const STOP_MS = 1_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** The receiver wants no more of them, says Standard Webhooks. */
const GONE = 410;

export class Courier {
  readonly #options: CourierOptions;
  readonly #hosts = new Hosts();
  readonly #active = new Map<number, Promise<void>>();
  /** What has happened and could not be written yet. */
  readonly #unkept = new Map<number, CallbackChange>();
  readonly #over = new AbortController();
  #stopListening = () => {};
  #cancelLook: Cancel = () => {};
  #looking: Promise<void> | undefined;
  #isAsked = false;
  #isResting = false;
  #isFailing = false;

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  /** Tries under way. */
  get active(): number {
    return this.#active.size;
  }

  start(): void {
    this.#stopListening = this.#options.events.on('task-ended', ({ record }) => {
      if (record.options.callbackUrl !== undefined) this.look();
    });
    this.look();
  }

  /** Ends the tries under way, which count as if they had not been made. */
  async stop(): Promise<void> {
    this.#stopListening();
    this.#cancelLook();
    this.#over.abort();
    const written = Promise.all([...this.#active.values(), this.#looking]).then(() => this.#keepAll());
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(STOP_MS, resolve);
      void written.catch(this.#options.onFault).finally(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Asks the ledger soon; for many callers once. */
  look(): void {
    this.#isAsked = true;
    if (this.#looking || this.#isResting) return;
    this.#looking = this.#lookAll().finally(() => {
      this.#looking = undefined;
      if (this.#active.size >= MANY) this.#rest();
      else if (this.#isAsked) this.look();
    });
  }

  #rest(): void {
    this.#isResting = true;
    this.#options.clock.after(REST_MS, () => {
      this.#isResting = false;
      if (this.#isAsked) this.look();
    });
  }

  async #lookAll(): Promise<void> {
    this.#cancelLook();
    this.#cancelLook = () => {};
    this.#isAsked = false;
    if (this.#over.signal.aborted) return;
    try {
      // Everybody else has a turn in between: there may be thousands to put off.
      while (await this.#lookOnce()) await new Promise(setImmediate);
      this.#isFailing = false;
    } catch (error) {
      // Told once: the ledger is asked again and again while it is away.
      if (!this.#isFailing) this.#options.onFault(error);
      this.#isFailing = true;
    }
    if (!this.#over.signal.aborted)
      this.#cancelLook = this.#options.clock.after(LOOK_EVERY_MS, () => this.look());
  }

  /** True when there may be more to do at once. */
  async #lookOnce(): Promise<boolean> {
    const { clock, ledger } = this.#options;
    await this.#keepAll();
    if (this.#active.size >= AT_ONCE) return false;
    const due = await ledger.due(clock.now(), BATCH, [...this.#active.keys()]);
    // Some may have been begun, or have come to their end, while the ledger was asked.
    const left = due.filter(({ record }) => !this.#active.has(record.id) && !this.#unkept.has(record.id));
    for (const callback of left) {
      if (this.#active.size >= AT_ONCE || this.#over.signal.aborted) return false;
      this.#begin(callback);
    }
    await this.#keepAll();
    return left.length > 0 && due.length === BATCH;
  }

  #begin(callback: Callback): void {
    const { record } = callback;
    const host = hostOf(record);
    if (!this.#hosts.take(host)) {
      this.#postpone(callback);
      return;
    }
    const done = this.#try(callback)
      .catch((error) => this.#broken(callback, error))
      .then((change) => {
        if (change) this.#unkept.set(record.id, change);
      })
      .finally(() => {
        this.#hosts.release(host);
        this.#active.delete(record.id);
        if (!this.#over.signal.aborted) this.look();
      });
    this.#active.set(record.id, done);
  }

  /** Its receiver has enough to do: the others are not kept waiting for it. */
  #postpone({ record, state }: Callback): void {
    const { clock, settings } = this.#options;
    const now = clock.now();
    const isLate = now > (record.finishedAt ?? now) + settings.giveUpMs;
    if (isLate) this.#unkept.set(record.id, this.#dead(record, { ...state, fault: 'no time for it' }));
    else {
      const dueAt = now + this.#hosts.pauseMs(hostOf(record)) * (1 + this.#random());
      this.#unkept.set(record.id, { id: record.id, state, dueAt: Math.ceil(dueAt), deadAt: null });
    }
  }

  async #try({ record, state }: Callback): Promise<CallbackChange | undefined> {
    const { clock, dialects, settings, send } = this.#options;
    const request = isTellable(record) ? dialects.get(record.origin.dialect)?.callback(record) : undefined;
    if (!request)
      return this.#dead(record, { ...state, fault: state.fault ?? 'the solution is not kept any longer' });
    const at = clock.now();
    const signed = { id: webhookId(record), at, body: request.body };
    const headers = webhookHeaders(signed, settings.secret);
    const { signal } = this.#over;
    const url = record.options.callbackUrl ?? '';
    const answer = await send({ url, request, headers, signal }).then(
      (status) => ({ status, fault: `HTTP ${status}` }),
      (error: unknown) => ({ status: 0, fault: error instanceof Error ? error.message : 'no answer' }),
    );
    const isDelivered = answer.status >= 200 && answer.status < 300;
    if (signal.aborted && !isDelivered) return undefined;
    const tries = state.tries + 1;
    this.#hosts.judge(hostOf(record), answer.status > 0);
    if (isDelivered) return this.#delivered(record, { tries, triedAt: at, fault: null });
    const tried = { tries, triedAt: at, fault: answer.fault };
    return answer.status === GONE ? this.#dead(record, tried) : this.#again(record, tried);
  }

  /** A fault of our own counts as a try: it may well happen again. */
  #broken({ record, state }: Callback, error: unknown): CallbackChange {
    const { clock, onFault } = this.#options;
    onFault(error);
    const fault = 'the gateway failed on it';
    return this.#again(record, { tries: state.tries + 1, triedAt: clock.now(), fault });
  }

  #delivered(record: TaskRecord, state: Callback['state']): CallbackChange {
    this.#tell(record, state, 'delivered');
    return { id: record.id, state, dueAt: null, deadAt: null };
  }

  #again(record: TaskRecord, state: Callback['state']): CallbackChange {
    const { clock, settings } = this.#options;
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** (state.tries - 1), LONGEST_PAUSE_MS);
    const dueAt = Math.ceil(clock.now() + longest * (0.5 + this.#random() / 2));
    const isOver = dueAt > (record.finishedAt ?? dueAt) + settings.giveUpMs;
    if (state.tries >= settings.maxTries || isOver) return this.#dead(record, state);
    this.#tell(record, state, 'failed');
    return { id: record.id, state, dueAt, deadAt: null };
  }

  #dead(record: TaskRecord, state: Callback['state']): CallbackChange {
    this.#tell(record, state, 'given_up');
    return { id: record.id, state, dueAt: null, deadAt: this.#options.clock.now() };
  }

  #tell({ id, clientId }: TaskRecord, { tries, fault }: Callback['state'], outcome: CallbackOutcome): void {
    this.#options.events.emit('callback-tried', { taskId: String(id), clientId, outcome, tries, fault });
  }

  /** Until it is written, nothing of it is tried again. */
  async #keepAll(): Promise<void> {
    if (this.#unkept.size === 0) return;
    const changes = [...this.#unkept.values()];
    await this.#options.ledger.keep(changes);
    for (const change of changes) if (this.#unkept.get(change.id) === change) this.#unkept.delete(change.id);
  }

  #random(): number {
    return (this.#options.random ?? Math.random)();
  }
}

/** An answer that has been forgotten meanwhile cannot be told. */
function isTellable({ status, solution }: TaskRecord): boolean {
  return status !== 'solved' || solution !== null;
}

function hostOf({ options: { callbackUrl = '' } }: TaskRecord): string {
  return URL.canParse(callbackUrl) ? new URL(callbackUrl).host : '';
}

/** Ids of tasks come again one day. */
function webhookId({ id, createdAt }: TaskRecord): string {
  return `task_${id}_${createdAt.toString(36)}`;
}
