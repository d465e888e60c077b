/** The gateway itself: takes tasks, keeps the running ones, answers for the finished ones. */
import type { Clock } from '../core/clock.js';
import { SolveError } from '../core/errors.js';
import type { Events } from '../core/events.js';
import type {
  BreakerSettings,
  Client,
  Gateway,
  KindOffer,
  RoutingSettings,
  Submission,
  Usage as UsageFigures,
  UsageScope,
} from '../core/gateway.js';
import type { Account, Transport } from '../core/provider.js';
import type { ProviderStatus } from '../core/status.js';
import { isOpen, spentUsd, type TaskRecord, type TaskStore } from '../core/store.js';
import { KIND_NAMES } from '../core/task.js';
import { AccountState } from './account.js';
import { statusOf } from './account-status.js';
import { Activity, roomOf } from './activity.js';
import { Clients, checkAllowed, startOfDay, Usage } from './clients.js';
import { newRecord, withoutImages } from './records.js';
import { Room } from './room.js';
import { TaskIds } from './task-ids.js';
import { type RunTools, TaskRun } from './task-run.js';
import { Waits } from './waits.js';

export interface EngineOptions {
  readonly clock: Clock;
  readonly events: Events;
  readonly store: TaskStore;
  readonly transport: Transport;
  readonly accounts: readonly Account[];
  readonly clients: readonly Client[];
  readonly routing: RoutingSettings;
  readonly breaker: BreakerSettings;
  readonly onStoreError: (error: unknown) => void;
}

/** Finished tasks kept in memory for the polls that follow; older ones come from the store. */
const KEPT_RECORDS = 5_000;
/** How long a client waits for balances that are not known yet. */
const BALANCE_WAIT_MS = 2_500;
/** Resumed polls are spread over at most this per task, so that a restart is no burst. */
const RESUME_SPACING_MS = 2;

