/** Finds what somebody meant who misspelt a word. */

/**
 * The candidate closest to `given`, else one that it begins or that begins it (`warning`, `warn`).
 * Undefined when none is close. Case, `_` and `-` do not count.
 */
export function suggest(given: string, candidates: readonly string[]): string | undefined {
  const target = plain(given);
  const limit = Math.min(3, Math.max(1, Math.floor(target.length / 3)));
  const near = candidates
    .map((candidate) => ({ candidate, distance: editDistance(target, plain(candidate)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((one, other) => one.distance - other.distance);
  return near[0]?.candidate ?? candidates.find((candidate) => isBeginning(target, plain(candidate)));
}

function isBeginning(one: string, other: string): boolean {
  const isLongEnough = Math.min(one.length, other.length) >= 3;
  return isLongEnough && (one.startsWith(other) || other.startsWith(one));
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[\s_-]/g, '');
}

/** Fewest insertions, deletions, replacements and swaps of neighbours that make one word the other. */
export function editDistance(from: string, to: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
        isSwap ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
