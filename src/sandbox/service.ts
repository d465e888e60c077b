/** The service behind the door: judges a call, treats it as scripted, asks the account, and keeps the books. */
import type { Clock } from '../core/clock.js';
import type { UpstreamId } from '../core/provider.js';
import type { Task } from '../core/task.js';
import type { AcceptedTask, SandboxTask } from './accepted-task.js';
import { ServiceAccount } from './account.js';
import { type PlannedCall, plannedCalls } from './callback.js';
import { Choice, type Treatment } from './choice.js';
import { Programme } from './programme.js';
import { type Answer, type Question, type Reply, refused } from './question.js';
import { seededRandom } from './random.js';
import type { SentRequest } from './request.js';
import { Ring } from './ring.js';
import { type Judged, type Rule, RuleBook, sameWord, type Violation } from './rules.js';
import type { Behaviour, Call, Delivery, Script } from './script.js';
import { readQuestion } from './wires.js';

/** One request and what was said to it. */
export interface SandboxRequest {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** `other` for a path or a body that no wire knows. */
  readonly call: Call | 'other';
  readonly key: string;
  readonly task: Task | undefined;
  readonly upstreamIds: readonly UpstreamId[];
  /** `accepted 70000000001`, `pending`, the word of a refusal; undefined when it broke off before that. */
  readonly answer: string | undefined;
  /** How that went over the wire. */
  readonly delivery: Delivery;
}

/** The books since the sandbox was opened or reset. */
export interface SandboxStats {
  readonly calls: Readonly<Record<Call, number>>;
  readonly accepted: number;
  /** Refusals by word; a poll that is not ready is none. */
  readonly refused: Readonly<Record<string, number>>;
  /** Answers that were not delivered whole, by what became of them. */
  readonly broken: Readonly<Partial<Record<Delivery, number>>>;
  /** Tasks whose solution was given out. */
  readonly solved: number;
  readonly inFlight: number;
  readonly balanceUsd: number;
  readonly spentUsd: number;
  /** Accepted submits of each task that is kept, by `fingerprintOf(task)`. */
  readonly bought: ReadonlyMap<string, number>;
  /** Fingerprints with more than one, also of tasks that are not kept any more. */
  readonly boughtTwice: readonly string[];
  readonly violations: Readonly<Partial<Record<Rule, number>>>;
}

export interface ServiceOptions {
  readonly keys: readonly string[] | undefined;
  readonly script: Script;
  readonly seed: number;
  readonly clock: Clock;
  /** How many of the latest requests are kept. */
  readonly keepRequests: number;
  readonly keepTasks: number;
}

/** An answer and how it is to be sent. */
export interface Sending {
  readonly reply: Reply;
  readonly delivery: Delivery;
  readonly delayMs: number;
  /** What the service calls of its own accord, because of this request. */
  readonly calls: readonly PlannedCall[];
}

const PROMPT = { delivery: 'whole', delayMs: 0 } as const;
const NOTHING: Reply = { status: 200, type: 'text/plain', body: '' };

export class Service {
  readonly #clock: Clock;
  readonly #account: ServiceAccount;
  readonly #choice: Choice;
  readonly #rules: RuleBook;
  readonly #requests: Ring<SandboxRequest>;
  #programme: Programme;
  readonly #calls: Record<Call, number> = { submit: 0, poll: 0, balance: 0, report: 0 };
  readonly #refused = new Map<string, number>();
  readonly #broken = new Map<Delivery, number>();
  #accepted = 0;
  #script: Script;

  constructor({ keys, script, seed, clock, keepRequests, keepTasks }: ServiceOptions) {
    const random = seededRandom(seed);
    this.#clock = clock;
    this.#script = script;
    this.#account = new ServiceAccount({ keys, keepTasks, script, random });
    this.#choice = new Choice(script, random, clock.now());
    this.#rules = new RuleBook(script.rules);
    this.#requests = new Ring(keepRequests);
    this.#programme = new Programme(script.acts, clock.now());
  }

  set(changes: Script): void {
    const now = this.#clock.now();
    this.#playActs(now);
    this.#change(changes, now);
    if ('acts' in changes) this.#programme = new Programme(changes.acts, now);
  }

  /** What changes begins at its own time, though nobody called just then. */
  #playActs(now: number): void {
    for (let act = this.#programme.next(now); act; act = this.#programme.next(now))
      this.#change(act.changes, act.at);
  }

