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
} from '../core/gateway.js';
import type { Account, Transport } from '../core/provider.js';
import type { ProviderStatus } from '../core/status.js';
import { isOpen, spentUsd, type TaskRecord, type TaskStore } from '../core/store.js';
import { KIND_NAMES } from '../core/task.js';
import { AccountState } from './account.js';
import { statusOf } from './account-status.js';
import { Clients, checkAllowed, startOfDay, Usage } from './clients.js';
import { Room } from './room.js';
import { type RunTools, TaskRun } from './task-run.js';

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

const IDS_AT_ONCE = 1_000;
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
  readonly #tools: RunTools;
  readonly #running = new Map<number, TaskRun>();
  readonly #finished = new Map<number, TaskRecord>();
  #nextId = 0;
  #idsLeft = 0;
  #reserving: Promise<void> | undefined;
  #isStopping = false;
  readonly #waiting = new Set<() => void>();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#accounts = options.accounts.map((account) => new AccountState(account, options));
    this.#clients = new Clients(options.clients);
    this.#usage = new Usage(() => options.clock.now());
    this.#tools = { ...options, accounts: this.#accounts, room: new Room() };
  }

  /** Picks up what the last process left: today's spending, and every task that waits for an answer. */
  async start(): Promise<void> {
    const { store, clients, clock } = this.#options;
    for (const { id } of clients)
      this.#usage.learnSpent(id, await store.spentUsd(id, startOfDay(clock.now())));
    const unfinished = await store.unfinished();
    for (const [position, record] of unfinished.entries()) {
      const run = new TaskRun(record, this.#clientOf(record), this.#tools);
      this.#usage.resume(record.clientId);
      this.#keep(run);
      void run.resume(position * RESUME_SPACING_MS);
    }
  }

  authenticate(key: string | undefined): Client {
    return this.#clients.authenticate(key);
  }

  async submit(client: Client, { task, origin, options = {}, deadlineMs }: Submission): Promise<TaskRecord> {
    if (this.#isStopping)
      throw new SolveError('overloaded', { detail: 'The gateway is stopping.', retryAfterMs: 1_000 });
    checkAllowed(client, task);
    this.#usage.begin(client);
    const { routing, clock } = this.#options;
    const createdAt = clock.now();
    const mostMs = Math.min(deadlineMs ?? routing.deadlineMs, routing.deadlineMs);
    try {
      const id = await this.#takeId();
      const record: TaskRecord = {
        id,
        clientId: client.id,
        origin,
        task,
        options,
        status: 'queued',
        createdAt,
        deadlineAt: createdAt + mostMs,
        finishedAt: null,
        attempts: [],
        passedOver: [],
        provider: null,
        solution: null,
        error: null,
        reported: null,
      };
      const run = new TaskRun(record, client, this.#tools);
      await run.begin();
      this.#keep(run);
      return run.record;
    } catch (error) {
      this.#usage.end(client.id, 0);
      if (error instanceof SolveError) throw error;
      this.#options.onStoreError(error);
      throw new SolveError('overloaded', { detail: 'The ledger cannot be written.', cause: error });
    }
  }

  async untilAccepted(id: number, signal?: AbortSignal): Promise<TaskRecord> {
    const run = this.#running.get(id);
    if (run) await this.#within(run.accepted, this.#options.routing.acceptWithinMs, signal);
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
    await this.#within(run.ended, waitMs, signal);
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
    if (record.reported !== null || record.status !== 'solved') return;
    await this.#options.store.write(id, [{ move: 'reported', isAccepted }]);
    if (this.#finished.has(id)) this.#finished.set(id, { ...record, reported: isAccepted });
    void this.#tellProvider(record, isAccepted);
  }

  async balanceUsd(client: Client): Promise<number> {
    const accounts = this.#accounts.filter(({ id }) => client.providers?.includes(id) ?? true);
    const answers = Promise.all(accounts.map(({ balance }) => balance.refresh()));
    const isUnknown = accounts.some(({ balance }) => balance.usd === null);
    if (isUnknown) await this.#within(answers, BALANCE_WAIT_MS);
    const sum = accounts.reduce((usd, { balance }) => usd + (balance.usd ?? 0), 0);
    const left = (client.limits?.usdPerDay ?? Number.POSITIVE_INFINITY) - this.#usage.spentUsd(client.id);
    return Math.max(0, Math.min(sum, left));
  }

  kinds(client: Client): readonly KindOffer[] {
    const allowed = KIND_NAMES.filter((kind) => client.kinds?.includes(kind) ?? true);
    const accounts = this.#accounts.filter(({ id }) => client.providers?.includes(id) ?? true);
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

  /** Takes nothing new and leaves what is running to the next start. */
  stop(): void {
    this.#isStopping = true;
    for (const run of this.#running.values()) run.stop();
    for (const account of this.#accounts) account.close();
    for (const end of [...this.#waiting]) end();
  }

  #clientOf({ clientId }: TaskRecord): Client | undefined {
    return this.#options.clients.find(({ id }) => id === clientId);
  }

  #keep(run: TaskRun): void {
    const { id, clientId } = run.record;
    this.#running.set(id, run);
    void run.ended.then(() => {
      this.#running.delete(id);
      this.#usage.end(clientId, spentUsd(run.record));
      this.#finished.set(id, withoutImages(run.record));
      if (this.#finished.size <= KEPT_RECORDS) return;
      for (const oldest of this.#finished.keys()) {
        this.#finished.delete(oldest);
        return;
      }
    });
  }

  async #lookUp(id: number): Promise<TaskRecord | undefined> {
    return this.#finished.get(id) ?? (await this.#options.store.find(id));
  }

  async #takeId(): Promise<number> {
    while (this.#idsLeft === 0) {
      this.#reserving ??= this.#reserve();
      await this.#reserving;
    }
    this.#idsLeft -= 1;
    this.#nextId += 1;
    return this.#nextId - 1;
  }

  async #reserve(): Promise<void> {
    try {
      this.#nextId = await this.#options.store.reserveIds(IDS_AT_ONCE);
      this.#idsLeft = IDS_AT_ONCE;
    } finally {
      this.#reserving = undefined;
    }
  }

  async #tellProvider(record: TaskRecord, isAccepted: boolean): Promise<void> {
    const account = this.#accounts.find(({ id }) => id === record.provider);
    const attempt = record.attempts.find(
      ({ outcome, provider }) => outcome === 'solved' && provider === record.provider,
    );
    if (!account || attempt?.upstreamId == null) return;
    try {
      await account.report({ upstreamId: attempt.upstreamId, task: record.task, isAccepted });
    } catch {
      // The verdict is in the ledger; a provider that does not take it changes nothing for the client.
    }
  }

  /** Waits for `event`, at most `waitMs`, and no longer than the client or the gateway itself does. */
  #within(event: Promise<unknown>, waitMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted || this.#isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        this.#waiting.delete(end);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#options.clock.after(waitMs, end);
      this.#waiting.add(end);
      signal?.addEventListener('abort', end, { once: true });
      void event.then(end, end);
    });
  }
}

function notFound(id: number): SolveError {
  return new SolveError('task_not_found', { detail: `There is no task ${id} for this key.` });
}

function withoutImages(record: TaskRecord): TaskRecord {
  const { imageBase64, instructionImageBase64, ...task } = record.task;
  return imageBase64 === undefined && instructionImageBase64 === undefined ? record : { ...record, task };
}
