/** The account behind a sandbox: what it takes, what it charges, and what it knows of its tasks. */
import type { UpstreamId } from '../core/provider.js';
import { factsOf, isKind, type Task, type TaskKind } from '../core/task.js';
import { AcceptedTask } from './accepted-task.js';
import { fingerprintOf } from './fingerprint.js';
import { type Answer, type Question, refused } from './question.js';
import { drawSolveMs, type Random } from './random.js';
import { type Accepting, ofKind, type Script, type SolveTime, type Verdict } from './script.js';
import { priceUsdPer1000 } from './solution.js';
import { WORDS, type Words } from './words.js';

const BALANCE_USD = 10_000;
const SOLVE_TIME: SolveTime = { medianMs: 50 };
/** Beyond 32 bits, as the services' own are. */
const FIRST_SERIAL = 70_000_000_001;
/** Money is counted in whole billionths, so that three times a third is one. */
const UNITS_PER_USD = 1e9;

export interface AccountOptions {
  /** Keys that are accepted; any that is not empty when absent. */
  readonly keys: readonly string[] | undefined;
  /** At least this many of the latest tasks are kept, and at most twice as many. */
  readonly keepTasks: number;
  readonly script: Script;
  readonly random: Random;
}

export class ServiceAccount {
  readonly #options: AccountOptions;
  readonly #keys: ReadonlySet<string> | undefined;
  /** Two generations, so that forgetting the oldest costs nothing per submit. */
  #tasks = new Map<string, AcceptedTask>();
  #olderTasks = new Map<string, AcceptedTask>();
  readonly #open = new Set<AcceptedTask>();
  #bought = new Map<string, number>();
  #boughtBefore = new Map<string, number>();
  readonly #boughtTwice = new Set<string>();
  #script: Script;
  #balance: number;
  #spent = 0;
  #delivered = 0;
  #serial = FIRST_SERIAL;
  #sweepAtSize = 1_024;

  constructor(options: AccountOptions) {
    this.#options = options;
    this.#keys = options.keys && new Set(options.keys);
    this.#script = options.script;
    this.#balance = toUnits(options.script.balanceUsd ?? BALANCE_USD);
  }

  /** What changes from now on; a balance that `changes` names is the new balance. */
  follow(script: Script, changes: Script): void {
    this.#script = script;
    if (changes.balanceUsd !== undefined) this.#balance = toUnits(changes.balanceUsd);
  }

