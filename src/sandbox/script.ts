/** What a sandbox is told to do: plain JSON, so that a test, the demo and a file can all say it. */
import { isKind, type Kind, type TaskKind } from '../core/task.js';

/** What a caller can ask of a service. */
export const CALLS = ['submit', 'poll', 'balance', 'report'] as const;
export type Call = (typeof CALLS)[number];

/** How the answer to a call arrives, if it does. */
export type Delivery = 'whole' | 'never' | 'reset' | 'html502' | 'empty' | 'half' | 'drip' | 'stall' | 'cut';

interface MannerFacts {
  /** Whether the service does what it was asked before its answer goes wrong. */
  readonly takesEffect: boolean;
  readonly delivery: Delivery;
}

/** The ways to answer; what takes effect is bought, whatever the caller hears. */
// biome-ignore format: a table is read by its columns
export const MANNERS = {
  'ok':                   { takesEffect: true,  delivery: 'whole' },
  'hang':                 { takesEffect: false, delivery: 'never' },
  'hang-after-accept':    { takesEffect: true,  delivery: 'never' },
  'hang-in-body':         { takesEffect: true,  delivery: 'stall' },
  'reset':                { takesEffect: false, delivery: 'reset' },
  'reset-after-accept':   { takesEffect: true,  delivery: 'reset' },
  'reset-in-body':        { takesEffect: true,  delivery: 'cut' },
  'html502':              { takesEffect: false, delivery: 'html502' },
  'html502-after-accept': { takesEffect: true,  delivery: 'html502' },
  'half-json':            { takesEffect: true,  delivery: 'half' },
  'slow-drip':            { takesEffect: true,  delivery: 'drip' },
  'empty':                { takesEffect: false, delivery: 'empty' },
} as const satisfies Record<string, MannerFacts>;

export type Manner = keyof typeof MANNERS;

/** Refused with the service's own word, exactly as written here; `banMs` makes it the start of a ban. */
export interface Refusal {
  readonly code: string;
  readonly banMs?: number | undefined;
}

/** The call takes effect at once, its answer is sent `delayMs` later. */
export interface Delayed {
  readonly delayMs: number;
  readonly behaviour?: Manner | Refusal | Accepting | undefined;
}

/** A submit that is accepted, with an end and a solve time of its own. */
export interface Accepting {
  readonly verdict?: Verdict | undefined;
  readonly solveMs?: number | undefined;
}

export type Behaviour = Manner | Refusal | Delayed | Accepting;

/** What a script says of a kind; what is passed through has none to be told apart by. */
export function ofKind<Value>(
  values: Readonly<Partial<Record<Kind, Value>>> | undefined,
  kind: TaskKind,
): Value | undefined {
  return isKind(kind) ? values?.[kind] : undefined;
}

/** How a task ends, once its solve time is over; `{ code }` is what the poll then says. */
export type Verdict = 'solve' | 'unsolvable' | 'never' | { readonly code: string };

/** Lognormal around a median (`spread` is its sigma, 0.3 unless told), even between bounds, or fixed. */
export type SolveTime =
  | { readonly medianMs: number; readonly spread?: number | undefined }
  | { readonly fromMs: number; readonly toMs: number }
  | { readonly fixedMs: number };

/** A time or a range of submits (numbered from 1, both ends included) in which calls go wrong. */
export interface Outage {
  /** Since the sandbox opened, was reset or was given these outages. */
  readonly afterMs?: number | undefined;
  readonly forMs?: number | undefined;
  readonly fromTask?: number | undefined;
  readonly toTask?: number | undefined;
  /** Begins anew this often, so that the service comes and goes; `forMs` says how long it is on. */
  readonly everyMs?: number | undefined;
  /** Share of the calls that meet it; all unless told. */
  readonly share?: number | undefined;
  /** Submits unless told. */
  readonly calls?: readonly Call[] | undefined;
  readonly behaviour: Behaviour;
}

/** One change of the script. */
export interface Act {
  /** Since the sandbox opened, was reset or was given these acts. */
  readonly afterMs: number;
  readonly changes: Omit<Script, 'acts'>;
}

/** The pace of polls, as services publish it. */
export interface Pace {
  /** From the accepted submit to the first poll. */
  readonly firstPollMs?: number | undefined;
  /** Between two polls of one task. */
  readonly pollEveryMs?: number | undefined;
  readonly maxPolls?: number | undefined;
}

