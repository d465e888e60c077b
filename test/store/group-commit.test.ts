/** Writes of one turn share a transaction, and a bad one takes only itself down. */
import { describe, expect, it } from 'vitest';
import { GroupCommit } from '../../src/store/group-commit.js';

function openLog(isBad: (job: number) => boolean = () => false) {
  const transactions: number[][] = [];
  let current: number[] = [];
  const transact = <Result>(work: () => Result): Result => {
    current = [];
    const result = work();
    transactions.push(current);
    return result;
  };
  const commits = new GroupCommit<number>(transact, (job) => {
    if (isBad(job)) throw new Error(`job ${job} is bad`);
    current.push(job);
    return undefined;
  });
  return { commits, transactions };
}

const jobs = Array.from({ length: 64 }, (_, job) => job);

describe('GroupCommit', () => {
  it('commits the jobs of one turn in one transaction, in their order', async () => {
    const { commits, transactions } = openLog();
    await Promise.all(jobs.map((job) => commits.add(job)));
    await commits.add(64);
    expect(transactions).toEqual([jobs, [64]]);
  });

  it('rejects a bad job alone, and keeps the order of the others', async () => {
    const { commits, transactions } = openLog((job) => job === 40);
    const results = await Promise.allSettled(jobs.map((job) => commits.add(job)));
    expect(results.flatMap(({ status }, job) => (status === 'rejected' ? [job] : []))).toEqual([40]);
    expect(results[40]).toMatchObject({ reason: new Error('job 40 is bad') });
    expect(transactions.flat()).toEqual(jobs.filter((job) => job !== 40));
    expect(transactions.length).toBeLessThan(8);
  });

  it('rejects a refused job alone, without a second transaction', async () => {
    let count = 0;
    const transact = <Result>(work: () => Result): Result => {
      count += 1;
      return work();
    };
    const refuse = (job: number) => (job % 2 === 1 ? new Error(`job ${job} is refused`) : undefined);
    const commits = new GroupCommit<number>(transact, refuse);
    const results = await Promise.allSettled(jobs.map((job) => commits.add(job)));
    expect(results.flatMap(({ status }, job) => (status === 'rejected' ? [job] : []))).toEqual(
      jobs.filter((job) => job % 2 === 1),
    );
    expect(count).toBe(1);
  });

  it('rejects all when nothing can be committed', async () => {
    const commits = new GroupCommit<number>(
      () => {
        throw new Error('disk full');
      },
      () => undefined,
    );
    const results = await Promise.allSettled(jobs.map((job) => commits.add(job)));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['rejected']));
  });

  it('cuts a flood into several turns', async () => {
    const { commits, transactions } = openLog();
    let turns = 0;
    const counter = setInterval(() => turns++, 0);
    await Promise.all(Array.from({ length: 1_000 }, (_, job) => commits.add(job)));
    clearInterval(counter);
    expect(transactions.length).toBeGreaterThan(4);
    expect(transactions.flat()).toHaveLength(1_000);
  });

  it('flushes at once on demand', async () => {
    const { commits, transactions } = openLog();
    const waiting = Promise.all(jobs.map((job) => commits.add(job)));
    commits.flush();
    expect(transactions).toEqual([jobs]);
    await waiting;
  });
});