  /** To the thousandth of a cent, as services tell it. */
  get balanceUsd(): number {
    return Number((this.#balance / UNITS_PER_USD).toFixed(5));
  }

  get spentUsd(): number {
    return this.#spent / UNITS_PER_USD;
  }

  /** Tasks whose solution was given out. */
  get delivered(): number {
    return this.#delivered;
  }

  /** Accepted submits of each task that is kept, by fingerprint. */
  get bought(): ReadonlyMap<string, number> {
    return new Map([...this.#boughtBefore, ...this.#bought]);
  }

  /** Fingerprints that were accepted more than once. */
  get boughtTwice(): readonly string[] {
    return [...this.#boughtTwice];
  }

  /** Tasks being worked on at `now`. */
  inFlight(now: number): number {
    this.#sweep(now);
    return this.#open.size;
  }

  list(): AcceptedTask[] {
    return [...this.#olderTasks.values(), ...this.#tasks.values()];
  }

  /** The task of this id, if it is kept and known in this JSON type. */
  find(upstreamId: UpstreamId): AcceptedTask | undefined {
    const id = String(upstreamId);
    const task = this.#tasks.get(id) ?? this.#olderTasks.get(id);
    if (!task || !this.#script.strictIds || task.wire !== 'json') return task;
    return typeof upstreamId === typeof task.upstreamId ? task : undefined;
  }

  /** Does what is asked and says what came of it. */
  answer(question: Question, accepting: Accepting, now: number): Answer {
    const { wire, call, task, fault } = question;
    const words = WORDS[wire];
    const refusal = this.#refusesKey(question, words);
    if (refusal !== undefined) return refused(refusal);
    if (fault !== undefined) return refused(fault);
    if (question.isAboutThreads) return this.#tellThreads(words, now);
    if (call === 'balance') return { status: 'balance', balanceUsd: this.balanceUsd };
    if (call === 'report') return this.#report(question, words, now);
    if (call === 'submit' && task) return this.#submit(question, task, accepting, now);
    const answers = question.upstreamIds.map((upstreamId) => this.#poll(upstreamId, words, now));
    const [first] = answers;
    return first && answers.length === 1 ? first : { status: 'several', answers };
  }

  /** Only services that sell threads know the question. */
  #tellThreads(words: Words, now: number): Answer {
    const { threads } = this.#script;
    if (threads === undefined) return refused(words.unknownAction);
    return { status: 'threads', threads, working: this.inFlight(now) };
  }

  #refusesKey({ key, isOpen }: Question, words: Words): string | undefined {
    if (isOpen) return undefined;
    if (key === '') return words.keyMissing;
    return this.#keys?.has(key) === false ? (this.#script.wrongKey ?? words.keyUnknown) : undefined;
  }

  #submit(question: Question, task: Task, accepting: Accepting, now: number): Answer {
    const { wire } = question;
    const words = WORDS[wire];
    const { pricesUsdPer1000, threads } = this.#script;
    if (!this.#takes(task.kind)) return refused(words.unsupported);
    const price = toUnits((ofKind(pricesUsdPer1000, task.kind) ?? priceUsdPer1000(task.kind)) / 1_000);
    if (this.#balance < price || this.#balance === 0) return refused(words.zeroBalance);
    const isFull = threads !== undefined && this.#open.size >= threads && this.inFlight(now) >= threads;
    if (isFull) return refused(words.noSlot);
    const verdict = accepting.verdict ?? this.#drawVerdict(task);
    const isImage = factsOf(task.kind).group === 'image';
    const isSolved = wire === 'json' && isImage && this.#script.inlineImages === true && verdict === 'solve';
    const accepted = this.#accept(question, task, {
      verdict,
      // As on services that charge when they accept and refund what they could not solve.
      cost: verdict === 'solve' ? price : 0,
      acceptedAt: now,
      readyAt: isSolved ? now : this.#readyAt(task, verdict, accepting, now),
    });
    if (isSolved) this.#deliver(accepted, now);
    return { status: 'accepted', task: accepted, isSolved };
  }

  /** A service knows what it solves: a name that is no kind of ours has to be in the script. */
  #takes(kind: TaskKind): boolean {
    const { kinds, passes = [] } = this.#script;
    if (isKind(kind)) return kinds?.includes(kind) ?? true;
    const name = kind.slice(kind.indexOf(':') + 1);
    return passes.some((passed) => passed.toLowerCase() === name);
  }

  #accept({ wire, type, callbackUrl }: Question, task: Task, { cost, ...facts }: Bargain): AcceptedTask {
    const serial = this.#serial++;
    const upstreamId = this.#idOf(wire, serial, task);
    const costUsd = cost / UNITS_PER_USD;
    const fingerprint = fingerprintOf(task);
    const asked = { wire, task, type, fingerprint, callbackUrl };
    const accepted = new AcceptedTask({ ...facts, ...asked, serial, upstreamId, costUsd });
    this.#tasks.set(String(upstreamId), accepted);
    this.#open.add(accepted);
    this.#countPurchase(fingerprint);
    this.#balance -= cost;
    this.#spent += cost;
    this.#forgetOldest();
    if (this.#open.size >= this.#sweepAtSize) this.#sweep(facts.acceptedAt);
    return accepted;
  }

  #countPurchase(fingerprint: string): void {
    const before = this.#bought.get(fingerprint) ?? this.#boughtBefore.get(fingerprint) ?? 0;
    this.#bought.set(fingerprint, before + 1);
    if (before > 0) this.#boughtTwice.add(fingerprint);
  }

  #idOf(wire: Question['wire'], serial: number, task: Task): string | number {
    if (wire === 'classic') return this.#classicId(serial, task);
    return wire === 'json' ? this.#jsonId(serial) : serial;
  }

  #classicId(serial: number, task: Task): string | number {
    const isNumber = this.#script.classicIds === 'number' && task.kind.startsWith('recaptcha');
    return isNumber ? serial : String(serial);
  }

  #jsonId(serial: number): string | number {
    const { jsonIds = 'number' } = this.#script;
    if (jsonIds === 'number') return serial;
    if (jsonIds === 'text') return String(serial);
    return `5a4db0c5-0000-4000-8000-${serial.toString(16).padStart(12, '0')}`;
  }

