/** The rules that services publish, enforced: breaking one is counted, and banned where the script says so. */
import type { TaskKind } from '../core/task.js';
import type { AcceptedTask } from './accepted-task.js';
import type { Answer, Question, WireName } from './question.js';
import { Ring } from './ring.js';
import { type Call, ofKind, type Rules } from './script.js';
import { meaningOf } from './words.js';

/** Each rule, and what a ban for breaking it is called on either of the old wires. */
// biome-ignore format: a table is read by its columns
const BAN_WORDS = {
  'first-poll':         { classic: 'ERROR: 1005',   json: 'ERROR_IP_BLOCKED' },
  'poll-floor':         { classic: 'ERROR: 1005',   json: 'ERROR_IP_BLOCKED' },
  'poll-count':         { classic: 'ERROR: 1005',   json: 'ERROR_IP_BLOCKED' },
  'poll-budget':        { classic: 'ERROR: 1005',   json: 'ERROR_IP_BLOCKED' },
  'balance-floor':      { classic: 'ERROR: 1005',   json: 'ERROR_IP_BLOCKED' },
  'no-slot-pause':      { classic: 'ERROR: 1001',   json: 'ERROR_IP_BLOCKED' },
  'zero-balance-pause': { classic: 'ERROR: 1002',   json: 'ERROR_IP_BLOCKED' },
  'auth-errors':        { classic: 'IP_BANNED',     json: 'ERROR_IP_BLOCKED' },
  'burst':              { classic: 'MAX_USER_TURN', json: 'ERROR_RATE_LIMIT' },
  'call-during-ban':    { classic: 'ERROR: 1005',   json: 'ERROR_IP_BLOCKED' },
} as const satisfies Record<string, Readonly<Partial<Record<WireName, string>>>>;

/** Wires on which every ban is called alike. */
const BANNED = { deathbycaptcha: 'banned', bestcaptchasolver: 'Your account is banned' } as const;

export type Rule = keyof typeof BAN_WORDS;

/** One rule broken by one call. */
export interface Violation {
  readonly rule: Rule;
  readonly call: Call;
  readonly at: number;
  readonly kind: TaskKind | undefined;
  readonly upstreamId: string | number | undefined;
  /** By how much: `after 3 ms instead of 50`. */
  readonly detail: string;
}

interface Ban {
  readonly since: number;
  readonly until: number;
  readonly words: Readonly<Record<WireName, string>>;
}

/** A ban that is called alike on every wire. */
export function sameWord(word: string): Ban['words'] {
  return { classic: word, json: word, deathbycaptcha: word, bestcaptchasolver: word };
}

/** A call that is judged: what it asks, when it came, and the tasks it names. */
export interface Judged {
  readonly question: Question;
  readonly call: Call;
  readonly tasks: readonly AcceptedTask[];
  readonly now: number;
}

const BAN_MS = 600_000;
const TOLERANCE_MS = 2;
const GRACE_MS = 20;
const MOST_VIOLATIONS = 10_000;

export class RuleBook {
  readonly #violations = new Ring<Violation>(MOST_VIOLATIONS);
  readonly #counts = new Map<Rule, number>();
  readonly #noSlotAt = new Map<TaskKind, number>();
  #callsAt: number[] = [];
  #rules: Rules;
  #ban: Ban | undefined;
  #zeroBalanceAt = Number.NEGATIVE_INFINITY;
  #balanceAt = Number.NEGATIVE_INFINITY;
  #authErrors = 0;
  #accepted = 0;
  #polls = 0;

  constructor(rules: Rules = {}) {
    this.#rules = rules;
  }

  follow(rules: Rules = {}): void {
    this.#rules = rules;
  }

  /** The latest 10,000, oldest first. */
  violations(): readonly Violation[] {
    return this.#violations.list();
  }

