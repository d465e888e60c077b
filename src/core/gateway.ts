/** What a dialect may ask of the gateway. */
import { SolveError } from './errors.js';
import type { Idempotency, Origin, TaskOptions, TaskRecord } from './store.js';
import type { Kind, Task, TaskKind } from './task.js';

/** Who is asking: an entry of `clients` in the config. */
export interface Client {
  readonly id: string;
  /** SHA-256 of the key, as hex. */
  readonly keySha256: string;
  /** Kinds this client may ask for; absent for all. */
  readonly kinds?: readonly Kind[] | undefined;
  /** Accounts this client may use; absent for all. */
  readonly providers?: readonly string[] | undefined;
  /** Longest time a poll on the old doors is held open, in ms. */
  readonly holdMs: number;
  readonly targets?: Targets | undefined;
  readonly limits?: ClientLimits | undefined;
}

/** `example.com` is that host, `*.example.com` its subdomains; `deny` wins. */
export interface Targets {
  readonly allow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
}

export interface ClientLimits {
  readonly inFlight?: number | undefined;
  readonly perMinute?: number | undefined;
  readonly usdPerDay?: number | undefined;
}

export interface Submission {
  readonly task: Task;
  readonly origin: Origin;
  readonly options?: TaskOptions;
  /** How long the caller gives the task, in ms; capped by the config. */
  readonly deadlineMs?: number | undefined;
  /** A request that came before under the same key is the same task. */
  readonly idempotency?: Idempotency | undefined;
}

/** Every method that names a task throws SolveError `task_not_found` for an unknown id and for another client's. */
export interface Gateway {
  /** @throws SolveError `auth` with detail `missing`, `malformed` or `unknown`. */
  authenticate(key: string | undefined): Client;
  /**
   * Takes a task; resolves when it is durable. A repeated idempotency key gives the first task.
   * @throws SolveError when the client may not have it solved; `conflict` for a key that came with another request.
   */
  submit(client: Client, submission: Submission): Promise<TaskRecord>;
  /** The task that this request has made, should its answer not have been heard; each one is given once. */
  repeated(client: Client, request: () => string): number | undefined;
  /** The client hung up before it heard the id of the task that `request` has made. */
  unheard(client: Client, request: () => string, id: number): void;
  /** Resolves when a provider has accepted the task, when it has ended, or when `acceptWithinMs` is over. */
  untilAccepted(id: number, signal?: AbortSignal): Promise<TaskRecord>;
  find(client: Client, id: number): Promise<TaskRecord>;
  /** Resolves when the task has ended, or after `waitMs`, or at once when `signal` aborts. */
  untilEnded(client: Client, id: number, waitMs: number, signal?: AbortSignal): Promise<TaskRecord>;
  /** Ends the task for the client; a finished one stays as it is. */
  cancel(client: Client, id: number): Promise<TaskRecord>;
  /** Records whether the answer worked and tells the provider, once, in the background. */
  report(client: Client, id: number, isAccepted: boolean): Promise<void>;
  /** The cached sum of the accounts this client may use, in USD, capped by what is left of its day. */
  balanceUsd(client: Client): Promise<number>;
  /** What can be solved now, and by whom. */
  kinds(client: Client): readonly KindOffer[];
  /** How busy the gateway is, and what it has solved since it started: for a client, a kind, or all together. */
  usage(scope?: UsageScope): Usage;
}

export interface UsageScope {
  readonly client?: Client | undefined;
  readonly kind?: TaskKind | undefined;
}

/** Figures the gateway knows of itself; it knows nothing from before its start. */
export interface Usage {
  /** Tasks that the accounts have in hand; those closed to new tasks left out. */
  readonly busy: number;
  /** Tasks more that these accounts take at once; an account without a limit takes at least one. */
  readonly free: number;
  /** Mean of the tasks solved lately; null before the first. */
  readonly meanCostUsd: number | null;
  readonly meanSolveMs: number | null;
  /** What ended in each hour since the start, oldest first; empty without a client. */
  readonly hours: readonly UsageHour[];
}

export interface UsageHour {
  /** The full hour, in ms since 1970. */
  readonly startsAt: number;
  readonly solved: number;
  readonly spentUsd: number;
}

export interface KindOffer {
  readonly kind: Kind;
  readonly providers: readonly string[];
}

/** How candidates are ordered. */
export const STRATEGY_NAMES = ['priority', 'weighted', 'cheapest', 'fastest', 'best'] as const;

export type Strategy = (typeof STRATEGY_NAMES)[number];

/** What holds for one kind instead of for all. */
export interface KindRouting {
  /** Accounts to ask, in order, and no others. */
  readonly providers?: readonly string[] | undefined;
  readonly strategy?: Strategy | undefined;
}

export interface RoutingSettings {
  readonly strategy: Strategy;
  /** Share of tasks that a strategy which lives on figures hands to anybody, to keep them fresh. */
  readonly explore: number;
  /** What all tasks together may buy again. */
  readonly retryBudget: { readonly ratio: number; readonly floorPerMinute: number };
  /** Asks a second provider where the first takes long: so many times per task bought; absent for never. */
  readonly hedge?: { readonly share: number } | undefined;
  readonly maxAttempts: number;
  readonly deadlineMs: number;
  readonly acceptWithinMs: number;
  readonly maxUsdPerTask: number;
  readonly kinds: Readonly<Partial<Record<Kind, KindRouting>>>;
}

export interface BreakerSettings {
  /** Transport failures in a row that open an account. */
  readonly failures: number;
  readonly cooldownMs: number;
  readonly maxCooldownMs: number;
  readonly balanceCheckMs: number;
  /** After it came back an account or kind gets a tenth of its tasks, then half of them, for this long together. */
  readonly rampMs: number;
}

/** The error that a failed or cancelled task ended with. */
export function errorOf(record: TaskRecord): SolveError {
  const { code, upstreamCode, detail } = record.error ?? {
    code: 'cancelled',
    upstreamCode: null,
    detail: null,
  };
  return new SolveError(code, { upstreamCode: upstreamCode ?? undefined, detail: detail ?? undefined });
}
