/** kill -9 at every point of a task's life, under load through all doors: a short run of the bench, counted like the long one. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const BENCH = fileURLToPath(new URL('../bench/kills.mjs', import.meta.url));
const LIMIT_MS = 60_000;

interface Outcome {
  readonly kills: number;
  readonly judgement: {
    readonly faults: Readonly<Record<string, number>>;
    readonly facts: Readonly<Record<string, number>>;
  };
}

it(
  'loses nothing, buys nothing twice and owns up to every purchase',
  async () => {
    const args = [BENCH, '--rounds', '7', '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LIMIT_MS }).catch(
      (ended: { readonly stdout: string }) => ended,
    );
    const { kills, judgement }: Outcome = JSON.parse(stdout);
    expect(kills).toBe(8);
    expect(judgement.facts).toMatchObject({ captchas: 210, solved: 210, failed: 0 });
    expect(Object.entries(judgement.faults).filter(([, count]) => count !== 0)).toEqual([]);
  },
  LIMIT_MS + 5_000,
);
