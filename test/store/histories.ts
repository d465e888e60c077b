/** Random lives of a task, and what a store must remember of them. */
import fc from 'fast-check';
import type { ErrorCode } from '../../src/core/errors.js';
import { applyMove, isOpen, type Move, type TaskRecord } from '../../src/core/store.js';
import { IMAGE_TASK, sampleRecord, TOKEN_TASK } from './samples.js';

/** One call of `write`, and what it must answer. */
export interface Write {
  readonly moves: readonly Move[];
  readonly isWritten: boolean;
}

export interface History {
  readonly writes: readonly Write[];
  /** What `find` must answer after the last write. */
  readonly record: TaskRecord;
}

/** A move whose attempt is yet to be chosen among those that there are. */
export type Step = (record: TaskRecord) => Exclude<Move, { move: 'created' }> | undefined;

const text = fc.string({ unit: 'binary', maxLength: 12 });
/** In ms since 1970. */
export const time = fc.integer({ min: 0, max: 2 ** 45 });
const usd = fc.option(fc.double({ min: 0, max: 5, noNaN: true }), { nil: null });
const code = fc.constantFrom<ErrorCode>('no_slot', 'timeout', 'unsolvable', 'cancelled');
const upstreamId = fc.option(fc.oneof(text, fc.maxSafeInteger(), fc.constant('0007')), { nil: null });
const passedOver = fc.array(fc.record({ provider: text, why: text }), { maxLength: 2 });
/** JSON knows no −0. */
const json = fc
  .jsonValue({ maxDepth: 2, noUnicodeString: false })
  .map((value) => JSON.parse(JSON.stringify(value)));

const begin = fc.record({ provider: fc.constantFrom('2captcha', 'captchaai'), at: time }).map(
  (move): Step =>
    ({ attempts }) => ({ ...move, move: 'attempt-begun', attempt: attempts.length }),
);

const accept = fc.tuple(fc.nat(), fc.record({ upstreamId, at: time, costUsd: usd })).map(
  ([pick, move]): Step =>
    ({ attempts }) =>
      attempts.length === 0
        ? undefined
        : { ...move, move: 'attempt-accepted', attempt: pick % attempts.length },
);

const ending = fc.record({
  outcome: fc.oneof(fc.constant('solved' as const), code),
  upstreamCode: fc.option(text, { nil: null }),
  at: time,
  polls: fc.nat(500),
  costUsd: usd,
  mayBeCharged: fc.boolean(),
});

const end = fc.tuple(fc.nat(), ending).map(
  ([pick, move]): Step =>
    ({ attempts }) =>
      attempts.length === 0 ? undefined : { ...move, move: 'attempt-ended', attempt: pick % attempts.length },
);

const settlement = fc.record({
  status: fc.constantFrom('solved', 'failed', 'cancelled'),
  at: time,
  provider: fc.option(fc.constantFrom('2captcha', 'captchaai'), { nil: null }),
  solution: fc.option(fc.record({ token: text, cookies: json }), { nil: null }),
  error: fc.option(fc.record({ code, upstreamCode: fc.option(text, { nil: null }), detail: text }), {
    nil: null,
  }),
  passedOver,
});

const settle = settlement.map(
  (move): Step =>
    () => ({ ...move, move: 'settled' }),
);
const report = fc.boolean().map(
  (isAccepted): Step =>
    () => ({ move: 'reported', isAccepted }),
);

const takeReport = fc.nat().map(
  (pick): Step =>
    ({ attempts }) =>
      attempts.length === 0 ? undefined : { move: 'report-taken', attempt: pick % attempts.length },
);

/** Any move but a creation. */
export const step = fc.oneof(
  { arbitrary: begin, weight: 4 },
  { arbitrary: accept, weight: 4 },
  { arbitrary: end, weight: 4 },
  { arbitrary: settle, weight: 2 },
  { arbitrary: report, weight: 1 },
  { arbitrary: takeReport, weight: 1 },
);

/** What differs between tasks when they are created. */
export const creation = fc.record({
  task: fc.constantFrom(TOKEN_TASK, IMAGE_TASK),
  origin: fc.oneof(fc.record({ dialect: text }), fc.record({ dialect: text, flavour: text })),
  options: fc.oneof(
    fc.constant({}),
    fc.record({ providers: fc.array(text), maxUsd: fc.double({ min: 0, max: 1, noNaN: true }), meta: json }),
  ),
  createdAt: time,
  deadlineAt: time,
  passedOver,
});

const life = fc.tuple(creation, fc.array(fc.array(step, { maxLength: 4 }), { minLength: 1, maxLength: 8 }));

/** Valid histories of task `id`; in some, somebody settles it once more. */
export function historiesOf(id: number): fc.Arbitrary<History> {
  return life.map(([change, calls]) => tell(sampleRecord(id, change), calls));
}

function tell(created: TaskRecord, calls: ReadonlyArray<readonly Step[]>): History {
  const writes: Write[] = [];
  let creation: readonly Move[] = [{ move: 'created', record: created }];
  let record = created;
  for (const steps of calls) {
    const told = tellWrite(record, steps);
    if (told.isWritten) {
      writes.push({ moves: [...creation, ...told.moves], isWritten: true });
      creation = [];
      record = told.record;
    } else if (creation.length === 0) {
      writes.push({ moves: told.moves, isWritten: false });
    }
  }
  if (creation.length > 0) writes.push({ moves: creation, isWritten: true });
  return { writes, record: isOpen(record) ? record : withoutImages(record) };
}

function tellWrite(before: TaskRecord, steps: readonly Step[]) {
  const moves: Move[] = [];
  let record = before;
  let isWritten = true;
  for (const step of steps) {
    const move = step(record);
    if (!move) continue;
    if (move.move === 'settled' && !isOpen(record)) isWritten = false;
    moves.push(move);
    record = applyMove(record, move);
  }
  return { moves, record, isWritten };
}

/** A settled task as stores keep it. */
export function withoutImages(record: TaskRecord): TaskRecord {
  const { imageBase64: _image, instructionImageBase64: _instruction, ...task } = record.task;
  return { ...record, task };
}
