/** How long an account's money lasts, for spending that is known by hand. */
import { describe, expect, it } from 'vitest';
import { type Course, outlook, type Reading, withReading } from '../../src/engine/course.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The course after these readings: minutes since the start, and what was left. */
function read(...readings: readonly (readonly [minute: number, amount: number, spent?: number])[]): Course {
  const course = readings
    .map(([minute, amount, spent = null]): Reading => ({ at: minute * MINUTE, amount, spent }))
    .reduce<Course | undefined>(withReading, undefined);
  if (!course) throw new TypeError('there is no reading');
  return course;
}

/** A reading every five minutes, of what is left after so many minutes. */
function readEvery5(minutes: number, amountAt: (minute: number) => number): Course {
  const count = minutes / 5 + 1;
  return read(...Array.from({ length: count }, (_, index) => [index * 5, amountAt(index * 5)] as const));
}

/** Hours left right after the last reading, or `minutes` later with so much spent since. */
function hours(course: Course, { minutes = 0, spent = null as number | null, leastMs = 5 * MINUTE } = {}) {
  const now = (course.points.at(-1)?.at ?? 0) + minutes * MINUTE;
  return outlook(course, { now, spent }, leastMs).hoursToEmpty;
}

describe('steady use', () => {
  it('is what is left by what goes in an hour', () => {
    expect(hours(readEvery5(4 * 60, (minute) => 10 - minute / 60))).toBe(6);
    expect(hours(readEvery5(30, (minute) => 100 - (minute / 60) * 8))).toBe(12);
  });

  it('is told as exactly as it is known', () => {
    expect(hours(readEvery5(60, (minute) => 12.345_678 - minute / 60))).toBe(11.3);
    expect(hours(read([0, 10], [0.01, 9], [0.02, 8]), { leastMs: 1 })).toBe(0.001_33);
  });

  it('goes on between two readings, as far as is known', () => {
    const course = readEvery5(60, (minute) => 10 - minute / 60);
    expect(hours(course, { minutes: 30, spent: 0.5 })).toBe(8.5);
    expect(hours(course, { minutes: 30, spent: null })).toBe(9);
  });

  it('that has changed is seen within the hour', () => {
    const amountAt = (minute: number) => (minute < 300 ? 100 - minute / 60 : 95 - ((minute - 300) / 60) * 10);
    expect(hours(readEvery5(300, amountAt))).toBe(95);
    expect(hours(readEvery5(330, amountAt))).toBe(Number((90 / 5.5).toPrecision(3)));
    expect(hours(readEvery5(360, amountAt))).toBe(8.5);
  });
});

describe('a burst', () => {
  const burst = (minute: number) => (minute < 360 ? 10 : 8.8);

  it('counts as an hour’s spending at first, and as six hours’ afterwards', () => {
    expect(hours(readEvery5(360, burst))).toBe(Number((8.8 / 1.2).toPrecision(3)));
    expect(hours(readEvery5(425, burst))).toBe(44);
  });

  it('is forgotten after six idle hours', () => {
    expect(hours(readEvery5(715, burst))).toBe(44);
    expect(hours(readEvery5(720, burst))).toBeNull();
  });
});

describe('money paid in', () => {
  it('is no spending the other way', () => {
    const course = read([0, 10], [30, 9.5], [60, 9], [90, 58.5, 0.5], [120, 58]);
    expect(hours(course)).toBe(58);
  });

  it('hides what was spent meanwhile: where nobody knows, the pace goes on', () => {
    const course = read([0, 10], [30, 9.5], [60, 9], [90, 58.5], [120, 58]);
    expect(hours(course)).toBe(58);
  });
});

describe('nothing is known', () => {
  it('of an idle account', () => {
    expect(hours(readEvery5(120, () => 10))).toBeNull();
  });

  it('after one reading, or from readings that are too close', () => {
    expect(hours(read([0, 10]))).toBeNull();
    expect(hours(read([0, 10], [4.9, 5]))).toBeNull();
    expect(hours(read([0, 10], [5, 5]))).toBe(0.083_3);
  });
});

it('an empty account lasts no time, whether it was read or reckoned', () => {
  expect(hours(read([0, 10], [60, 0]))).toBe(0);
  expect(hours(read([0, 0]))).toBe(0);
  expect(hours(read([0, 10], [60, 1]), { minutes: 10, spent: 1.5 })).toBe(0);
});

it('a clock that was set back spoils nothing', () => {
  const { points } = read([0, 10], [60, 9], [55, 8.9]);
  expect(points.map(({ at }) => at / MINUTE)).toEqual([0, 60, 60]);
  const course = read([0, 10], [60, 9], [55, 8.9], [120, 7.9]);
  expect(hours(course)).toBe(Number((7.9 / 1.1).toPrecision(3)));
});

it('a gap counts evenly: nobody knows when in it the money went', () => {
  expect(hours(read([0, 30], [10 * 60, 20]))).toBe(20);
});

describe('what is kept', () => {
  it('is six hours, and the same as if all were kept', () => {
    const amountAt = (minute: number) => 100 - minute / 60;
    const course = readEvery5(24 * 60, amountAt);
    expect(course.points.length).toBeLessThanOrEqual(74);
    expect(course.points[0]?.spent).toBe(0);
    expect(hours(course)).toBe(76);
    expect((course.points.at(-1)?.at ?? 0) - (course.points[0]?.at ?? 0)).toBeLessThanOrEqual(
      6 * HOUR + 5 * MINUTE,
    );
  });

  it('is bounded however often the balance is read', () => {
    const seconds = Array.from(
      { length: 8 * 3_600 },
      (_, second) => [second / 60, 100 - second / 3_600] as const,
    );
    const course = read(...seconds);
    expect(course.points.length).toBeLessThan(185);
    expect(hours(course)).toBeCloseTo(92, 0);
  });
});