  #drawVerdict(task: Task): Verdict {
    const { unsolvableRate = 0, verdictOf, verdict = 'solve' } = this.#script;
    if (unsolvableRate > 0 && this.#options.random() < unsolvableRate) return 'unsolvable';
    return ofKind(verdictOf, task.kind) ?? verdict;
  }

  #readyAt(task: Task, verdict: Verdict, accepting: Accepting, now: number): number {
    if (verdict === 'never') return Number.POSITIVE_INFINITY;
    const { solve } = this.#script;
    const time = ofKind(solve, task.kind) ?? solve?.default ?? SOLVE_TIME;
    return now + (accepting.solveMs ?? drawSolveMs(time, this.#options.random));
  }

  #poll(upstreamId: UpstreamId, words: Words, now: number): Answer {
    const task = this.#kept(upstreamId, now);
    if (!task) return refused(isIdOfAnyForm(upstreamId) ? words.notFound : words.wrongIdForm);
    if (now < task.readyAt) return { status: 'pending' };
    if (typeof task.verdict === 'object') return refused(task.verdict.code);
    if (task.verdict !== 'solve') return refused(words.unsolvable);
    this.#deliver(task, now);
    return { status: 'solved', task };
  }

  #report({ upstreamIds, isGood }: Question, words: Words, now: number): Answer {
    const task = this.#kept(upstreamIds[0], now);
    if (!task) return refused(isIdOfAnyForm(upstreamIds[0]) ? words.notFound : words.wrongIdForm);
    if (now < task.readyAt && words.reportedEarly !== null) return refused(words.reportedEarly);
    if (task.report !== undefined && words.reportedBefore !== null) return refused(words.reportedBefore);
    task.report ??= isGood ? 'good' : 'bad';
    return { status: 'recorded' };
  }

  #kept(upstreamId: UpstreamId | undefined, now: number): AcceptedTask | undefined {
    const task = upstreamId === undefined ? undefined : this.find(upstreamId);
    const { keepResultMs = Number.POSITIVE_INFINITY } = this.#script;
    return task && now - task.readyAt <= keepResultMs ? task : undefined;
  }

  #deliver(task: AcceptedTask, now: number): void {
    if (task.deliveredAt !== undefined) return;
    task.deliveredAt = now;
    this.#delivered += 1;
  }

  /** Lets go of tasks that are done; sweeping at twice the size keeps the cost per submit constant. */
  #sweep(now: number): void {
    for (const task of this.#open) if (task.readyAt <= now) this.#open.delete(task);
    this.#sweepAtSize = 1_024 + 2 * this.#open.size;
  }

  #forgetOldest(): void {
    if (this.#tasks.size < this.#options.keepTasks) return;
    this.#olderTasks = this.#tasks;
    this.#tasks = new Map();
    this.#boughtBefore = this.#bought;
    this.#bought = new Map();
  }
}

interface Bargain {
  readonly verdict: Verdict;
  readonly cost: number;
  readonly acceptedAt: number;
  readonly readyAt: number;
}

function toUnits(usd: number): number {
  return Math.round(usd * UNITS_PER_USD);
}

/** Digits, or a UUID: anything else was never given out. */
function isIdOfAnyForm(upstreamId: unknown): boolean {
  return /^(\d{1,20}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(String(upstreamId));
}
