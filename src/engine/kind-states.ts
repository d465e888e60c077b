/** Capacity and quality of each kind at one account. */
import type { Account } from '../core/provider.js';
import { isKind, passedWire, type TaskKind } from '../core/task.js';
import { Acceptance } from './acceptance.js';
import { Circuit } from './circuit.js';
import type { Gate } from './gate.js';
import { LearnedLimit } from './learned-limit.js';
import { Score } from './scores.js';

/** What the config and the provider's file say of a kind at one account. */
export interface KindTerms {
  /** It is asked for this kind at all. */
  readonly isTaken: boolean;
  /** In USD; null when unknown. */
  readonly priceUsd: number | null;
  /** The earliest an answer can be had, in ms after the submit. */
  readonly firstAnswerMs: number;
}

export interface KindState {
  /** Replaced when the settings of the account change. */
  terms: KindTerms;
  readonly circuit: Circuit;
  readonly gate: Gate;
  readonly score: Score;
  readonly acceptance: Acceptance;
  readonly limit: LearnedLimit;
}

const MOST_KINDS = 100;

export class KindStates {
  readonly #states = new Map<TaskKind, KindState>();
  #last: { readonly asked: TaskKind; readonly state: KindState } | undefined;

  constructor(
    private readonly owner: { readonly account: Account },
    private readonly openGate: (kind: TaskKind) => Gate,
    private readonly now: () => number,
  ) {}

  /** The state of a kind. Clients may make up any name: those beyond the first hundred share one state. */
  of(asked: TaskKind): KindState {
    // One decision asks for the same kind again and again.
    if (this.#last?.asked !== asked) this.#last = { asked, state: this.#find(asked) };
    return this.#last.state;
  }

  #find(asked: TaskKind): KindState {
    const wire = this.#states.size < MOST_KINDS ? undefined : passedWire(asked);
    const kind: TaskKind = wire === undefined || this.#states.has(asked) ? asked : `${wire}:*`;
    const known = this.#states.get(kind);
    if (known) return known;
    const gate = this.openGate(kind);
    const state = {
      terms: termsOf(this.owner.account, kind),
      circuit: new Circuit(`${this.owner.account.id} ${kind}`),
      gate,
      score: new Score(this.now),
      acceptance: new Acceptance(),
      limit: new LearnedLimit(),
    };
    this.#states.set(kind, state);
    return state;
  }

  /** What the account's settings say of each kind is read anew. */
  settingsChanged(): void {
    for (const [kind, state] of this.#states) state.terms = termsOf(this.owner.account, kind);
  }

  /** Whether this very name has a state of its own. */
  has(kind: TaskKind): boolean {
    return this.#states.has(kind);
  }

  get names(): Iterable<TaskKind> {
    return this.#states.keys();
  }

  /** What clients have reported, where they did since this was asked last. */
  changedAcceptances(): readonly (readonly [TaskKind, Acceptance])[] {
    return [...this.#states].flatMap(([kind, { acceptance }]) =>
      acceptance.hasChanged ? [[kind, acceptance] as const] : [],
    );
  }

  /** The scores that have changed since this was asked last. */
  changedScores(): readonly (readonly [TaskKind, Score])[] {
    return [...this.#states].flatMap(([kind, { score }]) =>
      score.hasChanged ? [[kind, score] as const] : [],
    );
  }

  close(): void {
    for (const { circuit } of this.#states.values()) circuit.shutdown();
  }
}

function termsOf({ kinds, takesPassed, provider, priceUsd, timing }: Account, kind: TaskKind): KindTerms {
  return {
    isTaken: isKind(kind) ? kinds.includes(kind) : takesPassed,
    priceUsd: priceUsd(kind),
    firstAnswerMs: provider.answersAtOnce(kind) ? 0 : timing(kind).firstPollMs,
  };
}
