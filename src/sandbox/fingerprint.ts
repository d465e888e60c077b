/** One name for each task, whichever wire it came over: two accepted submits under one name were bought twice. */
import type { Task } from '../core/task.js';
import { isObject } from '../wire/values.js';

/** Longer texts, images above all, are told by their length and a 53-bit hash. */
const LONGEST_TEXT = 300;

/** The task as JSON with its members in order of name. */
export function fingerprintOf(task: Task): string {
  return JSON.stringify(sorted(task));
}

function sorted(value: unknown): unknown {
  if (typeof value === 'string' && value.length > LONGEST_TEXT) return `${value.length}:${hash(value)}`;
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const members: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) members[name] = sorted(value[name]);
  return members;
}

/** Cyrb53: the room has no library, and this one guards against chance, not malice. */
function hash(text: string): string {
  let low = 0x41c6ce57;
  let high = 0xdeadbeef;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2_654_435_761);
    low = Math.imul(low ^ unit, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return (4_294_967_296 * (2_097_151 & low) + (high >>> 0)).toString(36);
}