/** A service's published rules; what is not set is not enforced. */
export interface Rules extends Pace {
  readonly ofKind?: Readonly<Partial<Record<Kind, Pace>>> | undefined;
  /** Polls of all tasks together, 2Captcha's being `{ perTask: 20, plus: 1200 }`. */
  readonly pollBudget?: { readonly perTask: number; readonly plus: number } | undefined;
  readonly balanceEveryMs?: number | undefined;
  /** No submit of the same kind after NO_SLOT. */
  readonly pauseAfterNoSlotMs?: number | undefined;
  /** No submit at all after ZERO_BALANCE. */
  readonly pauseAfterZeroBalanceMs?: number | undefined;
  /** Submits in a row that may be refused for their key. */
  readonly maxAuthErrors?: number | undefined;
  /** Calls of any sort within a sliding window. */
  readonly burst?: { readonly calls: number; readonly withinMs: number } | undefined;
  /** How much too early a timed call may be: timers and sockets jitter. 2 ms unless told. */
  readonly toleranceMs?: number | undefined;
  /** Calls that may have crossed a NO_SLOT or ban on their way are excused this long. 20 ms unless told. */
  readonly graceMs?: number | undefined;
  /** `record` (the default) only counts violations, `ban` answers them and every call of the next `banMs`. */
  readonly enforce?: 'record' | 'ban' | undefined;
  /** 600,000 unless told. */
  readonly banMs?: number | undefined;
  /** What a banned caller hears instead of the wire's own word. */
  readonly banCode?: string | undefined;
}

/** All of it is optional; what is left out behaves like a healthy, fast and generous service. */
export interface Script {
  readonly solve?: Readonly<Partial<Record<Kind | 'default', SolveTime>>> | undefined;
  readonly verdict?: Verdict | undefined;
  readonly verdictOf?: Readonly<Partial<Record<Kind, Verdict>>> | undefined;
  /** Share of tasks that turn out unsolvable. */
  readonly unsolvableRate?: number | undefined;

  readonly submit?: Behaviour | undefined;
  readonly poll?: Behaviour | undefined;
  readonly balance?: Behaviour | undefined;
  readonly report?: Behaviour | undefined;
  readonly submitOf?: Readonly<Partial<Record<Kind, Behaviour>>> | undefined;
  /** One for each of the next submits, then `submit`. */
  readonly submitSequence?: readonly Behaviour[] | undefined;
  readonly outages?: readonly Outage[] | undefined;
  /** Share of calls, of every sort or of each, that end as one of `failWith`. */
  readonly failRate?: number | Readonly<Partial<Record<Call, number>>> | undefined;
  readonly failWith?: readonly Behaviour[] | undefined;
  /** Changes of this script, each when its time has come. */
  readonly acts?: readonly Act[] | undefined;

  /** What the account holds; set it again to pay in. 10,000 unless told. */
  readonly balanceUsd?: number | undefined;
  readonly pricesUsdPer1000?: Readonly<Partial<Record<Kind, number>>> | undefined;
  /** Tasks being solved at once; the next one hears NO_SLOT. */
  readonly threads?: number | undefined;
  /** Kinds that are taken; all unless told. */
  readonly kinds?: readonly Kind[] | undefined;
  /** Methods and task types without a kind that are taken too (`vision`, `customtask/acme`); none unless told. */
  readonly passes?: readonly string[] | undefined;
  /** What an unknown key hears instead of the wire's own word. */
  readonly wrongKey?: string | undefined;
  readonly rules?: Rules | undefined;
  /**
   * When who asked for it at the submit is called, in ms from the end of the task: `[0]` once and in time, `[0, 500]`
   * twice, `[-5000]` early. Nobody is called unless told. Over plain http only.
   */
  readonly callbacks?: readonly number[] | undefined;

  /** The service whose particulars types and solutions have, where services differ; the common form unless told. */
  readonly flavour?: string | undefined;
  /** Form of ids in createTask's answers; `number` unless told. */
  readonly jsonIds?: 'number' | 'text' | 'uuid' | undefined;
  /** With `number` in.php answers json=1 with a number for reCAPTCHA, as CaptchaAI does; `text` unless told. */
  readonly classicIds?: 'text' | 'number' | undefined;
  /** getTaskResult knows an id only in the JSON type it was given out in. */
  readonly strictIds?: boolean | undefined;
  /** Images are solved inside createTask, as CapSolver does. */
  readonly inlineImages?: boolean | undefined;
  /** Errors of the json wire travel as HTTP 400, 401 and 429, as CapSolver's do. */
  readonly httpErrors?: boolean | undefined;
  /** Results are forgotten this long after they are ready. */
  readonly keepResultMs?: number | undefined;
}
