/** Checks a script that came from outside, and says everything that is wrong with it at once. */
import { type Issue, SolveError } from '../core/errors.js';
import { isKind } from '../core/task.js';
import { FLAVOURS } from '../wire/flavours.js';
import { isObject } from '../wire/values.js';
import { type Act, CALLS, MANNERS, type Outage, type Pace, type Rules, type Script } from './script.js';

type Report = (path: string, message: string) => void;
type Check = (value: unknown, path: string, report: Report) => void;

const atLeast =
  (least: number): Check =>
  (value, path, report) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < least) {
      report(path, `must be a number of at least ${least}`);
    }
  };
const time: Check = (value, path, report) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) report(path, 'must be a number');
};
const whole =
  (least: number): Check =>
  (value, path, report) => {
    const isWhole = Number.isSafeInteger(value) && Number(value) >= least;
    if (!isWhole) report(path, `must be a whole number of at least ${least}`);
  };
const share: Check = (value, path, report) => {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) report(path, 'must be a number from 0 to 1');
};
const flag: Check = (value, path, report) => {
  if (typeof value !== 'boolean') report(path, 'must be true or false');
};
const word: Check = (value, path, report) => {
  const isWord = typeof value === 'string' && /^[\x20-\x7e]{1,200}$/.test(value);
  if (!isWord) report(path, 'must be 1 to 200 printable ASCII characters');
};
const oneOf =
  (...words: readonly string[]): Check =>
  (value, path, report) => {
    if (!words.some((known) => known === value)) report(path, `must be one of ${words.join(', ')}`);
  };
const kindName: Check = (value, path, report) => {
  if (typeof value !== 'string' || !isKind(value)) report(path, 'is not a kind');
};

const listOf =
  (check: Check): Check =>
  (value, path, report) => {
    if (!Array.isArray(value)) return report(path, 'must be a list');
    value.forEach((item: unknown, index) => {
      check(item, `${path}[${index}]`, report);
    });
  };

/** An object with these members and no others; the first `required` of them must be there. */
const members = (checks: Readonly<Record<string, Check>>, required: readonly string[] = []): Check => {
  return (value, path, report) => {
    if (!isObject(value)) return report(path, 'must be an object');
    for (const name of required) if (value[name] === undefined) report(join(path, name), 'is required');
    for (const [name, member] of Object.entries(value)) {
      const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
      if (!check) report(join(path, name), `is not known; here go ${Object.keys(checks).join(', ')}`);
      else if (member !== undefined) check(member, join(path, name), report);
    }
  };
};

const byKind =
  (check: Check, ...also: readonly string[]): Check =>
  (value, path, report) => {
    if (!isObject(value)) return report(path, 'must be an object of kinds');
    for (const [name, member] of Object.entries(value)) {
      if (isKind(name) || also.includes(name)) check(member, join(path, name), report);
      else report(join(path, name), 'is not a kind');
    }
  };

/** The form whose telling member is there decides what else is asked for. */
const formOf =
  (what: string, forms: Readonly<Record<string, Check>>): Check =>
  (value, path, report) => {
    const telling = isObject(value)
      ? Object.keys(forms).find((name) => Object.hasOwn(value, name))
      : undefined;
    if (telling === undefined) return report(path, `must be ${what}`);
    forms[telling]?.(value, path, report);
  };

const refusal = members({ code: word, banMs: atLeast(0) }, ['code']);
const verdict: Check = (value, path, report) => {
  if (typeof value === 'string') return oneOf('solve', 'unsolvable', 'never')(value, path, report);
  members({ code: word }, ['code'])(value, path, report);
};
const accepting = members({ verdict, solveMs: atLeast(0) });
const manners = Object.keys(MANNERS);

