/** An engine on a fake clock, between a fake transport and a store in memory. */
import { createHash } from 'node:crypto';
import { expect, onTestFinished, vi } from 'vitest';
import classic from '../../providers/classic.js';
import { Events } from '../../src/core/events.js';
import type { BreakerSettings, Client, RoutingSettings, Submission } from '../../src/core/gateway.js';
import type { Account, Provider, Timing } from '../../src/core/provider.js';
import type { Attempt, TaskOptions, TaskRecord } from '../../src/core/store.js';
import type { Task } from '../../src/core/task.js';
import { Engine } from '../../src/engine/gateway.js';
import type { EngineOptions, EngineSettings } from '../../src/engine/settings.js';
import { FakeClock, settle } from '../support/fake-clock.js';
import { FakeTransport } from '../support/fake-transport.js';
import { MemoryStore } from '../support/memory-store.js';
import { sampleTask } from '../support/sample-tasks.js';

export const PACE: Timing = {
  firstPollMs: 5_000,
  pollEveryMs: 5_000,
  maxPolls: 20,
  giveUpMs: 60_000,
  answerWithinMs: 10_000,
};

/** The classic wire, one task a poll: tests that look at single polls see each by itself. */
export const SINGLY: Provider = { ...classic, pollMany: undefined };

export const CLIENT: Client = {
  id: 'qa',
  keySha256: createHash('sha256').update('qa-key').digest('hex'),
  holdMs: 3_000,
};

export const TASK = sampleTask('recaptcha_v2');

export const ROUTING: RoutingSettings = {
  maxAttempts: 3,
  deadlineMs: 180_000,
  acceptWithinMs: 3_500,
  maxUsdPerTask: 0.02,
  strategy: 'priority',
  explore: 0,
  retryBudget: { ratio: 0.2, floorPerMinute: 60 },
  kinds: {},
};

export const BREAKER: BreakerSettings = {
  failures: 3,
  cooldownMs: 5_000,
  maxCooldownMs: 300_000,
  balanceCheckMs: 60_000,
  // Tests of the way back set one; elsewhere an account that is open takes everything.
  rampMs: 0,
};

/** What attempts at accounts that call are given, and their own path behind it. */
export const CALLBACKS = 'https://gateway.example/callbacks';

export interface AccountFacts extends Partial<Omit<Account, 'timing' | 'priceUsd'>> {
  readonly timing?: Partial<Timing>;
  readonly priceUsd?: number | null;
  readonly provider?: Provider;
}

/** One account; it speaks the classic wire, one task a poll, at a public address unless told otherwise. */
export function account(id: string, facts: AccountFacts = {}): Account {
  const { timing, priceUsd = 0.001, provider = SINGLY, ...rest } = facts;
  return {
    id,
    provider,
    baseUrl: `https://${id}.example`,
    apiKey: `key-of-${id}`,
    priority: 1,
    weight: 1,
    kinds: provider.kinds,
    takesPassed: true,
    balanceCheckMs: BREAKER.balanceCheckMs,
    isPublic: true,
    ...rest,
    timing: () => ({ ...PACE, ...timing }),
    priceUsd: () => priceUsd,
  };
}

export interface Setup {
  /** Ids, or whole accounts, in the order of their priority. */
  readonly accounts?: readonly (string | Account)[];
  readonly clients?: readonly Client[];
  readonly routing?: Partial<RoutingSettings>;
  readonly breaker?: Partial<BreakerSettings>;
  readonly pollCostMs?: number | undefined;
  readonly repeatWindowMs?: number | undefined;
  /** Where accounts that call are told to; the address of `CALLBACKS` when absent. */
  readonly callbackUrl?: EngineOptions['callbackUrl'];
  /** Tasks that an earlier process left. */
  readonly left?: readonly TaskRecord[];
  /** The test says itself what is left of timers and scripts. */
  readonly isLoose?: boolean;
}

export class Bench {
  readonly clock = new FakeClock();
  /** Requests as they leave and writes as they are done, in one order. */
  readonly journal: string[] = [];
  readonly transport = new FakeTransport(this.clock, this.journal);
  readonly store = new MemoryStore(this.clock, this.journal);
  /** What the engine reported as its own trouble. */
  readonly faults: unknown[] = [];
  readonly events = new Events(
    () => this.clock.now(),
    (error) => this.faults.push(error),
  );
  readonly startedAt = this.clock.now();
  engine: Engine;

  constructor(private setup: Setup) {
    for (const record of setup.left ?? []) this.store.seed(record);
    this.engine = this.#build();
  }

  /** A second process on the same ledger; the first one has stopped. */
  async restart(): Promise<void> {
    this.engine.stop();
    await settle();
    this.store.abandon();
    this.engine = this.#build();
    await this.engine.load();
    this.engine.resume();
  }

