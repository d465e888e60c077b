/** Whether an answer is right: by what is known of the fixture, or by a page that tries it. */
import { asText, type Point, type Solution } from '../core/solution.js';
import type { Fixture, KnownAnswer, Verify } from './fixture.js';

/** A request that tries an answer. */
export interface Trial {
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
}

const TOLERANCE_DEGREES = 15;

/** By the known answer alone; null where there is none, or none for this solution. */
export function judge({ answer }: Fixture, solution: Solution): boolean | null {
  if (!answer) return null;
  if (answer.text !== undefined) return isText(answer, solution);
  if (answer.cells !== undefined) return isSame(answer.cells, solution.cells);
  if (answer.points !== undefined) return areInside(answer.points, solution.coordinates);
  if (answer.angle !== undefined) return isAngle(answer, solution.angle);
  return null;
}

function isText({ text = [], caseSensitive }: KnownAnswer, solution: Solution): boolean | null {
  const given = asText(solution.text);
  if (given === undefined) return null;
  const form = (word: string) => (caseSensitive ? word : word.toLowerCase()).replace(/\s+/g, ' ').trim();
  return [text].flat().map(form).includes(form(given));
}

function isSame(expected: readonly number[], given: unknown): boolean | null {
  if (!Array.isArray(given)) return null;
  const cells = new Set(given.map(Number));
  return cells.size === expected.length && expected.every((cell) => cells.has(cell));
}

/** Every box has a point in it, and no point is elsewhere. */
function areInside(boxes: NonNullable<KnownAnswer['points']>, given: unknown): boolean | null {
  if (!Array.isArray(given)) return null;
  const points = given as readonly Point[];
  const isIn = ({ x, y }: Point, box: (typeof boxes)[number]) =>
    x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
  return (
    boxes.every((box) => points.some((point) => isIn(point, box))) &&
    points.every((point) => boxes.some((box) => isIn(point, box)))
  );
}

function isAngle({ angle = 0, tolerance = TOLERANCE_DEGREES }: KnownAnswer, given: unknown): boolean | null {
  const degrees = Number(given);
  if (given === undefined || !Number.isFinite(degrees)) return null;
  const apart = Math.abs(((degrees - angle) % 360) + 360) % 360;
  return Math.min(apart, 360 - apart) <= tolerance;
}

/** The request that tries this answer; undefined where no page does, or the solution lacks what it asks for. */
export function trialOf({ verify }: Fixture, solution: Solution): Trial | undefined {
  if (!verify) return undefined;
  const { url, form, json = {} } = verify;
  const filled = fill(form ?? json, solution);
  if (!filled) return undefined;
  if (form) {
    const body = new URLSearchParams(filled).toString();
    return { url, contentType: 'application/x-www-form-urlencoded', body };
  }
  return { url, contentType: 'application/json', body: JSON.stringify(filled) };
}

function fill(
  template: Readonly<Record<string, string>>,
  solution: Solution,
): Record<string, string> | undefined {
  let isWhole = true;
  const filled = Object.entries(template).map(([name, text]) => {
    const value = text.replace(/\{(\w+)\}/g, (_all, member: string) => {
      const given = asText(solution[member]);
      isWhole &&= given !== undefined;
      return given ?? '';
    });
    return [name, value];
  });
  return isWhole ? Object.fromEntries(filled) : undefined;
}

/** Statuses by which pages say that an answer is wrong; any other tells nothing of the answer. */
const SAYS_NO: ReadonlySet<number> = new Set([200, 400, 422]);

/** What a page's reply says; null where it says neither yes nor no. Blanks do not count. */
export function readTrial({ contains, rejects }: Verify, status: number, text: string): boolean | null {
  const bare = (each: string) => each.replace(/\s+/g, '');
  if (status === 200 && bare(text).includes(bare(contains))) return true;
  if (!SAYS_NO.has(status) || text.trim() === '') return null;
  return rejects === undefined || bare(text).includes(bare(rejects)) ? false : null;
}