  #change(changes: Script, at: number): void {
    this.#script = { ...this.#script, ...changes };
    this.#account.follow(this.#script, changes);
    this.#choice.follow(this.#script, changes, at);
    this.#rules.follow(this.#script.rules);
  }

  queue(call: Call, behaviours: readonly Behaviour[]): void {
    this.#choice.queue(call, behaviours);
  }

  tasks(): readonly SandboxTask[] {
    return this.#account.list();
  }

  requests(): readonly SandboxRequest[] {
    return this.#requests.list();
  }

  violations(): readonly Violation[] {
    return this.#rules.violations();
  }

  stats(): SandboxStats {
    this.#playActs(this.#clock.now());
    const { bought, boughtTwice, delivered, balanceUsd, spentUsd } = this.#account;
    return {
      calls: { ...this.#calls },
      accepted: this.#accepted,
      refused: Object.fromEntries(this.#refused),
      broken: Object.fromEntries(this.#broken),
      solved: delivered,
      inFlight: this.#account.inFlight(this.#clock.now()),
      balanceUsd,
      spentUsd,
      bought,
      boughtTwice,
      violations: this.#rules.counts(),
    };
  }

  /** What to send to this request. */
  receive(request: SentRequest): Sending {
    const now = this.#clock.now();
    this.#playActs(now);
    const { httpErrors = false, flavour } = this.#script;
    const question = readQuestion(request, { httpErrors, flavour });
    const { call } = question;
    const arrival = { request, question, now };
    if (call === 'other') return this.#send(arrival, unasked(question), PROMPT);
    this.#calls[call] += 1;
    const judged: Judged = { question, call, tasks: this.#tasksOf(question), now };
    const banned = this.#rules.judge(judged);
    if (banned !== undefined) return this.#send(arrival, refused(banned), PROMPT);
    const treatment = this.#choice.next(question, now);
    return this.#send(arrival, this.#answer(judged, treatment), treatment);
  }

  #tasksOf({ call, upstreamIds }: Question): readonly AcceptedTask[] {
    if (call !== 'poll' && call !== 'report') return [];
    return upstreamIds
      .map((upstreamId) => this.#account.find(upstreamId))
      .filter((task) => task !== undefined);
  }

  /** Undefined when the call goes wrong before anybody is asked. */
  #answer(judged: Judged, { takesEffect, refusal, accepting, delayMs }: Treatment): Answer | undefined {
    const { question, now } = judged;
    if (!takesEffect && !refusal) return undefined;
    const answer = refusal ? refused(refusal.code) : this.#account.answer(question, accepting, now);
    if (answer.status === 'accepted') this.#accepted += 1;
    const heardAt = now + delayMs;
    if (refusal?.banMs !== undefined) {
      this.#rules.ban(heardAt, refusal.banMs, sameWord(refusal.code));
    }
    const replaced = this.#rules.learn(judged, answer, heardAt);
    return replaced === undefined ? answer : refused(replaced);
  }

  #callsFor(answer: Answer | undefined): readonly PlannedCall[] {
    const { callbacks = [], flavour } = this.#script;
    if (answer?.status !== 'accepted' || answer.isSolved) return [];
    return plannedCalls(answer.task, callbacks, flavour);
  }

  #send(
    { request, question, now }: Arrival,
    answer: Answer | undefined,
    how: Pick<Sending, 'delivery' | 'delayMs'>,
  ) {
    const { delivery, delayMs } = how;
    if (answer?.status === 'refused') count(this.#refused, answer.code);
    if (delivery !== 'whole') count(this.#broken, delivery);
    if (this.#requests.size > 0) {
      const { method, path } = request;
      const { call, key, task, upstreamIds } = question;
      const said = { answer: summary(answer), delivery };
      this.#requests.push({ at: now, method, path, call, key, task, upstreamIds, ...said });
    }
    return {
      reply: answer ? question.say(answer) : NOTHING,
      delivery,
      delayMs,
      calls: this.#callsFor(answer),
    };
  }
}

interface Arrival {
  readonly request: SentRequest;
  readonly question: Question;
  readonly now: number;
}

/** What is said to a call that no account has to be asked for. */
function unasked({ fault }: Question): Answer {
  return fault === undefined ? { status: 'recorded' } : refused(fault);
}

function count<Name>(counts: Map<Name, number>, name: Name): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function summary(answer: Answer | undefined): string | undefined {
  if (answer?.status === 'refused') return answer.code;
  if (answer?.status !== 'accepted' && answer?.status !== 'solved') return answer?.status;
  return `${answer.status} ${answer.task.upstreamId}`;
}
