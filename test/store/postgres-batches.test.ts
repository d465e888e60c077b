/** Writes of one turn go together, the next ones wait for their answer, and a bad one takes only itself down. */
import { expect, it } from 'vitest';
import { Batches } from '../../src/store/postgres-batches.js';

const jobs = (count: number) => Array.from({ length: count }, (_, job) => job);

const BAD = -1;
const GONE = -2;

/** Batches whose runs end when they are told to; BAD is refused, and GONE means that nobody is there. */
function openBatches(sizeOf: (job: number) => number = () => 1) {
  const runs: (readonly number[])[] = [];
  const answers: (() => void)[] = [];
  const batches = new Batches<number, string>({
    run: async (batch) => {
      runs.push(batch);
      await new Promise<void>((resolve) => answers.push(resolve));
      if (batch.includes(GONE)) throw new Error('gone');
      if (batch.includes(BAD)) throw new Error('bad job');
      return batch.map((job) => `done ${job}`);
    },
    sizeOf,
    isFatal: (error) => String(error).includes('gone'),
    isAboutOne: (error) => String(error).includes('bad job'),
  });
  const answer = async () => {
    while (answers.length === 0) await new Promise(setImmediate);
    answers.shift()?.();
  };
  return { batches, runs, answer };
}

it('sends the jobs of one turn in one run, each with its own result', async () => {
  const { batches, runs, answer } = openBatches();
  const results = Promise.all(jobs(64).map((job) => batches.add(job)));
  await answer();
  expect(await results).toEqual(jobs(64).map((job) => `done ${job}`));
  expect(runs).toEqual([jobs(64)]);
});

it('collects while a run is under way, and has one under way at most', async () => {
  const { batches, runs, answer } = openBatches();
  const first = batches.add(1);
  while (runs.length === 0) await new Promise(setImmediate);
  const others = [batches.add(2), batches.add(3)];
  await new Promise(setImmediate);
  expect(runs).toEqual([[1]]);
  await answer();
  expect(await first).toBe('done 1');
  await answer();
  expect(await Promise.all(others)).toEqual(['done 2', 'done 3']);
  expect(runs).toEqual([[1], [2, 3]]);
});

it('cuts what is many or large into several runs, in their order', async () => {
  const { batches, runs, answer } = openBatches((job) => (job >= 600 ? 3_000_000 : 1));
  const results = Promise.all(jobs(603).map((job) => batches.add(job)));
  for (let run = 0; run < 5; run++) await answer();
  await results;
  expect(runs.flat()).toEqual(jobs(603));
  expect(runs.map((run) => run.length)).toEqual([256, 256, 89, 1, 1]);
});

it('repeats the jobs one by one when one of them is refused', async () => {
  const { batches, runs, answer } = openBatches();
  const results = Promise.allSettled([12, BAD, 14].map((job) => batches.add(job)));
  for (let run = 0; run < 4; run++) await answer();
  expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(runs).toEqual([[12, BAD, 14], [12], [BAD], [14]]);
});

it('rejects what waits together with a run that reached nobody', async () => {
  const { batches, runs, answer } = openBatches();
  const first = batches.add(GONE);
  while (runs.length === 0) await new Promise(setImmediate);
  const waiting = batches.add(1);
  const results = Promise.allSettled([first, waiting]);
  await answer();
  expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(runs).toEqual([[GONE]]);
  const next = batches.add(2);
  await answer();
  expect(await next).toBe('done 2');
});

it('drains what is queued', async () => {
  const { batches, answer } = openBatches();
  const done: string[] = [];
  batches.add(1).then((result) => done.push(result));
  const drained = batches.drain();
  await answer();
  await drained;
  expect(done).toEqual(['done 1']);
});
