/** Providers that call when a task is done: the addresses they are given, and what a call sets off. */
import { randomBytes } from 'node:crypto';
import type { Events } from '../core/events.js';
import type { CalledAttempt } from '../core/provider.js';
import { isOpen, type TaskRecord, type TaskStore } from '../core/store.js';
import { CallbackTokens } from './callback-tokens.js';
import type { App } from './doors.js';

/** What a call sets off. */
export interface Called {
  nudge(called: CalledAttempt): void;
  /** Whether this process works on the task. */
  runs(taskId: number): boolean;
  inspect(taskId: number): Promise<TaskRecord | undefined>;
}

export interface InboundOptions {
  /** Without a slash at its end; what stands before the path of the gateway's own stays. Absent: nobody is asked to call. */
  readonly publicUrl: string | undefined;
  /** Ids of the accounts, those that a reload has taken out and that have tasks in hand included. */
  readonly providers: () => readonly string[];
  readonly store: TaskStore;
  readonly events: Events;
  readonly onFault: (error: unknown) => void;
}

/** The fact that keeps the secret of the addresses over restarts, and alike on all replicas. */
const SECRET_FACT = 'callback-secret';
/** Calls that came to one replica for a task of another are passed on under so many names in turn. */
const PASSED_ON = 64;
const PASSED_FACT = 'provider-called';

export class Inbound {
  readonly #options: InboundOptions;
  readonly #tokens: CallbackTokens;
  #stopWatching: (() => void) | undefined;
  #publicUrl: string | undefined;
  #engine: Called | undefined;

  private constructor(options: InboundOptions) {
    this.#options = options;
    this.#tokens = new CallbackTokens(options.providers);
  }

  /** Ready to be called where the options say. Rejects with the store. */
  static async open(options: InboundOptions): Promise<Inbound> {
    const inbound = new Inbound(options);
    const begin = await inbound.prepare(options.publicUrl);
    begin();
    return inbound;
  }

  /** Gets ready for calls to this address; what is returned makes it the one that providers are given. */
  async prepare(publicUrl: string | undefined): Promise<() => void> {
    if (publicUrl !== undefined && this.#stopWatching === undefined) await this.#begin();
    return () => {
      this.#publicUrl = publicUrl;
    };
  }

  /** Reads the secret that an earlier process has left, or leaves one; listens to what other replicas leave. */
  async #begin(): Promise<void> {
    const { store } = this.#options;
    const stop = store.watch({ onTask: () => {}, onFact: (key, value) => this.#learn(key, value) });
    try {
      const left = (await store.recall()).get(SECRET_FACT);
      if (isSecret(left)) this.#agree(left);
      else if (this.#tokens.secret === undefined) this.#useOwn(randomBytes(32).toString('hex'));
    } catch (error) {
      stop();
      throw error;
    }
    this.#stopWatching = stop;
  }

  /** The address that the provider of an attempt is given; undefined where nobody is asked to call. */
  urlOf(called: CalledAttempt): string | undefined {
    if (this.#publicUrl === undefined) return undefined;
    return `${this.#publicUrl}/callbacks/${this.#tokens.of(called)}`;
  }

  /**
   * Takes calls by any method, and answers all of them alike, at once: their bodies are not read, and nobody learns
   * whether an address means anything.
   */
  mount(app: App, engine: Called): void {
    this.#engine = engine;
    app.all('/callbacks/:token', async ({ req }, next) => {
      // Whoever was given an address may still call when nobody new is given any.
      if (this.#stopWatching === undefined) return await next();
      const called = this.#tokens.read(req.param('token'));
      if (called) void this.#take(called, engine).catch(this.#options.onFault);
      return new Response('OK', { headers: { 'content-type': 'text/plain' } });
    });
  }

  /** Hears nothing of other replicas any more. */
  stop(): void {
    this.#stopWatching?.();
  }

  /** What another replica has left: its secret, or a call for a task that may be one of this process. */
  #learn(key: string, value: unknown): void {
    if (key === SECRET_FACT && isSecret(value)) this.#agree(value);
    if (key.startsWith(`${PASSED_FACT} `) && isCalled(value)) this.#engine?.nudge(value);
  }

  async #take(called: CalledAttempt, engine: Called): Promise<void> {
    const { store, events } = this.#options;
    events.emit('provider-called', { provider: called.provider, taskId: String(called.taskId) });
    engine.nudge(called);
    if (engine.runs(called.taskId)) return;
    const record = await engine.inspect(called.taskId);
    if (record && isOpen(record)) store.remember(`${PASSED_FACT} ${called.taskId % PASSED_ON}`, called);
  }

  #useOwn(secret: string): void {
    this.#tokens.use(secret);
    this.#options.store.remember(SECRET_FACT, secret);
  }

  /** Replicas that started together each made a secret: the smaller one stands, and its owner says so again. */
  #agree(secret: string): void {
    const { secret: own } = this.#tokens;
    if (secret === own) return;
    this.#tokens.use(secret);
    if (own !== undefined && secret > own) this.#useOwn(own);
  }
}

function isSecret(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isCalled(value: unknown): value is CalledAttempt {
  const { provider, taskId, attempt } = Object(value);
  return typeof provider === 'string' && Number.isInteger(taskId) && Number.isInteger(attempt);
}