export class Engine implements Gateway {
  readonly #options: EngineOptions;
  readonly #accounts: readonly AccountState[];
  readonly #clients: Clients;
  readonly #usage: Usage;
  readonly #activity: Activity;
  readonly #tools: RunTools;
  readonly #running = new Map<number, TaskRun>();
  /** Left by the last process, not yet gone on with. */
  readonly #loaded: TaskRun[] = [];
  /** Ended, and the answer to a submit is still to be booked. */
  readonly #late = new Set<TaskRun>();
  readonly #finished = new Map<number, TaskRecord>();
  readonly #ids: TaskIds;
  readonly #waits: Waits;
  /** Tasks whose report is on its way to the ledger. */
  readonly #reporting = new Set<number>();
  #isStopping = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    const room = new Room();
    this.#accounts = options.accounts.map((account) => new AccountState(account, { ...options, room }));
    this.#clients = new Clients(options.clients);
    this.#usage = new Usage(() => options.clock.now());
    this.#activity = new Activity(options.events, () => options.clock.now());
    this.#ids = new TaskIds(options.store);
    this.#waits = new Waits(options.clock);
    this.#tools = { ...options, accounts: this.#accounts, room };
  }

  /** Learns what the last process left: today's spending, and every task that waits for an answer. */
  async load(): Promise<void> {
    const { store, clients, clock } = this.#options;
    for (const { id } of clients)
      this.#usage.learnSpent(id, await store.spentUsd(id, startOfDay(clock.now())));
    for (const record of await store.unfinished()) {
      this.#usage.resume(record.clientId);
      const run = new TaskRun(record, this.#clientOf(record), this.#tools);
      this.#keep(run);
      this.#loaded.push(run);
    }
  }

  /** Goes on with the tasks that were loaded, one shortly after the other. */
  resume(): void {
    for (const [position, run] of this.#loaded.splice(0).entries()) run.resume(position * RESUME_SPACING_MS);
  }

  authenticate(key: string | undefined): Client {
    return this.#clients.authenticate(key);
  }

  async submit(client: Client, submission: Submission): Promise<TaskRecord> {
    if (this.#isStopping)
      throw new SolveError('overloaded', { detail: 'The gateway is stopping.', retryAfterMs: 1_000 });
    checkAllowed(client, submission.task);
    this.#usage.begin(client);
    let run: TaskRun | undefined;
    try {
      const record = newRecord(await this.#ids.take(), client, submission, this.#options);
      run = new TaskRun(record, client, this.#tools);
      this.#keep(run);
      await run.begin();
      return run.record;
    } catch (error) {
      if (run) this.#running.delete(run.record.id);
      this.#usage.end(client.id, 0);
      if (error instanceof SolveError) throw error;
      throw this.#unwritable(error);
    }
  }

  #unwritable(error: unknown): SolveError {
    this.#options.onStoreError(error);
    return new SolveError('overloaded', { detail: 'The ledger cannot be written.', cause: error });
  }

  async untilAccepted(id: number, signal?: AbortSignal): Promise<TaskRecord> {
    const run = this.#running.get(id);
    if (run) await this.#waits.until(run.accepted, this.#options.routing.acceptWithinMs, signal);
    const record = run?.record ?? (await this.#lookUp(id));
    if (!record) throw notFound(id);
    return record;
  }

  async find(client: Client, id: number): Promise<TaskRecord> {
    const record = this.#running.get(id)?.record ?? (await this.#lookUp(id));
    if (!record || record.clientId !== client.id) throw notFound(id);
    return record;
  }

  async untilEnded(client: Client, id: number, waitMs: number, signal?: AbortSignal): Promise<TaskRecord> {
    const record = await this.find(client, id);
    const run = this.#running.get(id);
    if (!run || !isOpen(record) || waitMs <= 0) return record;
    await this.#waits.until(run.ended, waitMs, signal);
    return run.record;
  }

  async cancel(client: Client, id: number): Promise<TaskRecord> {
    const record = await this.find(client, id);
    const run = this.#running.get(id);
    if (!run) return record;
    await run.cancel();
    await run.ended;
    return run.record;
  }

  async report(client: Client, id: number, isAccepted: boolean): Promise<void> {
    const record = await this.find(client, id);
    if (record.reported !== null || record.status !== 'solved' || this.#reporting.has(id)) return;
    this.#reporting.add(id);
    try {
      await this.#options.store.write(id, [{ move: 'reported', isAccepted }]);
      if (this.#finished.has(id)) this.#finished.set(id, { ...record, reported: isAccepted });
    } catch (error) {
      throw this.#unwritable(error);
    } finally {
      this.#reporting.delete(id);
    }
    void this.#tellProvider(record, isAccepted);
  }

  async balanceUsd(client: Client): Promise<number> {
    const balances = this.#accountsOf(client).map(({ gates }) => gates.balance);
    const answers = Promise.all(balances.map((balance) => balance.refresh()));
    const isUnknown = balances.some(({ usd }) => usd === null);
    if (isUnknown) await this.#waits.until(answers, BALANCE_WAIT_MS);
    const sum = balances.reduce((total, { usd }) => total + (usd ?? 0), 0);
    const left = (client.limits?.usdPerDay ?? Number.POSITIVE_INFINITY) - this.#usage.spentUsd(client.id);
    return Math.max(0, Math.min(sum, left));
  }

  kinds(client: Client): readonly KindOffer[] {
    const allowed = KIND_NAMES.filter((kind) => client.kinds?.includes(kind) ?? true);
    const accounts = this.#accountsOf(client);
    return allowed.map((kind) => {
      const able = accounts.filter(({ account }) => account.kinds.includes(kind));
      return { kind, providers: able.map(({ id }) => id) };
    });
  }

  /** A task as the admin sees it: whoever's it is. */
  async inspect(id: number): Promise<TaskRecord | undefined> {
    return this.#running.get(id)?.record ?? (await this.#lookUp(id));
  }

  providers(): readonly ProviderStatus[] {
    const now = this.#options.clock.now();
    return this.#accounts.map((state) => statusOf(state, now));
  }

  get inFlight(): number {
    return this.#running.size;
  }

  /** Keeps new tasks from an account, or lets them in again; false for an unknown account. */
  hold(id: string, reason: string): boolean {
    const account = this.#accounts.find((state) => state.id === id);
    account?.hold(reason);
    return account !== undefined;
  }

  admit(id: string): boolean {
    const account = this.#accounts.find((state) => state.id === id);
    account?.admit();
    return account !== undefined;
  }

  /**
   * Takes nothing new, releases whoever waits, and leaves what is running to the next start; resolves when the
   * submits under way are booked, or after `graceMs`: an answer that is on its way may be a paid task.
   */
  async stop(graceMs = 0): Promise<void> {
    this.#isStopping = true;
    const booked = Promise.all([...this.#running.values(), ...this.#late].map((run) => run.stop()));
    for (const account of this.#accounts) account.close();
    this.#waits.release();
    if (graceMs > 0) await new Waits(this.#options.clock).until(booked, graceMs);
  }

  usage({ client, kind }: UsageScope = {}): UsageFigures {
    const accounts = client ? this.#accountsOf(client) : this.#accounts;
    return {
      ...roomOf(accounts, this.#options.clock.now(), kind),
      ...this.#activity.means(kind),
      hours: client ? this.#activity.hoursOf(client.id) : [],
    };
  }

  #clientOf({ clientId }: TaskRecord): Client | undefined {
    return this.#options.clients.find(({ id }) => id === clientId);
  }

  #accountsOf({ providers }: Client): readonly AccountState[] {
    return this.#accounts.filter(({ id }) => providers?.includes(id) ?? true);
  }

  #keep(run: TaskRun): void {
    const { id, clientId } = run.record;
    // What a task had spent before a restart, the ledger has told already.
    const spentBefore = spentUsd(run.record);
    this.#running.set(id, run);
    void run.ended.then(async () => {
      const { record } = run;
      this.#running.delete(id);
      this.#usage.end(clientId, spentUsd(record) - spentBefore);
      this.#finished.set(id, withoutImages(record));
      const [oldest] = this.#finished.keys();
      if (this.#finished.size > KEPT_RECORDS && oldest !== undefined) this.#finished.delete(oldest);
      await this.#bookLate(run, record);
    });
  }

  /** A submit that was under way at the end of its task may still bring an id, or the word that it was free. */
  async #bookLate(run: TaskRun, atEnd: TaskRecord): Promise<void> {
    this.#late.add(run);
    await run.stop();
    this.#late.delete(run);
    const { record } = run;
    if (record.attempts === atEnd.attempts) return;
    this.#usage.spend(record.clientId, spentUsd(record) - spentUsd(atEnd));
    const kept = this.#finished.get(record.id);
    if (kept) this.#finished.set(record.id, { ...kept, attempts: record.attempts });
  }

  async #lookUp(id: number): Promise<TaskRecord | undefined> {
    return this.#finished.get(id) ?? (await this.#options.store.find(id));
  }

  async #tellProvider(record: TaskRecord, isAccepted: boolean): Promise<void> {
    const account = this.#accounts.find(({ id }) => id === record.provider);
    const attempt = record.attempts.find(
      ({ outcome, provider }) => outcome === 'solved' && provider === record.provider,
    );
    if (!account || attempt?.upstreamId == null) return;
    const ageMs = this.#options.clock.now() - (attempt.endedAt ?? record.createdAt);
    if (ageMs > (account.account.provider.reportWithinMs ?? Number.POSITIVE_INFINITY)) return;
    try {
      await account.report({ upstreamId: attempt.upstreamId, task: record.task, isAccepted });
    } catch {
      // The verdict is in the ledger; a provider that does not take it changes nothing for the client.
    }
  }
}

function notFound(id: number): SolveError {
  return new SolveError('task_not_found', { detail: `There is no task ${id} for this key.` });
}