  /** A reload: these parts of the setup are others now. */
  async change(change: Setup): Promise<void> {
    this.setup = { ...this.setup, ...change };
    this.engine.change(this.#settings);
    await settle();
  }

  /** Hands a task in; its record as the client first sees it. */
  submit(
    task: Task = TASK,
    options: TaskOptions & Pick<Submission, 'deadlineMs' | 'idempotency'> & { readonly client?: Client } = {},
  ): Promise<TaskRecord> {
    const { deadlineMs, idempotency, client = CLIENT, ...rest } = options;
    const origin = { dialect: 'native' };
    return this.engine.submit(client, { task, origin, options: rest, deadlineMs, idempotency });
  }

  /** Hands a task in and lets everything happen that needs no time. */
  async begin(...args: Parameters<Bench['submit']>): Promise<number> {
    const { id } = await this.submit(...args);
    await settle();
    return id;
  }

  /** Hands a task in and waits until it has ended or `ms` are over. */
  async run(ms: number, ...args: Parameters<Bench['submit']>): Promise<TaskRecord> {
    const id = await this.begin(...args);
    await this.clock.advance(ms);
    return this.find(id);
  }

  find(id: number): Promise<TaskRecord> {
    return this.engine.find(CLIENT, id);
  }

  /** Milliseconds since the start. */
  get now(): number {
    return this.clock.now() - this.startedAt;
  }

  /** When the calls of one sort left, in ms since the start. */
  times(...which: Parameters<FakeTransport['calls']>): readonly number[] {
    return this.transport.calls(...which).map(({ at }) => at - this.startedAt);
  }

  /** State and cause of an account, and how long it stays so from now on, in ms. */
  state(id: string): { state: string; cause: string | null; forMs: number | null } {
    const status = this.engine.providers().find((provider) => provider.id === id);
    return this.#stateOf(status);
  }

  /** The same of one kind. */
  kind(id: string, name = TASK.kind): { state: string; cause: string | null; forMs: number | null } {
    const status = this.engine.providers().find((provider) => provider.id === id);
    return this.#stateOf(status?.kinds.find(({ kind }) => kind === name));
  }

  #stateOf(status: { state: string; cause: string | null; until: number | null } | undefined) {
    if (!status) throw new Error('there is no such account or kind');
    const { state, cause, until } = status;
    return { state, cause, forMs: until === null ? null : until - this.clock.now() };
  }

  get #settings(): EngineSettings {
    const { accounts = ['a', 'b'], clients = [CLIENT], routing, breaker, pollCostMs } = this.setup;
    return {
      accounts: accounts.map((one) => (typeof one === 'string' ? account(one) : one)),
      clients,
      routing: { ...ROUTING, ...routing },
      breaker: { ...BREAKER, ...breaker },
      pollCostMs,
      repeatWindowMs: this.setup.repeatWindowMs,
    };
  }

  #build(): Engine {
    return new Engine({
      ...this.#settings,
      clock: this.clock,
      events: this.events,
      store: this.store,
      transport: this.transport,
      callbackUrl:
        this.setup.callbackUrl ??
        (({ provider, taskId, attempt }) => `${CALLBACKS}/${provider}/${taskId}/${attempt}`),
      onStoreError: (error) => this.faults.push(error),
    });
  }
}

/**
 * A bench for one test. When the test is over, nothing may be left: no timer after the engine has stopped,
 * no request that the test did not expect, no scripted answer that nobody asked for.
 */
export function openBench(setup: Setup = {}): Bench {
  // Cooldowns get up to a tenth more at random: here none, so that tests can name times.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const bench = new Bench(setup);
  onTestFinished(async () => {
    bench.engine.stop();
    await settle();
    vi.restoreAllMocks();
    if (setup.isLoose) return;
    expect(bench.clock.pending, 'timers left').toBe(bench.transport.underWay);
    expect(bench.transport.unexpected, 'requests nobody scripted').toEqual([]);
    expect(bench.transport.unused, 'scripted answers nobody asked for').toEqual([]);
  });
  return bench;
}

/** The attempts of a record as `provider: outcome`. */
export function story({ attempts }: TaskRecord): readonly string[] {
  return attempts.map(({ provider, outcome }) => `${provider}: ${outcome}`);
}

/** An attempt as the ledger has it after the intent. */
export const INTENT: Attempt = {
  provider: 'a',
  outcome: 'submitting',
  upstreamCode: null,
  upstreamId: null,
  startedAt: 0,
  acceptedAt: null,
  endedAt: null,
  polls: 0,
  costUsd: null,
  mayBeCharged: false,
};

/** A record as an earlier process left it in the ledger. */
export function left(createdAt: number, change: Partial<TaskRecord> = {}): TaskRecord {
  return {
    id: 7,
    clientId: CLIENT.id,
    origin: { dialect: 'native' },
    task: TASK,
    options: {},
    status: 'queued',
    createdAt,
    deadlineAt: createdAt + ROUTING.deadlineMs,
    finishedAt: null,
    attempts: [],
    passedOver: [],
    provider: null,
    solution: null,
    error: null,
    reported: null,
    ...change,
  };
}
