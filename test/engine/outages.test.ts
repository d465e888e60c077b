/** Random outages of every service but one, in hours of virtual time: a short run of the outage theatre. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const BENCH = fileURLToPath(new URL('../bench/chaos-virtual.mjs', import.meta.url));
const LIMIT_MS = 60_000;
const TASKS = 5_000;

interface Outcome {
  readonly result: Readonly<Record<string, unknown>>;
}

// A process of its own: the run replaces chance itself, and is made of the built engine, as a bench is.
it.each([3, 4, 6])(
  'leave nobody without an answer, break no rule and buy nothing twice (seed %i)',
  async (seed) => {
    const args = [BENCH, '--tasks', String(TASKS), '--seed', String(seed), '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LIMIT_MS }).catch(
      (ended: { readonly stdout: string }) => ended,
    );
    const { result }: Outcome = JSON.parse(stdout);
    expect(result).toMatchObject({
      solved: TASKS,
      failed: {},
      refused: {},
      examples: [],
      open: 0,
      faults: [],
      rulesBroken: {},
      bansEarned: 0,
      boughtTwice: 0,
    });
    // Outages that nobody has noticed would prove nothing.
    expect(Object.keys(Object(result.openingsByCause)).length).toBeGreaterThan(2);
  },
  LIMIT_MS + 5_000,
);
