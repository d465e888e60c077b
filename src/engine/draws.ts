/** Chance that can be drawn again: the same task gets the same draw, whoever asks and however often. */

const RANGE = 2 ** 32;

/** A number from 0 to 1 (exclusive), evenly spread over task ids, for each purpose (`salt`) another one. */
export function drawOf(taskId: number, salt: number): number {
  // The finalizer of MurmurHash3: neighbouring ids share nothing afterwards.
  let mixed = (taskId ^ Math.imul(salt + 1, 0x9e3779b1)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / RANGE;
}
