import { SolveError } from '../core/errors.js';
import type {
  Client,
  Gateway,
  KindOffer,
  Submission,
  Usage as UsageFigures,
  UsageScope,
} from '../core/gateway.js';
import type { CalledAttempt } from '../core/provider.js';
import type { ProviderStatus, ProviderStory } from '../core/status.js';
import { BudgetSpent, isOpen, KeyTaken, type TaskRecord } from '../core/store.js';
import { statusOf, storyOf } from './account-status.js';
import { Accounts } from './accounts.js';
import { Activity } from './activity.js';
import { Asks } from './asks.js';
import { Budgets } from './budgets.js';
import { dearest } from './candidates.js';
import { Clients, checkAllowed, startOfDay, Usage } from './clients.js';
import { Offers } from './offers.js';
import { Recollection } from './recollection.js';
import { newRecord, notFound } from './records.js';
import { Repeats } from './repeats.js';
import { Reports } from './reports.js';
import { Room } from './room.js';
import { type EngineOptions, type EngineSettings, Settings } from './settings.js';
import { TaskIds } from './task-ids.js';
import { Tasks } from './tasks.js';

export class Engine implements Gateway {
  readonly #options: EngineOptions;
  readonly #settings: Settings;
  readonly #accounts: Accounts;
  readonly #room = new Room();
  readonly #clients: Clients;
  readonly #usage: Usage;
  readonly offers: Offers;
  readonly #ids: TaskIds;
  readonly #tasks: Tasks;
  readonly #recollection: Recollection;
  readonly #repeats: Repeats;
  readonly #reports: Reports;
  #isStopping = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    const room = this.#room;
    this.#settings = new Settings(options);
    const { breaker, routing } = this.#settings;
    this.#accounts = new Accounts(options.accounts, { ...options, breaker, room });
    this.#clients = new Clients(options.clients);
    this.#usage = new Usage(() => options.clock.now());
    this.offers = new Offers({
      ...options,
      accounts: this.#accounts,
      activity: new Activity(options.events, () => options.clock.now()),
      until: (event, waitMs) => this.#tasks.until(event, waitMs),
    });
    this.#ids = new TaskIds(options.store);
    this.#repeats = new Repeats(options.clock, () => this.#settings.repeatWindowMs);
    this.#recollection = new Recollection({ ...options, accounts: this.#accounts });
    this.#reports = new Reports({
      ...options,
      accounts: this.#accounts,
      onReported: (id, reported) => this.#tasks.changeFinished(id, { reported }),
    });
    this.#tasks = new Tasks({
      ...options,
      routing,
      budgets: new Budgets(options.clock, routing),
      pollCostMs: () => this.#settings.pollCostMs,
      asks: new Asks(),
      accounts: this.#accounts,
      room,
      clientOf: (clientId) => this.#clients.byId(clientId),
      onBegun: (clientId) => this.#usage.resume(clientId),
      onOver: (clientId) => this.#usage.end(clientId),
      onFact: (key, value) => this.#recollection.learn(key, value),
    });
  }

  /** Learns what the last process left: what it knew of the accounts, and every task that waits for an answer. */
  async load(): Promise<void> {
    await this.#recollection.load();
    await this.#tasks.load();
  }

  /** Goes on with the tasks that were loaded, one shortly after the other. */
  resume(): void {
    this.#tasks.resume();
  }

  /** Works beside other processes on the same store. */
  share(): void {
    this.#tasks.share();
    this.#recollection.keepScores();
    this.#accounts.watch();
  }

  /** Takes new settings, all at once; what runs goes on with what it has bought, and decides by them from now on. */
  change(settings: EngineSettings): void {
    const { clock, onStoreError } = this.#options;
    const added = this.#accounts.change(settings.accounts);
    this.#settings.change(settings);
    this.#clients.change(settings.clients);
    // What is remembered of their money comes first: it says when they are to be read again.
    void this.#recollection
      .welcome(added)
      .catch(onStoreError)
      .finally(() => this.#isStopping || this.#accounts.watch());
    this.#room.allChanged((goOn) => clock.after(0, goOn));
  }

  authenticate(key: string | undefined): Client {
    return this.#clients.authenticate(key);
  }

  async submit(client: Client, submission: Submission): Promise<TaskRecord> {
    const { clock, store } = this.#options;
    const { routing } = this.#settings;
    if (this.#isStopping || !store.isHeld)
      throw new SolveError('overloaded', { detail: 'The gateway takes nothing now.', retryAfterMs: 1_000 });
    checkAllowed(client, submission.task);
    this.#usage.begin(client);
    try {
      const limitUsd = client.limits?.usdPerDay;
      const budget = limitUsd === undefined ? undefined : { limitUsd, since: startOfDay(clock.now()) };
      const reservedUsd = budget && dearest(this.#accounts.configured, submission.task.kind);
      const record = newRecord(
        await this.#ids.take(),
        client,
        { ...submission, reservedUsd },
        { clock, routing },
      );
      return await this.#tasks.begin(record, budget);
    } catch (error) {
      this.#usage.end(client.id);
      return await this.#notBegun(client, submission, error);
    }
  }

  /** The task that was handed in before under the same key, or why there is none. */
  async #notBegun(client: Client, { idempotency }: Submission, error: unknown): Promise<TaskRecord> {
    if (error instanceof BudgetSpent)
      throw new SolveError('zero_balance', { detail: `clients.${client.id}.limits.usdPerDay is spent.` });
    if (error instanceof KeyTaken) {
      const first = await this.#tasks.find(error.taskId);
      if (first?.idempotency?.fingerprint === idempotency?.fingerprint && first) return first;
      throw new SolveError('conflict', { detail: 'This Idempotency-Key came with another request before.' });
    }
    if (error instanceof SolveError) throw error;
    return this.#fail(error);
  }

  /** The ledger is away: that is told, and the caller may come again. */
  #fail(error: unknown): never {
    this.#options.onStoreError(error);
    throw new SolveError('overloaded', { detail: 'The ledger cannot be reached.', cause: error });
  }

  async untilAccepted(id: number, signal?: AbortSignal): Promise<TaskRecord> {
    const run = this.#tasks.running(id);
    if (run) await this.#tasks.until(run.accepted, this.#settings.routing.acceptWithinMs, signal);
    const record = run?.record ?? (await this.#lookUp(id));
    if (!record) throw notFound(id);
    return record;
  }

  async find(client: Client, id: number): Promise<TaskRecord> {
    const record = await this.#lookUp(id);
    if (!record || record.clientId !== client.id) throw notFound(id);
    return record;
  }

  async #lookUp(id: number): Promise<TaskRecord | undefined> {
    return await this.#tasks.find(id).catch((error) => this.#fail(error));
  }

  async untilEnded(client: Client, id: number, waitMs: number, signal?: AbortSignal): Promise<TaskRecord> {
    const record = await this.find(client, id);
    if (isOpen(record) && waitMs <= 0) this.#tasks.asked(id);
    if (!isOpen(record) || waitMs <= 0) return record;
    await this.#tasks.untilEnded(id, waitMs, signal).catch((error) => this.#fail(error));
    return await this.find(client, id);
  }

  async cancel(client: Client, id: number): Promise<TaskRecord> {
    const record = await this.find(client, id);
    const run = this.#tasks.running(id);
    if (run) {
      await run.cancel();
      await Promise.race([run.ended, run.lost]);
    } else if (isOpen(record)) await this.#cancelElsewhere(record);
    return await this.find(client, id);
  }

  /** Another process works on it: it hears of the end from the store. */
  async #cancelElsewhere({ id, passedOver }: TaskRecord): Promise<void> {
    const at = this.#options.clock.now();
    const end = { status: 'cancelled', provider: null, solution: null, error: null } as const;
    try {
      await this.#options.store.write(id, [{ move: 'settled', at, passedOver, ...end }]);
      this.#tasks.forget(id);
    } catch (error) {
      this.#fail(error);
    }
  }

  repeated(client: Client, request: () => string): number | undefined {
    return this.#repeats.isEmpty ? undefined : this.#repeats.take(client.id, request());
  }

  unheard(client: Client, request: () => string, id: number): void {
    this.#repeats.keep(client.id, request(), id);
  }

  async report(client: Client, id: number, isAccepted: boolean): Promise<void> {
    const record = await this.find(client, id);
    try {
      await this.#reports.take(record, isAccepted);
    } catch (error) {
      this.#fail(error);
    }
  }

  async balanceUsd(client: Client): Promise<number> {
    return await this.offers.balanceUsd(client).catch((error) => this.#fail(error));
  }

  kinds(client: Client): readonly KindOffer[] {
    return this.offers.kinds(client);
  }

  /** A task as the admin sees it: whoever's it is. */
  async inspect(id: number): Promise<TaskRecord | undefined> {
    return await this.#lookUp(id);
  }

  providers(): readonly ProviderStatus[] {
    return this.#accounts.configured.map((state) => statusOf(state, this.#options.clock.now()));
  }

  /** Everything that is known of one account; undefined for an unknown one. */
  provider(id: string): ProviderStory | undefined {
    const account = this.#accounts.byId(id);
    return account && storyOf(account, this.#options.clock.now());
  }

  /** Ids of all accounts that have tasks in hand, or may have. */
  get accountNames(): readonly string[] {
    const { configured, leaving } = this.#accounts;
    return [...new Set([...configured, ...leaving].map(({ id }) => id))];
  }

  /** Accounts that a reload has taken out and that have tasks in hand yet. */
  leaving(): readonly ProviderStatus[] {
    return this.#accounts.leaving.map((state) => statusOf(state, this.#options.clock.now()));
  }

  get inFlight(): number {
    return this.#tasks.inFlight;
  }

  /** Requests of clients that wait for something. */
  get held(): number {
    return this.#tasks.held;
  }

  /** Keeps new tasks from an account, or lets them in again; false for an unknown account. */
  hold(id: string, reason: string): boolean {
    return this.#accounts.hold(id, reason);
  }

  admit(id: string, reason: string): boolean {
    return this.#accounts.admit(id, reason);
  }

  /**
   * Takes nothing new, releases whoever waits, and leaves what is running to the next start; resolves when the
   * submits under way are booked, or after `graceMs`: an answer that is on its way may be a paid task.
   */
  async stop(graceMs = 0): Promise<void> {
    this.#isStopping = true;
    this.#recollection.stop();
    const booked = this.#tasks.stop(graceMs);
    this.#accounts.close();
    await booked;
  }

  /** A provider says that an attempt is done: it is asked for its result at once, within its pace. */
  nudge(called: CalledAttempt): void {
    this.#accounts.called(called)?.pushes.heard(called);
  }

  /** Whether this process works on the task. */
  runs(taskId: number): boolean {
    return this.#tasks.running(taskId) !== undefined;
  }

  usage(scope: UsageScope = {}): UsageFigures {
    return this.offers.usage(scope);
  }
}