/** A behaviour without a delay of its own. */
const prompt: Check = (value, path, report) => {
  if (typeof value === 'string') return oneOf(...manners)(value, path, report);
  formOf(`one of ${manners.join(', ')}, { code } or { verdict, solveMs }`, {
    code: refusal,
    verdict: accepting,
    solveMs: accepting,
  })(value, path, report);
};
const behaviour: Check = (value, path, report) => {
  const isDelayed = isObject(value) && Object.hasOwn(value, 'delayMs');
  if (!isDelayed) return prompt(value, path, report);
  members({ delayMs: atLeast(0), behaviour: prompt })(value, path, report);
};

const solveTime = formOf('{ medianMs, spread }, { fromMs, toMs } or { fixedMs }', {
  medianMs: members({ medianMs: atLeast(0), spread: atLeast(0) }),
  fromMs: members({ fromMs: atLeast(0), toMs: atLeast(0) }, ['toMs']),
  fixedMs: members({ fixedMs: atLeast(0) }),
});

const outage = members(
  {
    afterMs: atLeast(0),
    forMs: atLeast(0),
    everyMs: atLeast(1),
    share,
    fromTask: whole(1),
    toTask: whole(1),
    calls: listOf(oneOf(...CALLS)),
    behaviour,
  } satisfies Record<keyof Outage, Check>,
  ['behaviour'],
);

const pace = { firstPollMs: atLeast(0), pollEveryMs: atLeast(0), maxPolls: whole(1) } satisfies Record<
  keyof Pace,
  Check
>;

const rules = members({
  ...pace,
  ofKind: byKind(members(pace)),
  pollBudget: members({ perTask: atLeast(0), plus: atLeast(0) }, ['perTask', 'plus']),
  balanceEveryMs: atLeast(0),
  pauseAfterNoSlotMs: atLeast(0),
  pauseAfterZeroBalanceMs: atLeast(0),
  maxAuthErrors: whole(0),
  burst: members({ calls: whole(1), withinMs: atLeast(1) }, ['calls', 'withinMs']),
  toleranceMs: atLeast(0),
  graceMs: atLeast(0),
  enforce: oneOf('record', 'ban'),
  banMs: atLeast(0),
  banCode: word,
} satisfies Record<keyof Rules, Check>);

const failRate: Check = (value, path, report) => {
  if (typeof value === 'number') return share(value, path, report);
  members({ submit: share, poll: share, balance: share, report: share })(value, path, report);
};

const changeable = {
  solve: byKind(solveTime, 'default'),
  verdict,
  verdictOf: byKind(verdict),
  unsolvableRate: share,
  submit: behaviour,
  poll: behaviour,
  balance: behaviour,
  report: behaviour,
  submitOf: byKind(behaviour),
  submitSequence: listOf(behaviour),
  outages: listOf(outage),
  failRate,
  failWith: listOf(behaviour),
  balanceUsd: atLeast(0),
  pricesUsdPer1000: byKind(atLeast(0)),
  threads: whole(0),
  kinds: listOf(kindName),
  passes: listOf(word),
  wrongKey: word,
  rules,
  callbacks: listOf(time),
  flavour: oneOf(...Object.keys(FLAVOURS)),
  jsonIds: oneOf('number', 'text', 'uuid'),
  classicIds: oneOf('text', 'number'),
  strictIds: flag,
  inlineImages: flag,
  httpErrors: flag,
  keepResultMs: atLeast(0),
} satisfies Record<keyof Act['changes'], Check>;

const act = members(
  { afterMs: atLeast(0), changes: members(changeable) } satisfies Record<keyof Act, Check>,
  ['afterMs', 'changes'],
);

const script = members({ ...changeable, acts: listOf(act) } satisfies Record<keyof Script, Check>);

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/**
 * A script from untrusted JSON.
 * @throws SolveError `bad_request` with an issue for each fault.
 */
export function parseScript(json: unknown): Script {
  const issues: Issue[] = [];
  script(json, '', (path, message) => issues.push({ path, message }));
  if (issues.length === 0) return json as Script;
  const detail = issues.map(({ path, message }) => `${path || 'the script'} ${message}`).join('; ');
  throw new SolveError('bad_request', { issues, detail });
}
