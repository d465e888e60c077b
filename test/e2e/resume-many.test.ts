/** A start with 10,000 unfinished tasks: soon there for its clients, and no burst at the provider. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const BENCH = fileURLToPath(new URL('../bench/resume.mjs', import.meta.url));
const LIMIT_MS = 90_000;
/** The bench says how soon it is on a quiet machine; this is for one that runs other tests too. */
const SOON_MS = 5_000;

it(
  'goes on with all of them within the pace of the provider',
  async () => {
    const args = [BENCH, '--tasks', '10000', '--watch-ms', '6000', '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LIMIT_MS }).catch(
      (ended: { readonly stdout: string }) => ended,
    );
    const figures: Readonly<Record<string, number>> = JSON.parse(stdout);
    expect(figures).toMatchObject({
      'tasks resumed': 10_000,
      'tasks asked for again': 0,
      'rules broken': 0,
    });
    expect(figures['ms to /readyz 200']).toBeLessThan(SOON_MS);
    expect(figures["ms to the first client's poll answered"]).toBeLessThan(SOON_MS);
    // A hundred tasks share a poll.
    expect(figures['polls seen']).toBeGreaterThan(20);
    expect(figures['most polls in 100 ms at the provider'], 'no burst').toBeLessThan(50);
  },
  LIMIT_MS + 5_000,
);
