/** Times as a person reads them: how long ago, in how long. */

const SECOND_MS = 1_000;
const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', SECOND_MS],
] as const;
/** From here on two units say more than one: 1 h 5 min, but 42 s and 12 min. */
const TWO_UNITS_FROM_MS = 3_600_000;

/** `42 s`, `3 min`, `1 h 5 min`, `2 d 3 h`; less than a second is 0 s. */
export function spanText(ms: number): string {
  const index = UNITS.findIndex(([, unitMs]) => ms >= unitMs);
  const [name, unitMs] = UNITS[index] ?? ['s', SECOND_MS];
  const whole = Math.floor(Math.max(ms, 0) / unitMs);
  const [smaller, smallerMs] = UNITS[index + 1] ?? ['s', SECOND_MS];
  const rest = Math.floor((ms % unitMs) / smallerMs);
  if (ms < TWO_UNITS_FROM_MS || rest === 0) return `${whole} ${name}`;
  return `${whole} ${name} ${rest} ${smaller}`;
}

/** `12 s ago`, `in 42 s`, `now`; of an ISO time, `-` without one. */
export function relativeTime(iso: string | null, now: number): string {
  if (iso === null) return '-';
  const ms = Date.parse(iso) - now;
  if (Math.abs(ms) < SECOND_MS) return 'now';
  // Rounded up ahead, so that a countdown shows 1 s before it is over.
  return ms > 0 ? `in ${spanText(Math.ceil(ms / SECOND_MS) * SECOND_MS)}` : `${spanText(-ms)} ago`;
}

/** `18.2 s`, `95 s`; `-` while nobody knows. */
export function secondsText(ms: number | null): string {
  if (ms === null) return '-';
  const seconds = ms / SECOND_MS;
  return `${seconds < 60 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}
