/** How an account's money runs over time, and how long it lasts: pure, in the account's own currency. */

/** What was spent by then, counted from the first reading that is kept. */
export interface Point {
  readonly at: number;
  readonly spent: number;
}

/** The readings of one account, as spending that only grows: money paid in is no spending the other way. */
export interface Course {
  /** At the last point. */
  readonly amount: number;
  /** Oldest first; never empty. */
  readonly points: readonly Point[];
}

/** What is known of the time since the last reading. */
export interface Tail {
  readonly now: number;
  /** Spent since then; null where nobody knows. */
  readonly spent: number | null;
}

/** One answer of the service. */
export interface Reading {
  readonly at: number;
  readonly amount: number;
  /** What was spent since the reading before, as others than the service know; null where nobody does. */
  readonly spent: number | null;
}

const HOUR_MS = 3_600_000;
/** Spending older than this says nothing about now. */
const KEPT_MS = 6 * HOUR_MS;
/** The quicker of these counts: a burst is seen within the hour, and a pause of an hour is not taken for the end. */
const WINDOWS_MS: readonly number[] = [HOUR_MS, KEPT_MS];
/** Readings closer together than this are kept as one. */
const GAP_MS = 2 * 60_000;

/** The course after one more reading. */
export function withReading(course: Course | undefined, reading: Reading): Course {
  const { at, amount } = reading;
  const last = course?.points.at(-1);
  if (!course || !last) return { amount, points: [{ at, spent: 0 }] };
  const point = { at: Math.max(at, last.at), spent: last.spent + spentBetween(course, last, reading) };
  const before = course.points.at(-2);
  const isClose = before !== undefined && last.at - before.at < GAP_MS;
  const points = [...(isClose ? course.points.slice(0, -1) : course.points), point];
  return { amount, points: recent(points, point.at) };
}

/** What is left by now, and for how many hours it lasts at the present pace; null where no pace is known. */
export function outlook(
  course: Course,
  tail: Tail,
  leastMs: number,
): { readonly amount: number; readonly hoursToEmpty: number | null } {
  const amount = Math.max(0, course.amount - (tail.spent ?? 0));
  if (amount === 0) return { amount, hoursToEmpty: 0 };
  const perHour = paceOf(withTail(course.points, tail), leastMs);
  return { amount, hoursToEmpty: perHour > 0 ? Number((amount / perHour).toPrecision(3)) : null };
}

/** More money than before was paid in: what was spent meanwhile is what others know, or what the pace was. */
function spentBetween(course: Course, last: Point, { at, amount, spent }: Reading): number {
  if (amount <= course.amount) return course.amount - amount;
  return spent ?? (paceOf(course.points, 0) * Math.max(0, at - last.at)) / HOUR_MS;
}

function withTail(points: readonly Point[], { now, spent }: Tail): readonly Point[] {
  const last = points.at(-1);
  if (spent === null || !last || now <= last.at) return points;
  return [...points, { at: now, spent: last.spent + spent }];
}

/** Spent per hour, at the end of these points; 0 where they span too little to tell. */
function paceOf(points: readonly Point[], leastMs: number): number {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || last.at <= first.at || last.at - first.at < leastMs) return 0;
  const paces = WINDOWS_MS.map((windowMs) => {
    const from = Math.max(first.at, last.at - windowMs);
    return ((last.spent - spentBy(points, from)) / (last.at - from)) * HOUR_MS;
  });
  return Math.max(...paces);
}

/** Between two readings money goes evenly. */
function spentBy(points: readonly Point[], at: number): number {
  const next = points.findIndex((point) => point.at >= at);
  const [before, after] = [points[next - 1], points[next]];
  if (!after) return points.at(-1)?.spent ?? 0;
  if (!before) return after.spent;
  const share = (at - before.at) / (after.at - before.at);
  return before.spent + share * (after.spent - before.spent);
}

/** One older than what counts is kept, to know what was spent by the time that does. */
function recent(points: readonly Point[], now: number): readonly Point[] {
  const firstInside = points.findIndex(({ at }) => at > now - KEPT_MS);
  const kept = points.slice(Math.max(0, firstInside - 1));
  const base = kept[0]?.spent ?? 0;
  return base === 0 ? kept : kept.map(({ at, spent }) => ({ at, spent: spent - base }));
}
