/** Figures as people read them. */

/** 850 ms, 4.2 s, 42 s, 5 min, 1 h 20 min, 3 days. */
export function duration(ms: number): string {
  const seconds = ms / 1_000;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60)
    return `${Math.floor(minutes / 60)} h${minutes % 60 > 0 ? ` ${minutes % 60} min` : ''}`;
  return `${Math.round(minutes / 60 / 24)} days`;
}

/** What is left to wait, to the second while it is less than a few minutes. */
export function countdown(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds <= 0) return 'now';
  if (seconds < 60) return `in ${seconds} s`;
  if (seconds < 600) return `in ${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `in ${duration(ms)}`;
}

/** Dollars, to the cent or to the first digits that say something. */
export function usd(amount: number): string {
  const size = Math.abs(amount);
  if (size === 0 || size >= 1) return `$${amount.toFixed(2)}`;
  return `$${amount.toFixed(size >= 0.1 ? 2 : size >= 0.001 ? 4 : 6)}`;
}

export function percent(share: number): string {
  if (share > 0.995 && share < 1) return '>99 %';
  return `${Math.round(share * 100)} %`;
}

/** 14:02:31, and the day where it is another one. */
export function clock(at: number, now: number = at): string {
  const date = new Date(at);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  const isSameDay = new Date(now).toDateString() === date.toDateString();
  return isSameDay
    ? time
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** 1 task, 2 tasks. */
export function count(number: number, thing: string, things = `${thing}s`): string {
  return `${number} ${number === 1 ? thing : things}`;
}

/** a, b and c. */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Text with the times in it as a clock shows them. */
export function localTimes(text: string, now: number): string {
  return text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (iso) => clock(Date.parse(iso), now));
}
