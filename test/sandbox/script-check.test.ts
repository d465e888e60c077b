/** A script from a file: everything that is wrong with it is said at once, and what is right runs. */
import { expect, it } from 'vitest';
import { SolveError } from '../../src/core/errors.js';
import { parseScript, type Script } from '../../src/sandbox/sandbox.js';

/** One of everything. */
const WHOLE = {
  solve: {
    default: { medianMs: 50, spread: 0.2 },
    recaptcha_v2: { fromMs: 1, toMs: 2 },
    turnstile: { fixedMs: 3 },
  },
  verdict: 'solve',
  verdictOf: { hcaptcha: 'never', funcaptcha: { code: 'ERROR_BAD_PROXY' } },
  unsolvableRate: 0.1,
  submit: 'ok',
  poll: { delayMs: 5, behaviour: 'html502' },
  balance: { code: 'ERROR: 1005', banMs: 10 },
  report: { delayMs: 5 },
  submitOf: { geetest_v3: { verdict: 'unsolvable', solveMs: 5 }, geetest_v4: { solveMs: 1 } },
  submitSequence: ['hang', 'ok', { delayMs: 1, behaviour: { code: 'X' } }],
  outages: [
    { afterMs: 1, forMs: 2, calls: ['poll', 'report'], behaviour: 'reset' },
    { fromTask: 1, toTask: 2, behaviour: { code: 'X' } },
    { afterMs: 0, forMs: 5, everyMs: 20, share: 0.3, behaviour: 'reset' },
  ],
  acts: [
    { afterMs: 10, changes: { submit: 'reset', balanceUsd: 0 } },
    { afterMs: 20, changes: { submit: 'ok', balanceUsd: 5 } },
  ],
  failRate: { submit: 0.1, poll: 0, balance: 1, report: 0.5 },
  failWith: ['empty'],
  balanceUsd: 1.5,
  pricesUsdPer1000: { image_to_text: 0.5 },
  threads: 3,
  kinds: ['image_to_text', 'recaptcha_v2'],
  passes: ['vision', 'CustomTask/acme'],
  wrongKey: 'ERROR_IP_NOT_ALLOWED',
  rules: {
    firstPollMs: 1,
    pollEveryMs: 2,
    maxPolls: 3,
    ofKind: { recaptcha_v2: { firstPollMs: 9 } },
    balanceEveryMs: 4,
    pollBudget: { perTask: 20, plus: 1_200 },
    pauseAfterNoSlotMs: 5,
    pauseAfterZeroBalanceMs: 6,
    maxAuthErrors: 7,
    burst: { calls: 60, withinMs: 3_000 },
    toleranceMs: 2,
    graceMs: 20,
    enforce: 'ban',
    banMs: 100,
    banCode: 'IP_BANNED',
  },
  callbacks: [-100, 0, 500],
  flavour: 'capmonster',
  jsonIds: 'uuid',
  classicIds: 'number',
  strictIds: true,
  inlineImages: true,
  httpErrors: false,
  keepResultMs: 60_000,
} satisfies Required<Script>;

function faults(script: unknown): string[] {
  try {
    parseScript(script);
  } catch (thrown) {
    if (!(thrown instanceof SolveError)) throw thrown;
    expect(thrown.code).toBe('bad_request');
    return (thrown.evidence.issues ?? []).map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

it('takes nothing, and one of everything', () => {
  expect(parseScript({})).toEqual({});
  expect(parseScript(JSON.parse(JSON.stringify(WHOLE)))).toEqual(WHOLE);
});

it.each([
  [null, ': must be an object'],
  [[], ': must be an object'],
  [{ sumbit: 'ok' }, /^sumbit: is not known; here go solve, verdict, /],
  [{ toString: 2 }, /^toString: is not known/],
  [{ submit: 'explode' }, /^submit: must be one of ok, hang, /],
  [{ submit: 5 }, /^submit: must be one of ok, .* \{ code \} or \{ verdict, solveMs \}$/],
  [{ callbacks: ['now'] }, 'callbacks[0]: must be a number'],
  [{ submit: { code: '' } }, 'submit.code: must be 1 to 200 printable ASCII characters'],
  [{ submit: { code: 'X', delayMs: 1 } }, /^submit.code: is not known; here go delayMs, behaviour$/],
  [{ submit: { delayMs: -1 } }, 'submit.delayMs: must be a number of at least 0'],
  [{ submit: { delayMs: 1, behaviour: { delayMs: 1 } } }, /^submit.behaviour: must be one of ok/],
  [{ submitSequence: 'ok' }, 'submitSequence: must be a list'],
  [{ submitSequence: ['ok', 'nope'] }, /^submitSequence\[1\]: must be one of/],
  [{ submitOf: { nonsense: 'ok' } }, 'submitOf.nonsense: is not a kind'],
  [{ solve: { medianMs: 5 } }, 'solve.medianMs: is not a kind'],
  [
    { solve: { default: {} } },
    'solve.default: must be { medianMs, spread }, { fromMs, toMs } or { fixedMs }',
  ],
  [{ solve: { default: { fromMs: 5 } } }, 'solve.default.toMs: is required'],
  [{ verdict: 'maybe' }, 'verdict: must be one of solve, unsolvable, never'],
  [{ failRate: 2 }, 'failRate: must be a number from 0 to 1'],
  [{ failRate: { poll: Number.NaN } }, 'failRate.poll: must be a number from 0 to 1'],
  [{ threads: 1.5 }, 'threads: must be a whole number of at least 0'],
  [{ kinds: ['nonsense'] }, 'kinds[0]: is not a kind'],
  [{ outages: [{ afterMs: 5 }] }, 'outages[0].behaviour: is required'],
  [
    { outages: [{ calls: ['dance'], behaviour: 'ok' }] },
    'outages[0].calls[0]: must be one of submit, poll, balance, report',
  ],
  [{ outages: [{ share: 2, behaviour: 'ok' }] }, 'outages[0].share: must be a number from 0 to 1'],
  [{ outages: [{ everyMs: 0, behaviour: 'ok' }] }, 'outages[0].everyMs: must be a number of at least 1'],
  [{ acts: [{ changes: {} }] }, 'acts[0].afterMs: is required'],
  [{ acts: [{ afterMs: 1, changes: { threads: -1 } }] }, /^acts\[0\].changes.threads: must be a whole/],
  [{ acts: [{ afterMs: 1, changes: { acts: [] } }] }, /^acts\[0\].changes.acts: is not known/],
  [{ rules: { enforce: 'shoot' } }, 'rules.enforce: must be one of record, ban'],
  [
    { rules: { burst: { calls: 0, withinMs: 5 } } },
    'rules.burst.calls: must be a whole number of at least 1',
  ],
  [{ strictIds: 'yes' }, 'strictIds: must be true or false'],
  [{ jsonIds: 'roman' }, 'jsonIds: must be one of number, text, uuid'],
])('%j is refused', (script, fault) => {
  const [first = ''] = faults(script);
  if (typeof fault === 'string') expect(first).toBe(fault);
  else expect(first).toMatch(fault);
});

it('says everything at once', () => {
  expect(faults({ threads: -1, balanceUsd: 'much', rules: { maxPolls: 0 } })).toEqual([
    'threads: must be a whole number of at least 0',
    'balanceUsd: must be a number of at least 0',
    'rules.maxPolls: must be a whole number of at least 1',
  ]);
});
