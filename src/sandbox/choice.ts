/** Which behaviour the next call meets: queued ones first, then the task's own wish, then the script. */
import { type MagicOutcome, magicOutcome, type SpelledOutcome } from './magic-site-keys.js';
import type { Question } from './question.js';
import type { Random } from './random.js';
import {
  type Accepting,
  type Behaviour,
  type Call,
  type Delayed,
  type Delivery,
  MANNERS,
  type Manner,
  type Outage,
  ofKind,
  type Refusal,
  type Script,
} from './script.js';
import { WORDS, type Words } from './words.js';

/** What happens to one call. */
export interface Treatment {
  /** Whether the account does what it is asked. */
  readonly takesEffect: boolean;
  /** The word that is said instead of asking the account. */
  readonly refusal: Refusal | undefined;
  readonly accepting: Accepting;
  readonly delivery: Delivery;
  readonly delayMs: number;
}

const PLAIN: Treatment = {
  takesEffect: true,
  refusal: undefined,
  accepting: {},
  delivery: 'whole',
  delayMs: 0,
};

/** What `failRate` draws from when the script names nothing; each of them ends by itself. */
const FAILURES: readonly Behaviour[] = ['reset', 'reset-after-accept', 'html502', 'half-json', 'empty'];

export class Choice {
  readonly #queues: Record<Call, Behaviour[]> = { submit: [], poll: [], balance: [], report: [] };
  readonly #random: Random;
  #script: Script;
  #sequence: readonly Behaviour[];
  #done = 0;
  #since: number;
  #submits = 0;

  constructor(script: Script, random: Random, now: number) {
    this.#script = script;
    this.#random = random;
    this.#sequence = script.submitSequence ?? [];
    this.#since = now;
  }

  /** What changes from now on; a sequence or outages that `changes` names begin anew. */
  follow(script: Script, changes: Script, now: number): void {
    this.#script = script;
    if ('submitSequence' in changes) {
      this.#sequence = script.submitSequence ?? [];
      this.#done = 0;
    }
    if ('outages' in changes) this.#since = now;
  }

  /** One-shot behaviours for the next calls of this sort. */
  queue(call: Call, behaviours: readonly Behaviour[]): void {
    this.#queues[call].push(...behaviours);
  }

  /** The treatment of the call that has just arrived. */
  next(question: Question, now: number): Treatment {
    const { call, task, wire } = question;
    if (call === 'other') return PLAIN;
    if (call === 'submit') this.#submits += 1;
    const outcome =
      this.#queues[call].shift() ??
      (call === 'submit' ? this.#nextOfSequence() : undefined) ??
      (call === 'submit' && task ? magicOutcome(task) : undefined) ??
      this.#outage(call, now) ??
      this.#failure(call) ??
      (call === 'submit' && task ? ofKind(this.#script.submitOf, task.kind) : undefined) ??
      this.#script[call];
    return outcome === undefined || outcome === 'ok' ? PLAIN : treatmentOf(spelled(outcome, wire));
  }

  #nextOfSequence(): Behaviour | undefined {
    return this.#done < this.#sequence.length ? this.#sequence[this.#done++] : undefined;
  }

  #outage(call: Call, now: number): Behaviour | undefined {
    const elapsedMs = now - this.#since;
    const met = this.#script.outages?.find(
      (outage) => isOn(outage, call, elapsedMs, this.#submits) && this.#draws(outage),
    );
    return met?.behaviour;
  }

  #draws({ share = 1 }: Outage): boolean {
    return share >= 1 || this.#random() < share;
  }

  #failure(call: Call): Behaviour | undefined {
    const { failRate, failWith = FAILURES } = this.#script;
    const rate = typeof failRate === 'object' ? failRate[call] : failRate;
    if (!rate || this.#random() >= rate) return undefined;
    return failWith[Math.floor(this.#random() * failWith.length)];
  }
}

function isOn(outage: Outage, call: Call, elapsedMs: number, submits: number): boolean {
  const {
    afterMs = 0,
    forMs = Number.POSITIVE_INFINITY,
    everyMs = Number.POSITIVE_INFINITY,
    fromTask = 0,
    toTask = Number.POSITIVE_INFINITY,
  } = outage;
  const isMeant = outage.calls?.includes(call) ?? call === 'submit';
  const isTime = elapsedMs >= afterMs && (elapsedMs - afterMs) % everyMs < forMs;
  return isMeant && isTime && submits >= fromTask && submits <= toTask;
}

const SPELLED = {
  'no-slot': 'noSlot',
  'zero-balance': 'zeroBalance',
  'bad-sitekey': 'badSiteKey',
  'bad-page-url': 'badPageUrl',
} as const satisfies Record<SpelledOutcome, keyof Words>;

function spelled(outcome: MagicOutcome, wire: Question['wire']): Behaviour {
  return isSpelled(outcome) ? { code: WORDS[wire][SPELLED[outcome]] } : outcome;
}

function isSpelled(outcome: MagicOutcome): outcome is SpelledOutcome {
  return typeof outcome === 'string' && Object.hasOwn(SPELLED, outcome);
}

/** What a behaviour means. */
export function treatmentOf(behaviour: Behaviour): Treatment {
  if (isDelayed(behaviour)) {
    const { delayMs, behaviour: delayed = 'ok' } = behaviour;
    return { ...treatmentOf(delayed), delayMs };
  }
  if (typeof behaviour === 'string') return { ...PLAIN, ...MANNERS[behaviour] };
  if ('code' in behaviour) return { ...PLAIN, takesEffect: false, refusal: behaviour };
  return { ...PLAIN, accepting: behaviour };
}

function isDelayed(behaviour: Manner | Refusal | Delayed | Accepting): behaviour is Delayed {
  return typeof behaviour === 'object' && 'delayMs' in behaviour;
}
