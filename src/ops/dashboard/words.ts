/** States and causes in the operator's words: what it is, and what to do about it. */
import { list } from './format.js';
import type { Condition, PassedOver, Provider, State } from './wire.js';

export interface StateWords {
  /** A shape of its own, for whoever does not see colours. */
  readonly mark: string;
  readonly word: string;
  readonly tone: 'good' | 'bad' | 'warn' | 'held';
}

export const STATES: Readonly<Record<State, StateWords>> = {
  closed: { mark: '●', word: 'takes tasks', tone: 'good' },
  open: { mark: '■', word: 'takes none', tone: 'bad' },
  'half-open': { mark: '◐', word: 'being tried', tone: 'warn' },
  ramping: { mark: '◔', word: 'coming back', tone: 'warn' },
  'held-out': { mark: '▲', word: 'held out', tone: 'held' },
};

const SOME: StateWords = { mark: '◐', word: 'takes some kinds', tone: 'warn' };

/** An account whose kinds are all closed takes nothing, whatever it is called itself. */
export function stateOf({ state, kinds }: Provider): StateWords {
  const closed = kinds.filter((kind) => kind.state === 'open' || kind.state === 'half-open');
  if (state !== 'closed' || closed.length === 0)
    return STATES[state] ?? { mark: '?', word: state, tone: 'warn' };
  if (closed.length < kinds.length) return SOME;
  return STATES[closed.every((kind) => kind.state === 'half-open') ? 'half-open' : 'open'];
}

interface CauseWords {
  /** Goes on after the provider's name. */
  readonly what: string;
  readonly short: string;
  readonly advice: string;
}

const CAUSES: Readonly<Record<string, CauseWords>> = {
  zero_balance: {
    what: 'is out of money',
    short: 'no money',
    advice: 'Top up the account. It is let in by itself as soon as a balance check shows money.',
  },
  auth: {
    what: 'refuses the key',
    short: 'wrong key',
    advice: 'Correct its apiKey in the config, then let it in.',
  },
  banned: {
    what: 'has banned this gateway',
    short: 'banned',
    advice: 'Nothing while it lasts: no call is made. If it comes again, ask the service why.',
  },
  rate_limited: {
    what: 'wants fewer calls',
    short: 'too many calls',
    advice: 'Nothing: it is left alone for the time it stated.',
  },
  no_slot: {
    what: 'has no free worker',
    short: 'no slot',
    advice: 'Nothing: it is tried again by itself. If it lasts, raise your bid or limit there.',
  },
  timeout: {
    what: 'does not answer',
    short: 'no answer',
    advice: 'Look at its status page and at your network. It is tried again by itself.',
  },
  bad_reply: {
    what: 'answers nonsense',
    short: 'nonsense',
    advice: 'Look at its status page: something in front of it may be down. It is tried again by itself.',
  },
  internal: {
    what: 'fails on its own side',
    short: 'its own fault',
    advice: 'Look at its status page. It is tried again by itself.',
  },
  unsupported: {
    what: 'does not take this kind',
    short: 'not taken',
    advice: 'Take the kind out of its kinds in the config, if it stays that way.',
  },
};

type Trouble = Pick<Condition, 'state' | 'cause'> & { readonly kinds?: readonly string[] };

/** What is wrong, to go on after the provider's name; `kinds` where it is not about all of them. */
export function whatIsWrong({ state, cause, kinds = [] }: Trouble): string {
  if (state === 'held-out') return 'is held out by you';
  const about = kinds.length > MOST_NAMED ? `${kinds.length} kinds` : list(kinds.map(kindName));
  const where = kinds.length === 0 ? '' : ` for ${about}`;
  if (state === 'half-open') return `is being tried again${where} (${shortCause(cause ?? 'no reason told')})`;
  const words = cause === null ? undefined : causeWords(cause);
  return `${words?.what ?? `takes no tasks (${cause ?? 'no reason told'})`}${where}`;
}

/** More kinds than that are counted, not named. */
const MOST_NAMED = 3;

/** What else is to be known of why: CaptchaAI says "no money" where every thread is taken. */
export function explain(cause: string | null, upstreamCode: string | null): string {
  const isThreads = cause === 'no_slot' && upstreamCode === 'ERROR_ZERO_BALANCE';
  return isThreads ? ', but its balance shows money: read as no free thread' : '';
}

/** The cause in two words. */
export function shortCause(cause: string): string {
  return causeWords(cause)?.short ?? cause;
}

export function adviceOn({ state, cause }: Pick<Condition, 'state' | 'cause'>): string {
  if (state === 'held-out') return 'Let it in when you are done.';
  const known = cause === null ? undefined : causeWords(cause);
  return known?.advice ?? 'See its story and the log.';
}

function causeWords(cause: string): CauseWords | undefined {
  return Object.hasOwn(CAUSES, cause) ? CAUSES[cause] : undefined;
}

/** What new tasks wait for where nobody takes one at once; null where waiting is no use. */
export function waitsFor(passedOver: readonly PassedOver[]): string | null {
  if (passedOver.some(({ why }) => why === 'all threads are busy')) return 'a free thread';
  return passedOver.some(({ why }) => why.endsWith('and being tried')) ? 'a try that is under way' : null;
}

/** Why somebody is passed over, from the router's words into the operator's. */
export function saidWhy(why: string): string {
  const [, scope, cause, rest] = /^(\w+) open: (.*?) ((?:until|and being tried).*)$/s.exec(why) ?? [];
  if (scope === undefined || cause === undefined || rest === undefined) return why;
  if (scope === 'operator') return `held out by you: ${cause}`;
  return `${shortCause(cause)}${rest.startsWith('and') ? ', and' : ''} ${rest.replace(/^and /, '')}`;
}

const CALLERS: Readonly<Record<string, string>> = {
  submit: 'when a task was handed in',
  poll: 'when a result was asked for',
  balance: 'when the balance was asked for',
  threads: 'when the threads were asked for',
  report: 'when an answer was reported',
  operator: 'by an operator',
  replica: 'by another replica',
  time: 'by time',
};

/** On what occasion something was closed or opened. */
export function occasion(by: string): string {
  return Object.hasOwn(CALLERS, by) ? (CALLERS[by] ?? by) : by;
}

const KIND_PARTS: Readonly<Record<string, string>> = {
  recaptcha: 'reCAPTCHA',
  hcaptcha: 'hCaptcha',
  geetest: 'GeeTest',
  funcaptcha: 'FunCaptcha',
  aws: 'AWS',
  waf: 'WAF',
};

/** A kind as people write it: `recaptcha_v2_enterprise` is reCAPTCHA v2 enterprise. */
export function kindName(kind: string): string {
  if (kind.includes(':')) return kind;
  const words = kind.split('_').map((part) => (Object.hasOwn(KIND_PARTS, part) ? KIND_PARTS[part] : part));
  const text = words.join(' ');
  return text.charAt(0) === 'r' || text.charAt(0) === 'h'
    ? text
    : text.charAt(0).toUpperCase() + text.slice(1);
}

/** What stands before and after the first mention of a name that is a word of its own. */
export function partsAround(name: string, text: string): readonly [string, string] | undefined {
  for (let start = text.indexOf(name); start >= 0; start = text.indexOf(name, start + 1)) {
    const end = start + name.length;
    const [before, after] = [text.slice(0, start), text.slice(end)];
    if (!/[\w.-]$/.test(before) && !/^(?:[\w-]|\.\w)/.test(after)) return [before, after];
  }
  return undefined;
}
