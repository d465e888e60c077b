/** Reads the members of a solution: one form for what services write in several. */
import { asText, type Point, type Shape } from '../core/solution.js';
import { isObject, parseJson } from './values.js';

/** The member in its one form; undefined for anything that cannot be one. */
export function readShape(shape: Shape, value: unknown): unknown {
  return READERS[shape](value);
}

const READERS: Readonly<Record<Shape, (value: unknown) => unknown>> = {
  text: (value) => (asText(value)?.trim() ? asText(value) : undefined),
  number: readNumber,
  object: readObject,
  list: (value) => readEach(asList(value), (item) => (isItem(item) ? item : undefined)),
  cookies: readCookies,
  points: readPoints,
  paths: readPaths,
  cells: readCells,
};

function readNumber(value: unknown): number | undefined {
  const text = asText(value)?.trim();
  return text && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

function readObject(value: unknown): unknown {
  const object = typeof value === 'string' ? parseJson(value) : value;
  return isObject(object) && Object.keys(object).length > 0 ? object : undefined;
}

function asList(value: unknown): readonly unknown[] | undefined {
  const list = typeof value === 'string' ? parseJson(value) : value;
  return Array.isArray(list) ? list : undefined;
}

function nonEmpty<Item>(list: readonly Item[] | undefined): readonly Item[] | undefined {
  return list && list.length > 0 ? list : undefined;
}

/** Text, a number, or an object with something in it. */
function isItem(item: unknown): boolean {
  return asText(item) !== undefined || (isObject(item) && Object.keys(item).length > 0);
}

/** Every item read, or nothing at all: half an answer is none. */
function readEach<Item>(
  list: readonly unknown[] | undefined,
  read: (item: unknown) => Item | undefined,
): readonly Item[] | undefined {
  const items = (list ?? []).map(read);
  return items.every((item) => item !== undefined) ? nonEmpty(items) : undefined;
}

/** A map, its JSON text, a list of `{ name, value }`, or `name=value; other=value`. Attributes after a value go. */
export function readCookies(value: unknown): Readonly<Record<string, string>> | undefined {
  const given = typeof value === 'string' ? (parseJson(value) ?? value) : value;
  if (typeof given === 'string') return fromEntries(given.split(';').filter(isWritten).map(pairOf));
  if (Array.isArray(given)) return fromEntries(given.map(namedPair));
  return isObject(given) ? fromEntries(Object.entries(given).map(withoutAttributes)) : undefined;
}

/** A final semicolon begins nothing. */
function isWritten(text: string): boolean {
  return text.trim() !== '';
}

type Pair = readonly [string, string] | undefined;

function fromEntries(pairs: readonly Pair[]): Readonly<Record<string, string>> | undefined {
  const read = pairs.flatMap((pair) => (pair ? [pair] : []));
  return read.length > 0 && read.length === pairs.length ? Object.fromEntries(read) : undefined;
}

function pairOf(text: string): Pair {
  const [, name, value] = /^\s*([^\s=]+)=(.*?)\s*$/s.exec(text) ?? [];
  return name === undefined || value === undefined ? undefined : [name, value];
}

function namedPair(item: unknown): Pair {
  if (!isObject(item)) return undefined;
  const { name, value } = item;
  return typeof name === 'string' && typeof value === 'string' ? [name, value] : undefined;
}

function withoutAttributes([name, value]: readonly [string, unknown]): Pair {
  return typeof value === 'string' ? [name, value.replace(/;.*$/s, '').trim()] : undefined;
}

/** `{ x, y }`, `[x, y]`, `[x1, y1, x2, y2]`, or the classic wire's `coordinates:x=1,y=2;x=3,y=4`. */
function readPoints(value: unknown): readonly Point[] | undefined {
  const spoken = typeof value === 'string' ? /^coordinates?:(.+)$/is.exec(value.trim())?.[1] : undefined;
  const list = spoken === undefined ? asList(value) : spoken.split(';').map(spokenPoint);
  return nonEmpty(readEach(list, readCorners)?.flat());
}

function spokenPoint(text: string): unknown {
  const { x, y } = /x=(?<x>[\d.]+)\s*,\s*y=(?<y>[\d.]+)/i.exec(text)?.groups ?? {};
  return { x, y };
}

function readCorners(item: unknown): readonly Point[] | undefined {
  const numbers = Array.isArray(item) ? item : isObject(item) ? [item.x, item.y] : [];
  const read = readEach(numbers, readNumber) ?? [];
  if (read.length !== 2 && read.length !== 4) return undefined;
  const [x = 0, y = 0, right, bottom] = read;
  return right === undefined || bottom === undefined
    ? [{ x, y }]
    : [
        { x, y },
        { x: right, y: bottom },
      ];
}

/** Outlines, each a list of points; the classic wire may put a word in front. */
function readPaths(value: unknown): readonly (readonly Point[])[] | undefined {
  const list = typeof value === 'string' ? asList(value.replace(/^canvas:/i, '')) : asList(value);
  return readEach(list, readPoints);
}

const NO_MATCH = /^no[_ ]matching[_ ]images$/i;

/** Numbers from 1, one boolean a cell, or the classic wire's `click:3/8/5`; nothing matching is an answer too. */
function readCells(value: unknown): readonly number[] | undefined {
  if (typeof value === 'string' && NO_MATCH.test(value.trim())) return [];
  const list = asList(value) ?? (typeof value === 'string' ? spokenCells(value) : undefined);
  if (!list || list.length === 0) return undefined;
  if (list.every((cell) => typeof cell === 'boolean')) {
    return list.flatMap((isPicked, index) => (isPicked ? [index + 1] : []));
  }
  if (list.length === 1 && typeof list[0] === 'string' && NO_MATCH.test(list[0])) return [];
  return readEach(list, readCell);
}

/** As CapSolver and YesCaptcha list them: numbers from 0, and an empty list when nothing matches. */
export function readCellsFromZero(value: unknown): unknown {
  if (!Array.isArray(value)) return undefined;
  return value.length === 0 ? [] : readCells(value.map((cell) => (readNumber(cell) ?? Number.NaN) + 1));
}

function spokenCells(text: string): readonly string[] | undefined {
  const cells = /^(?:click:)?(\d+(?:[/,;]\d+)*)$/i.exec(text.trim())?.[1];
  return cells?.split(/[/,;]/);
}

function readCell(value: unknown): number | undefined {
  const cell = readNumber(value);
  return cell !== undefined && Number.isInteger(cell) && cell >= 1 ? cell : undefined;
}
