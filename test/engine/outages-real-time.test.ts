/** Two acts of the outage theatre on real time: the built gateway, real sockets, clients of all three doors. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const BENCH = fileURLToPath(new URL('../bench/chaos.mjs', import.meta.url));
const LIMIT_MS = 60_000;

interface Figures {
  readonly name: string;
  readonly solvable: number;
  readonly solved: number;
  readonly failed: object;
  readonly boughtTwice: number;
  readonly openings: Readonly<Record<string, number>>;
}

interface Outcome {
  readonly theatre: { readonly figures: readonly Figures[] };
}

// What depends on how busy the machine is, is judged by the bench alone; the rules are on a virtual clock.
it(
  'solves what can be solved and buys nothing twice',
  async () => {
    const args = [BENCH, '--acts', 'no slot,all at once', '--seconds', '6', '--per-second', '40'];
    const { stdout } = await promisify(execFile)(process.execPath, [...args, '--tasks', '0', '--json'], {
      timeout: LIMIT_MS,
    }).catch((ended: { readonly stdout: string }) => ended);
    const { theatre }: Outcome = JSON.parse(stdout);
    expect(theatre.figures.map(({ name }) => name)).toEqual(['no slot', 'all at once']);
    for (const { solvable, solved, failed, boughtTwice, openings } of theatre.figures) {
      expect(solvable).toBeGreaterThan(50);
      expect({ solved, failed, boughtTwice }).toEqual({ solved: solvable, failed: {}, boughtTwice: 0 });
      expect(Object.keys(openings)).not.toEqual([]);
    }
  },
  LIMIT_MS + 5_000,
);
