/** Random calls of a store, each made of a ledger model too and compared. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { endedTask } from '../../src/core/scorecard.js';
import { applyMove, isOpen, type Move, type TaskRecord, type TaskStore } from '../../src/core/store.js';
import { BOUNDS_OF_SPAN, Tally } from '../../src/core/tally.js';
import { creation, type Step, step, time } from './histories.js';
import type { LedgerModel, Outcome } from './model.js';
import { sampleRecord } from './samples.js';
import { countsOf, sortedCells } from './score-cases.js';

/** The store under test, which a restart replaces. */
export interface Real {
  store: TaskStore;
  readonly restart: () => Promise<void>;
}

export type Command = fc.AsyncCommand<LedgerModel, Real>;

const CLIENTS = ['qa', 'other'] as const;
const KEYS = ['one', 'two'] as const;

type Tell = (call: unknown) => void;

/** A command, and in a counterexample the call that it came to. */
function command(name: string, run: (model: LedgerModel, real: Real, tell: Tell) => Promise<void>): Command {
  let told = '';
  const tell = (call: unknown) => {
    told = fc.stringify(call);
  };
  return {
    check: () => true,
    run: async (model, real) => {
      await run(model, real, tell);
      await compare(model, real.store);
    },
    toString: () => `${name}(${told})`,
  };
}

/** What all tasks that have ever ended count together. */
function modelCounts({ records, forgotten }: LedgerModel) {
  const tally = new Tally(BOUNDS_OF_SPAN);
  for (const record of [...records, ...forgotten]) {
    const task = endedTask(record);
    if (task) tally.addTask(task);
  }
  return sortedCells(tally);
}

/** Everything that can be asked of the store, against the model. */
async function compare(model: LedgerModel, store: TaskStore): Promise<void> {
  for (const record of model.records) {
    expect(await store.find(record.id)).toEqual(record);
    const { clientId, createdAt } = record;
    for (const since of [0, createdAt, createdAt + 1])
      expect(await store.spentUsd(clientId, since)).toBeCloseTo(model.spentUsd(clientId, since), 6);
  }
  for (const clientId of CLIENTS) {
    expect(await store.spentUsd(clientId, 0)).toBeCloseTo(model.spentUsd(clientId, 0), 6);
    for (const key of KEYS)
      expect(await store.findByKey(clientId, key)).toEqual(model.findByKey(clientId, key));
  }
}

/** The moves that the steps come to, one after the other. */
function movesOf(created: TaskRecord, steps: readonly Step[]): readonly Move[] {
  const moves: Move[] = [];
  let record = created;
  for (const next of steps) {
    const move = next(record);
    if (!move) continue;
    moves.push(move);
    if (move.move !== 'settled' || isOpen(record)) record = applyMove(record, move);
  }
  return moves;
}

async function write(store: TaskStore, id: number, moves: readonly Move[]): Promise<Outcome> {
  try {
    return await store.write(id, moves);
  } catch (error) {
    return (error as Error).name as Outcome;
  }
}

const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });

const created = fc.record({
  change: creation,
  clientId: fc.constantFrom(...CLIENTS),
  key: optional(fc.constantFrom(...KEYS)),
  reservedUsd: optional(fc.constantFrom(0, 0.1, 0.3, 2)),
  budget: optional(
    fc.record({ limitUsd: fc.constantFrom(0.1, 0.3, 1, 4), since: fc.oneof(fc.constant(0), time) }),
  ),
  steps: fc.array(step, { maxLength: 3 }),
});

const create = created.map(({ change, clientId, key, reservedUsd, budget, steps }) =>
  command('create', async (model, real, tell) => {
    const id = await real.store.reserveIds(1);
    expect(model.find(id)).toBeUndefined();
    const idempotency = key && { key, fingerprint: 'f' };
    const record = sampleRecord(id, {
      ...change,
      clientId,
      ...(idempotency && { idempotency }),
      ...(reservedUsd !== undefined && { reservedUsd }),
    });
    const moves = [{ move: 'created', record, budget } as const, ...movesOf(record, steps)];
    const outcome = model.write(id, moves);
    tell({ id, outcome, moves });
    expect(await write(real.store, id, moves)).toBe(outcome);
    if (outcome !== true) expect(await real.store.find(id)).toBeUndefined();
  }),
);

const move = fc.tuple(fc.nat(), fc.array(step, { minLength: 1, maxLength: 4 })).map(([pick, steps]) =>
  command('write', async (model, real, tell) => {
    const { records } = model;
    const record = records[pick % records.length];
    const moves = record ? movesOf(record, steps) : [];
    if (!record || moves.length === 0) return;
    const outcome = model.write(record.id, moves);
    tell({ id: record.id, outcome, moves });
    expect(await write(real.store, record.id, moves)).toBe(outcome);
  }),
);

const limit = fc.integer({ min: 0, max: 3 });

const forget = fc.tuple(fc.nat(), fc.nat(), limit).map(([one, other, most]) =>
  command('forget', async (model, real, tell) => {
    const ends = model.records.map(({ finishedAt }) => (finishedAt ?? 0) + 1);
    const pick = (at: number) => ends[at % ends.length] ?? 0;
    const before = { solutions: pick(one), tasks: pick(other) };
    const ids = model.records.map(({ id }) => id);
    tell({ before, most });
    expect(await real.store.forget(before, most)).toBe(model.forget(before, most));
    for (const id of ids) if (!model.find(id)) expect(await real.store.find(id)).toBeUndefined();
    expect(await countsOf(real.store)).toEqual(modelCounts(model));
  }),
);

const adopt = limit.map((most) =>
  command('adopt', async (model, real, tell) => {
    const expected = model.adopt(most);
    tell(expected.map(({ id }) => id));
    expect(await real.store.adopt(most)).toEqual(expected);
  }),
);

const remember = fc.tuple(fc.constantFrom('a', 'b'), fc.nat(9)).map(([key, value]) =>
  command('remember', async (model, real, tell) => {
    tell({ key, value });
    model.facts.set(key, value);
    real.store.remember(key, value);
  }),
);

const restart = fc.constant(0).map(() =>
  command('restart', async (model, real) => {
    await real.restart();
    model.restart();
    expect(await real.store.recall()).toEqual(model.facts);
    expect(await countsOf(real.store)).toEqual(modelCounts(model));
  }),
);

/** Runs of calls; what is more frequent in life is more frequent here. */
export const commands = fc.commands([create, move, move, create, move, forget, adopt, remember, restart], {
  size: 'large',
  maxCommands: 40,
});
