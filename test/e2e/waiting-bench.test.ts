/** The waiting bench: its judgements see each fault, and a run on shrunk times breaks no rule. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const BENCH = new URL('../bench/waiting.mjs', import.meta.url);
const LIMIT_MS = 90_000;

interface Had {
  readonly lagMs: number;
  readonly tellMs: number;
  readonly polls: number;
}

interface Outcome {
  readonly variant: { readonly name: string };
  readonly had: readonly Had[];
  readonly unsolved: number;
  readonly foreign: number;
  readonly pollRequests: number;
  readonly rulesBroken: readonly string[];
}

const { judgeWaiting, judgeHeld, figuresOf } = await import(
  new URL('../bench/waiting-judgement.mjs', import.meta.url).href
);
const { variantsOf } = await import(new URL('../bench/waiting-variants.mjs', import.meta.url).href);

const VARIANTS: readonly Outcome['variant'][] = variantsOf({ scale: 1, tasks: 2, sharedTasks: 2 });
const GOOD: Omit<Outcome, 'variant'> = {
  had: [
    { lagMs: 400, tellMs: 1, polls: 6 },
    { lagMs: 800, tellMs: 2, polls: 7 },
  ],
  unsolved: 0,
  foreign: 0,
  pollRequests: 1,
  rulesBroken: [],
};
const SLOW = [{ lagMs: 2_500, tellMs: 1, polls: 6 }];

/** What is missed when the variants of these names are not as good as the others. */
function missedWith(changes: Readonly<Record<string, Partial<Outcome>>>): readonly string[] {
  const all: Readonly<Record<string, Partial<Outcome>>> = {
    'every 5 s, directly': { had: SLOW },
    ...changes,
  };
  const figures = VARIANTS.map((variant) => figuresOf({ variant, ...GOOD, ...all[variant.name] }));
  const judgements: readonly { readonly what: string; readonly holds: boolean }[] = judgeWaiting(figures, {
    scale: 1,
    ownDelayMs: 0,
  });
  return judgements.filter(({ holds }) => !holds).map(({ what }) => what);
}

describe('its judgements', () => {
  it('hold where clients are told soon', () => {
    expect(missedWith({})).toEqual([]);
  });

  it.each<[string, Partial<Outcome>, string]>([
    ['?wait=, floor 1 s', { had: [{ lagMs: 701, tellMs: 1, polls: 6 }] }, 'mean lag'],
    ['?wait=, floor 1 s', { had: [{ lagMs: 600, tellMs: 1, polls: 12 }] }, 'polls a task'],
    ['?wait=, floor 2 s', { had: [{ lagMs: 1_201, tellMs: 1, polls: 6 }] }, 'mean lag'],
    ['?wait=, floor 2 s', { had: [{ lagMs: 600, tellMs: 1, polls: 8 }] }, 'polls a task'],
    ['/v1/solve, floor 1 s', { had: [{ lagMs: 600, tellMs: 6, polls: 6 }] }, 'then told: p99'],
    ['every 5 s, held 20 s', { had: SLOW }, 'against the direct one'],
    ['every 5 s, held 0 s', { had: [{ lagMs: 2_900, tellMs: 1, polls: 6 }] }, 'against the direct one'],
    ['?wait=, shared polls, floor 1 s', { pollRequests: 2 }, 'requests a task'],
    ['every 2 s, directly', { unsolved: 1 }, 'captchas without an answer'],
    ['every 2 s, held 3 s', { foreign: 1 }, "answers that are another captcha's"],
    ['every 10 s, held 0 s', { rulesBroken: ['poll-floor'] }, "services' rules broken"],
  ])('%s with %j misses one', (name, change, what) => {
    expect(missedWith({ [name]: change })).toEqual([expect.stringContaining(what)]);
  });

  it('see what held polls cost', () => {
    const held = { polls: 10, early: 0, heldMb: 200, loopP99Ms: 12, healthMs: [1], rulesBroken: [] };
    const missed = (change: object) =>
      judgeHeld({ ...held, ...change }, 10).filter(({ holds }: { readonly holds: boolean }) => !holds).length;
    const worse = [{ polls: 9 }, { early: 1 }, { heldMb: 251 }, { loopP99Ms: 21 }, { healthMs: [21] }];
    expect([missed({}), ...worse.map(missed)]).toEqual([0, 1, 1, 1, 1, 1]);
  });
});

it(
  'tells every client its own answer, within every rule',
  async () => {
    const size = ['--tasks', '20', '--shared-tasks', '40', '--warm-up', '20', '--held', '200'];
    const args = [fileURLToPath(BENCH), '--scale', '0.02', ...size, '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LIMIT_MS }).catch(
      (ended: { readonly stdout: string }) => ended,
    );
    const { figures, held } = JSON.parse(stdout);
    expect(figures).toHaveLength(VARIANTS.length);
    for (const each of figures)
      expect(each).toMatchObject({
        lagsMs: { length: each.tasks },
        unsolved: 0,
        foreign: 0,
        rulesBroken: [],
      });
    expect(held).toMatchObject({ polls: 200, early: 0, rulesBroken: [] });
  },
  LIMIT_MS + 5_000,
);
