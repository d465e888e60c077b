/** What the two old wires share: rows that spell a kind's fields, read in both directions. */

import { SolveError } from '../core/errors.js';
import { FIELDS, type FieldName } from '../core/fields.js';
import { MEMBER_SHAPES, type Member, type Solution } from '../core/solution.js';
import {
  factsOf,
  fieldsOf,
  isDroppable,
  type Kind,
  parseTask,
  type Task,
  type TaskKind,
  targetHost,
} from '../core/task.js';
import type { SentFields } from './sent-fields.js';
import { readShape } from './shapes.js';
import { asFlag, asNumber, putAt, valueAt } from './values.js';

/** Spellings of one thing; the first is the one we send, all of them are understood. */
export type Spellings = string | readonly string[];

/** A normalized field's name on the wire. A dot means nesting, a final `#` one parameter for each item of a list. */
export type Names = Readonly<Partial<Record<FieldName, Spellings>>>;

/** Paths from the root of an answer to the members of the solution; the first is the one we say. */
export type Answer = Readonly<Partial<Record<Member, Spellings>>>;

/** How one service's answer reads where its member has a form of its own. */
export type Readers = Readonly<Partial<Record<Member, (value: unknown) => unknown>>>;

/** What a row of either wire says of a kind. */
export interface Row {
  readonly names: Names;
  readonly answer: Answer;
  /** Optional fields that this service cannot do without. */
  readonly requires?: readonly FieldName[];
  /** Where the service writes a field in a form of its own. */
  readonly writes?: Readonly<Partial<Record<FieldName, (value: unknown) => unknown>>>;
  readonly reads?: Readers;
  /** What else the service has no place for. */
  readonly refuses?: (task: Task) => string | undefined;
  /** Members of which one is enough; absent for the kind's first. */
  readonly main?: readonly Member[];
  /** Whether what came back says that the captcha was not solved. */
  readonly isFailure?: (solution: Solution) => boolean;
}

export function first(spellings: Spellings): string {
  return typeof spellings === 'string' ? spellings : (spellings[0] ?? '');
}

export function all(spellings: Spellings): readonly string[] {
  return typeof spellings === 'string' ? [spellings] : spellings;
}

/** How a field without a wire-specific encoding reads: switches, numbers and text. */
export function readPlain(name: FieldName, value: unknown): unknown {
  const { type } = FIELDS[name].schema.def;
  if (type === 'boolean') return asFlag(value);
  if (type === 'number') return asNumber(value);
  return typeof value === 'number' ? String(value) : value;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== false;
}

/** The fields of a task that are sent, in the kind's order; a switch that is off counts as not set. */
export function* setFields(task: Task): Iterable<readonly [FieldName, unknown]> {
  for (const name of fieldsOf(task.kind)) {
    const value = task[name];
    if (isSet(value) && name !== 'previousId') yield [name, value];
  }
}

/** Every provider is asked about every task: what a kind's tasks may need a place for is reckoned once. */
const neededNames = new Map<TaskKind, readonly FieldName[]>();

function neededBy(kind: TaskKind): readonly FieldName[] {
  const names = fieldsOf(kind).filter((name) => name !== 'previousId' && !isDroppable(kind, name));
  neededNames.set(kind, names);
  return names;
}

/** Why this row cannot carry the task: a field without a place, or one that is missing; undefined when it can. */
export function refusesTask(task: Task, { names, requires, refuses }: Row): string | undefined {
  for (const name of neededNames.get(task.kind) ?? neededBy(task.kind)) {
    if (names[name] === undefined && isSet(task[name])) return `cannot pass ${name}`;
  }
  const missing = requires?.find((name) => task[name] === undefined);
  return missing ? `needs ${missing}` : refuses?.(task);
}

/** The one value of an Enterprise payload that is nothing but `s`; most services have a place for no more. */
export function onlyS({ s, ...rest }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof s === 'string' && Object.keys(rest).length === 0 ? s : undefined;
}

/**
 * Reads the members of a solution; undefined when the main one is not there.
 * @throws SolveError `unsolvable` when the members say so.
 */
export function readAnswer(
  kind: TaskKind,
  { answer, reads, main, isFailure }: Row,
  root: unknown,
): Solution | undefined {
  const solution: Record<string, unknown> = {};
  for (const [member, paths] of Object.entries(answer) as [Member, Spellings][]) {
    const read = reads?.[member] ?? ((value: unknown) => readShape(MEMBER_SHAPES[member], value));
    const values = all(paths).map((path) => valueAt(root, path));
    const value = values.map((given) => (isBlank(given) ? undefined : read(given))).find(isSaid);
    if (value !== undefined) solution[member] = value;
  }
  if (isFailure?.(solution)) throw new SolveError('unsolvable', { detail: 'The answer says: not solved.' });
  const enough = main ?? factsOf(kind).solution.slice(0, 1);
  return enough.some((member) => solution[member] !== undefined) ? solution : undefined;
}

/** Nothing is no answer, whoever reads it. */
function isBlank(value: unknown): boolean {
  return !isSaid(value) || (typeof value === 'string' && value.trim() === '');
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Spells a solution: each member at its first path, `*` in it as the host of the task's page. */
export function sayAnswer(answer: Answer, solution: Solution, task: Task): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [member, paths] of Object.entries(answer)) {
    if (solution[member] === undefined) continue;
    const path = first(paths);
    if (path.includes('*')) putUnderHost(root, path, solution[member], targetHost(task) ?? '');
    else putAt(root, path, solution[member]);
  }
  return root;
}

/** A host has dots of its own, so it cannot be part of a path. */
function putUnderHost(root: Record<string, unknown>, path: string, value: unknown, host: string): void {
  const [before = '', after = ''] = path.split('.*.');
  const inner: Record<string, unknown> = {};
  putAt(inner, after, value);
  putAt(root, before, { [host]: inner });
}

export interface ReadTask {
  readonly task: Task;
  /** Names the client sent that no field of the kind carries. */
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

/**
 * A service's row: the shared one with its deviations, without what it has no place for.
 * @throws TypeError for a name that no spelling of the shared row has.
 */
export function rowOf<Shared extends Row>(
  shared: Shared,
  { takes, ...own }: Partial<Shared> & { readonly takes?: string },
): Shared {
  const row = { ...shared, ...own };
  if (takes === undefined) return row;
  const names: Partial<Record<FieldName, Spellings>> = {};
  for (const wireName of takes.split(' ')) {
    const known = Object.entries(row.names).find(([, spellings]) => all(spellings).includes(wireName));
    if (!known) throw new TypeError(`No field is called ${wireName}.`);
    names[known[0] as FieldName] = wireName;
  }
  return { ...row, names };
}