  /** How often each rule was broken. */
  counts(): Readonly<Partial<Record<Rule, number>>> {
    return Object.fromEntries(this.#counts);
  }

  /** Bans the caller from `since` on. */
  ban(since: number, banMs: number, words: Ban['words']): void {
    this.#ban = { since, until: since + banMs, words };
  }

  /** Judges a call as it arrives; the word returned refuses it. */
  judge(judged: Judged): string | undefined {
    const { question, now } = judged;
    if (this.#ban && now >= this.#ban.since && now < this.#ban.until) {
      const { since, until, words } = this.#ban;
      const isExcused = now - since <= (this.#rules.graceMs ?? GRACE_MS);
      if (!isExcused) this.#note(judged, 'call-during-ban', `${until - now} ms before it ends`);
      return words[question.wire];
    }
    const broken = [
      this.#judgeBurst(judged),
      judged.call === 'poll' ? this.#judgeBudget(judged) : undefined,
      ...judged.tasks.map((task) => (judged.call === 'poll' ? this.#judgePoll(judged, task) : undefined)),
      judged.call === 'balance' && !judged.question.isAboutThreads ? this.#judgeBalance(judged) : undefined,
      judged.call === 'submit' ? this.#judgePauses(judged) : undefined,
    ].find((rule) => rule !== undefined);
    return broken && this.#punish(broken, judged);
  }

  /** Learns what the caller has to keep from `heardAt` on; the word returned replaces the answer. */
  learn(judged: Judged, answer: Answer, heardAt: number): string | undefined {
    const { question, call } = judged;
    if (call !== 'submit') return undefined;
    if (answer.status === 'accepted') this.#accepted += 1;
    const meaning = answer.status === 'refused' ? meaningOf(question.wire, answer.code) : undefined;
    if (meaning === 'no_slot' && question.task) this.#noSlotAt.set(question.task.kind, heardAt);
    if (meaning === 'zero_balance') this.#zeroBalanceAt = heardAt;
    this.#authErrors = meaning === 'auth' ? this.#authErrors + 1 : 0;
    const { maxAuthErrors = Number.POSITIVE_INFINITY } = this.#rules;
    if (this.#authErrors <= maxAuthErrors) return undefined;
    this.#note(judged, 'auth-errors', `${this.#authErrors} submits in a row with a wrong key`);
    return this.#punish('auth-errors', judged);
  }

  #judgePoll(judged: Judged, task: AcceptedTask): Rule | undefined {
    const pace = ofKind(this.#rules.ofKind, task.task.kind);
    const firstPollMs = pace?.firstPollMs ?? this.#rules.firstPollMs;
    const pollEveryMs = pace?.pollEveryMs ?? this.#rules.pollEveryMs;
    const { maxPolls = Number.POSITIVE_INFINITY } = { ...this.#rules, ...pace };
    const { lastPollAt = Number.NEGATIVE_INFINITY } = task;
    task.polls += 1;
    task.lastPollAt = judged.now;
    const isOver = task.polls > maxPolls;
    if (isOver) this.#note(judged, 'poll-count', `poll ${task.polls} of ${maxPolls}`, task);
    return (
      this.#timed(judged, 'first-poll', task.acceptedAt, firstPollMs, task) ??
      this.#timed(judged, 'poll-floor', lastPollAt, pollEveryMs, task) ??
      (isOver ? 'poll-count' : undefined)
    );
  }

  #judgeBudget(judged: Judged): Rule | undefined {
    this.#polls += 1;
    const { perTask, plus } = this.#rules.pollBudget ?? { perTask: 0, plus: Number.POSITIVE_INFINITY };
    const budget = perTask * this.#accepted + plus;
    if (this.#polls <= budget) return undefined;
    this.#note(judged, 'poll-budget', `poll ${this.#polls} of ${budget}`);
    return 'poll-budget';
  }

  #judgeBalance(judged: Judged): Rule | undefined {
    const lastAt = this.#balanceAt;
    this.#balanceAt = judged.now;
    return this.#timed(judged, 'balance-floor', lastAt, this.#rules.balanceEveryMs);
  }

  /** A submit that left before its caller heard of the refusal is excused. */
  #judgePauses(judged: Judged): Rule | undefined {
    const { pauseAfterNoSlotMs, pauseAfterZeroBalanceMs, graceMs = GRACE_MS } = this.#rules;
    const { question, now } = judged;
    const noSlotAt = (question.task && this.#noSlotAt.get(question.task.kind)) ?? Number.NEGATIVE_INFINITY;
    const hasHeard = (at: number) => now - at > graceMs;
    return (
      (hasHeard(noSlotAt) ? this.#timed(judged, 'no-slot-pause', noSlotAt, pauseAfterNoSlotMs) : undefined) ??
      (hasHeard(this.#zeroBalanceAt)
        ? this.#timed(judged, 'zero-balance-pause', this.#zeroBalanceAt, pauseAfterZeroBalanceMs)
        : undefined)
    );
  }

  #judgeBurst(judged: Judged): Rule | undefined {
    const { burst } = this.#rules;
    if (!burst) return undefined;
    this.#callsAt.push(judged.now);
    this.#callsAt = this.#callsAt.filter((at) => judged.now - at < burst.withinMs);
    if (this.#callsAt.length <= burst.calls) return undefined;
    this.#note(judged, 'burst', `${this.#callsAt.length} calls in ${burst.withinMs} ms`);
    return 'burst';
  }

  /** Notes a violation when less than `leastMs` have passed since `since`. */
  #timed(
    judged: Judged,
    rule: Rule,
    since: number,
    leastMs: number | undefined,
    task?: AcceptedTask,
  ): Rule | undefined {
    const { toleranceMs = TOLERANCE_MS } = this.#rules;
    const passedMs = judged.now - since;
    if (leastMs === undefined || passedMs >= leastMs - toleranceMs) return undefined;
    this.#note(judged, rule, `after ${passedMs} ms instead of ${leastMs}`, task);
    return rule;
  }

  #punish(rule: Rule, { question, now }: Judged): string | undefined {
    const { enforce, banMs = BAN_MS, banCode } = this.#rules;
    if (enforce !== 'ban') return undefined;
    const words = banCode === undefined ? { ...BAN_WORDS[rule], ...BANNED } : sameWord(banCode);
    this.ban(now, banMs, words);
    return words[question.wire];
  }

  #note({ question, call, now, tasks }: Judged, rule: Rule, detail: string, task = tasks[0]): void {
    const kind = task?.task.kind ?? question.task?.kind;
    this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + 1);
    this.#violations.push({ rule, call, at: now, kind, upstreamId: task?.upstreamId, detail });
  }
}
