/** Three gateways on one PostgreSQL, one killed, one asleep past its lease, the database away: a short run of the bench. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const BENCH = fileURLToPath(new URL('../bench/replicas.mjs', import.meta.url));
const LIMIT_MS = 90_000;
const LEASE_MS = 5_000;
const ADOPTED_WITHIN_MS = 5_000;
const REFUSED_WITHIN_MS = 6_000;

interface Outcome {
  readonly times: Readonly<Record<string, number>>;
  readonly judgement: {
    readonly faults: Readonly<Record<string, number>>;
    readonly facts: Readonly<Record<string, number>>;
  };
}

it(
  'loses nothing and buys nothing twice, whoever dies, sleeps or is asked',
  async () => {
    const args = [BENCH, '--short', '--json'];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { timeout: LIMIT_MS }).catch(
      (ended: { readonly stdout: string; readonly stderr: string }) => ended,
    );
    expect(stdout, stderr).not.toBe('');
    const { times, judgement }: Outcome = JSON.parse(stdout);
    const { captchas, solved } = judgement.facts;
    expect(captchas).toBeGreaterThan(100);
    expect(solved).toBe(captchas);
    const faults = Object.entries(judgement.faults);
    expect(faults.length).toBeGreaterThan(5);
    expect(faults.filter(([, count]) => count !== 0)).toEqual([]);
    const most = LEASE_MS + ADOPTED_WITHIN_MS;
    expect(times['from SIGKILL until its tasks are adopted']).toBeLessThan(most);
    expect(times['from SIGSTOP until its tasks are adopted']).toBeLessThan(most);
    expect(times['longest refusal of a submit without the database']).toBeLessThan(REFUSED_WITHIN_MS);
    expect(times['from the end of a task to a held poll at another gateway']).toBeLessThan(1_000);
  },
  LIMIT_MS + 5_000,
);
