/** What the two old wires share: rows that spell a kind's fields, read in both directions. */

import { FIELDS, type FieldName } from '../core/fields.js';
import { asText, type Solution } from '../core/solution.js';
import { factsOf, fieldsOf, type Kind, parseTask, type Task } from '../core/task.js';

/** Spellings of one thing; the first is the one we send, all of them are understood. */
export type Spellings = string | readonly string[];

/** A normalized field's name on the wire. A dot means nesting. */
export type Names = Readonly<Partial<Record<FieldName, Spellings>>>;

/** Paths from the root of an answer to the members of the solution; the first is the one we say. */
export type Answer = Readonly<Record<string, Spellings>>;

export function first(spellings: Spellings): string {
  return typeof spellings === 'string' ? spellings : (spellings[0] ?? '');
}

export function all(spellings: Spellings): readonly string[] {
  return typeof spellings === 'string' ? [spellings] : spellings;
}

/** Whether a value is a plain object: neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a dotted path; undefined where the path ends early. Spelling must match exactly. */
export function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (const name of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** Puts a value at a dotted path, making the objects on the way. */
export function putAt(root: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? path;
  let target = root;
  for (const name of names) {
    const next = target[name];
    const nested: Record<string, unknown> = isObject(next) ? { ...next } : {};
    target[name] = nested;
    target = nested;
  }
  target[last] = value;
}

/** What a client sent, by name in any case; empty text and null count as not sent. */
export class SentFields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #names = new Map<string, string>();
  readonly #read = new Set<string>();

  constructor(sent: Readonly<Record<string, unknown>>) {
    const values = new Map<string, unknown>();
    for (const [name, value] of Object.entries(sent)) {
      if (value === null || value === undefined || value === '') continue;
      const key = name.toLowerCase();
      values.set(key, value);
      this.#names.set(key, name);
    }
    this.#values = values;
  }

  /** The value of the first of these spellings that was sent. */
  get(spellings: Spellings): unknown {
    for (const path of all(spellings)) {
      const [name = '', ...nested] = path.toLowerCase().split('.');
      const value = this.#values.get(name);
      if (value === undefined) continue;
      const found = nested.length === 0 ? value : nested.reduce(memberOf, value);
      if (found === undefined || found === null || found === '') continue;
      this.#read.add(name);
      return found;
    }
    return undefined;
  }

  has(spellings: Spellings): boolean {
    return this.get(spellings) !== undefined;
  }

  /** The names that nobody asked for, as the client spelled them; `known` names do not count. */
  unread(known: ReadonlySet<string>): readonly string[] {
    const names = [...this.#names].filter(([key]) => !this.#read.has(key) && !known.has(key));
    return names.map(([, name]) => name);
  }

  /** What was sent as `name[inner]`, by inner name: that one is the site's own and keeps its case. */
  bracketed(name: string): Readonly<Record<string, unknown>> {
    const found: Record<string, unknown> = {};
    for (const [key, value] of this.#values) {
      if (!key.startsWith(`${name}[`) || !key.endsWith(']')) continue;
      this.#read.add(key);
      const inner = this.#names.get(key)?.slice(name.length + 1, -1);
      if (inner) found[inner] = value;
    }
    return found;
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  const key = Object.keys(value).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? undefined : value[key];
}

/** Any value as one word; empty for nothing. An object sent from outside may carry a `toString` that is none. */
export function wordOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? '[object]' : String(value);
}

/** A switch in any of the forms that clients use; false counts as not sent. */
export function asFlag(value: unknown): true | undefined {
  return value === true || value === 1 || /^(1|true|yes|on)$/i.test(wordOf(value)) ? true : undefined;
}

/** A number where the text is one; anything else unchanged, for the schema to complain about. */
export function asNumber(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return value;
  const number = Number(value.trim());
  return value.trim() !== '' && Number.isFinite(number) ? number : value;
}

const FLAGS: ReadonlySet<FieldName> = new Set([
  'invisible',
  'enterprise',
  'offline',
  'newCaptcha',
  'caseSensitive',
  'phrase',
  'math',
]);
const NUMBERS: ReadonlySet<FieldName> = new Set([
  'minScore',
  'numeric',
  'minLength',
  'maxLength',
  'languageSet',
  'confidenceThreshold',
]);

/** How a field without a wire-specific encoding reads: switches, numbers and text. */
export function readPlain(name: FieldName, value: unknown): unknown {
  if (FLAGS.has(name)) return asFlag(value);
  if (NUMBERS.has(name)) return asNumber(value);
  return typeof value === 'number' ? String(value) : value;
}

/** The fields of a task that are set, in the kind's order; a switch that is off counts as not set. */
export function* setFields(task: Task): Iterable<readonly [FieldName, unknown]> {
  for (const name of fieldsOf(task.kind)) {
    const value = task[name];
    if (value !== undefined && value !== false) yield [name, value];
  }
}

/** The first field of the task that the names have no place for and that may not be left out. */
export function unspoken(task: Task, names: Names): FieldName | undefined {
  for (const [name] of setFields(task)) {
    if (names[name] === undefined && !FIELDS[name].isHint) return name;
  }
  return undefined;
}

/** Reads the members of a solution; undefined when the main one is not there, or is no text. */
export function readAnswer(kind: Kind, answer: Answer, root: unknown): Solution | undefined {
  const main = factsOf(kind).solution[0];
  const solution: Record<string, unknown> = {};
  for (const [member, paths] of Object.entries(answer)) {
    const values = all(paths).map((path) => valueAt(root, path));
    // An image's text may come as a number.
    const value = (member === main ? values.map(asText) : values).find(isSaid);
    if (value !== undefined) solution[member] = value;
  }
  return solution[main] === undefined ? undefined : solution;
}

function isSaid(value: unknown): boolean {
  if (value === undefined || value === null || (typeof value === 'string' && value.trim() === ''))
    return false;
  return !isObject(value) || Object.keys(value).length > 0;
}

/** Spells a solution: each member at its first path. */
export function sayAnswer(answer: Answer, solution: Solution): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [member, paths] of Object.entries(answer)) {
    if (solution[member] !== undefined) putAt(root, first(paths), solution[member]);
  }
  return root;
}

/** The body with a member's whole number as text where JSON.parse would round it: ids may exceed 2⁵³. */
export function keepBigNumber(body: string, member: string): string {
  const written = new RegExp(`("${member}"\\s*:\\s*)(\\d{16,})(?=\\s*[,}])`, 'g');
  return body.replace(written, (whole, name: string, digits: string) => {
    return Number.isSafeInteger(Number(digits)) ? whole : `${name}"${digits}"`;
  });
}

/** Parses JSON text; undefined when it is none. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

export interface ReadTask {
  readonly task: Task;
  /** Names the client sent that the gateway has no use for. */
  readonly ignored: readonly string[];
}

/** How one wire reads the value of a field. */
export type ReadValue = (sent: SentFields, name: FieldName, spellings: Spellings) => unknown;

/** The task of a kind from what was sent, read field by field; names in `envelope` are not worth mentioning. */
export function readTask(
  kind: Kind,
  { names }: { readonly names: Names },
  sent: SentFields,
  { envelope, readValue }: { readonly envelope: ReadonlySet<string>; readonly readValue: ReadValue },
): ReadTask {
  const task: Record<string, unknown> = {};
  for (const name of fieldsOf(kind)) {
    const spellings = names[name];
    const value = spellings === undefined ? undefined : readValue(sent, name, spellings);
    if (value !== undefined) task[name] = value;
  }
  return { task: parseTask(kind, task), ignored: sent.unread(envelope) };
}
