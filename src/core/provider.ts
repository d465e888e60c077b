/** What a provider is: facts, and pure functions that spell questions and read answers. */
import type { SolveError } from './errors.js';
import type { Solution } from './solution.js';
import type { Kind, OldWire, Task, TaskKind } from './task.js';

/**
 * Where the account's key belongs: `form.key`, `json.clientKey`, `query.key`; `none` for calls without one.
 * `form.username:password|authtoken` is a login: a key written `user:password` fills the first two members,
 * one without a colon fills the third.
 */
export type KeyPlace = `${'query' | 'form' | 'json' | 'multipart'}.${string}` | 'none';

/** A request with a hole where the key goes; only net/ fills it, so a request is always safe to log. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST';
  readonly path: `/${string}`;
  readonly key: KeyPlace;
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: object;
  /** Text parts of a multipart body. */
  readonly multipart?: Readonly<Record<string, string>>;
  /** File parts of a multipart body. */
  readonly files?: Readonly<Record<string, UpstreamFile>>;
  /** The media type that the answer should have; any unless told. */
  readonly accept?: string;
}

export interface UpstreamFile {
  readonly base64: string;
  /** The file's name, which some services want to see. */
  readonly name: string;
}

/** The whole answer; readers judge the body before the status. */
export interface UpstreamReply {
  readonly status: number;
  readonly body: string;
  /** Where a redirect points to; nobody follows it. */
  readonly location?: string;
}

/** One question to a provider and how its answer reads. */
export interface Exchange<Input, Output> {
  ask(input: Input): UpstreamRequest;
  /** @throws SolveError for every answer that is not the expected one. */
  read(reply: UpstreamReply, input: Input): Output;
}

/** The provider's id of a task, in the JSON type it came in: some services refuse the other one. */
export type UpstreamId = string | number;

/** A submit was taken: either with an id to ask for, or with the solution at once. */
export interface Accepted {
  readonly upstreamId: UpstreamId | null;
  readonly solved?: Solved;
}

/** What a service counts money in: flat-rate services have no figure that means any. */
export type Currency = 'USD' | 'RUB' | 'points' | 'threads';

/** The provider's verdict on a task it solved. */
export interface Solved {
  readonly solution: Solution;
  /** What the provider says it charged, in USD; undefined when it does not say. */
  readonly costUsd?: number | undefined;
}

/** Hands a task in. */
export interface Submit extends Exchange<Task, Accepted> {
  /** `callbackUrl`: what the service is to call when the task is done; left out where it calls nobody. */
  ask(task: Task, callbackUrl?: string): UpstreamRequest;
}

/** One attempt as the address of its callback names it. */
export interface CalledAttempt {
  /** The account's id. */
  readonly provider: string;
  readonly taskId: number;
  /** Its number within the task. */
  readonly attempt: number;
}

/**
 * Whether a submit may name an address that the service calls when the task is done. `on-request`: only where the
 * config says so, because the address has to be registered first or no page describes the call.
 */
export type CallsBack = 'always' | 'on-request';

/** An accepted task at the provider. */
export interface UpstreamTask {
  readonly upstreamId: UpstreamId;
  readonly task: Task;
}

/** What a poll brought: undefined while the task is being worked on, an error for this task only. */
export type Polled = Solved | SolveError | undefined;

/** Several tasks in one poll; null from `read` when their answers cannot be told apart. */
export interface PollMany extends Exchange<readonly UpstreamTask[], readonly Polled[] | null> {
  readonly mostTasks: number;
  /** Whether this task's answer can be told apart from others. */
  readonly takes: (task: Task) => boolean;
}

export interface UpstreamReport extends UpstreamTask {
  readonly isAccepted: boolean;
}

/** A provider's published pace, in milliseconds; these are floors that the gateway never goes below. */
export interface Timing {
  /** From the accepted submit to the first poll. */
  readonly firstPollMs: number;
  /** Between two polls of one task. */
  readonly pollEveryMs: number;
  /** Least time between two polls, where the service allows less than it recommends; absent for the same. */
  readonly floorMs?: number | undefined;
  /** Polls of one task, all told. */
  readonly maxPolls: number;
  /** After this long an accepted task is given up and the next provider asked. */
  readonly giveUpMs: number;
  /** No complete answer to one call by then is a timeout. */
  readonly answerWithinMs: number;
}

export interface Provider {
  /** The file's name. */
  readonly id: string;
  readonly title: string;
  /** Which wire it speaks. */
  readonly wire: 'classic' | 'json' | 'deathbycaptcha' | 'bestcaptchasolver';
  /** Empty for the builders whose entry in the config must name one. */
  readonly baseUrl: string;
  /** Kinds it is asked for unless the config says otherwise. */
  readonly kinds: readonly Kind[];
  /** Kinds it can be asked for when the config names them: withdrawn or unconfirmed ones too. */
  readonly speaks: readonly Kind[];
  readonly timing: (kind: TaskKind) => Timing;
  readonly pricesUsdPer1000: Readonly<Partial<Record<Kind, number>>>;
  /** Whether the answer comes with the submit, so that there is nothing to poll. */
  readonly answersAtOnce: (kind: TaskKind) => boolean;
  /** Why this provider cannot be given this task; undefined when it can. */
  readonly refuses: (task: Task) => string | undefined;
  readonly submit: Submit;
  /** Absent where the service calls nobody. */
  readonly callsBack?: CallsBack | undefined;
  /** Undefined while the task is being worked on. */
  readonly poll: Exchange<UpstreamTask, Solved | undefined>;
  /** Absent where the service is asked for one task at a time. */
  readonly pollMany?: PollMany | undefined;
  /** The account's money, in the provider's currency; null when what the service says is no number. */
  readonly balance: Exchange<void, number | null>;
  readonly currency: Currency;
  /** How many tasks the plan lets be in hand at once; null when what the service says is no number. */
  readonly threads?: Exchange<void, number | null>;
  /** Absent where the service takes no reports; undefined from `ask` where it takes none of this sort. */
  readonly report?: Exchange<UpstreamReport, void>;
  /** Reports that this provider takes. */
  readonly reports: (report: UpstreamReport) => boolean;
  /** How long after the answer it takes them, in ms; absent where nobody says. */
  readonly reportWithinMs?: number;
  /** The same service over another wire, where it has one: the config may choose it. */
  readonly over?: Readonly<Partial<Record<OldWire, Provider>>>;
}

/** When the money of an account counts as low; 0 for never. */
export interface BalanceAlerts {
  readonly balanceBelowUsd: number;
  readonly emptyWithinHours: number;
}

/** One account at one provider: what an entry of `providers` in the config becomes. */
export interface Account {
  readonly id: string;
  /** Differs when its entry in the config does; absent where there is no config. */
  readonly entry?: string | undefined;
  readonly provider: Provider;
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Lower is asked first. */
  readonly priority: number;
  /** How often it is drawn first, beside the others' weights. */
  readonly weight: number;
  /** Share of tasks that it is asked for first while it is new; it is asked last for all others. Absent: not new. */
  readonly shadow?: number | undefined;
  readonly kinds: readonly Kind[];
  /** Whether it is asked for what no kind describes, in the client's own words. */
  readonly takesPassed: boolean;
  /** Most tasks in flight at once; undefined for no limit. */
  readonly threads?: number | undefined;
  readonly timing: (kind: TaskKind) => Timing;
  readonly priceUsd: (kind: TaskKind) => number | null;
  /** Least time between two balance calls, in ms. */
  readonly balanceCheckMs: number;
  /** How often the balance is read without anybody asking for it, in ms; 0 or absent for never. */
  readonly balanceEveryMs?: number | undefined;
  /** When its money counts as low; absent for at nothing only. */
  readonly alerts?: BalanceAlerts | undefined;
  /** Whether its service is asked to call when a task is done; absent for no. */
  readonly callsBack?: boolean | undefined;
  /** Whether the service's published minima bind; they do not for loopback and private addresses. */
  readonly isPublic: boolean;
}

/** The only way out to a provider; net/ implements it, tests hand in a fake. */
export interface Transport {
  /**
   * Sends one request with the account's key filled in and reads the whole answer.
   * @throws SolveError `timeout` or `bad_reply`, with `isAmbiguous` when the request may have arrived.
   */
  send(account: Account, request: UpstreamRequest, limits: SendLimits): Promise<UpstreamReply>;
  close(): Promise<void>;
}

export interface SendLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}
