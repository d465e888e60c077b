/** What is to be solved: a kind and its normalized inputs, or a client's own words for a service of the same wire. */
import { z } from 'zod';
import { type ErrorCode, type Issue, SolveError } from './errors.js';
import { FIELDS, type FieldName, type FieldValues, withScheme } from './fields.js';
import { KINDS, type Kind, type KindFacts } from './kinds.js';

export { KIND_NAMES, KINDS, type Kind, type KindFacts } from './kinds.js';

/** The two wires on which what the gateway does not understand can be passed through. */
export type OldWire = 'classic' | 'json';

/** A method or task type that the gateway has no kind for, by its own name: `classic:method`, `json:type`. */
export type PassedKind = `${OldWire}:${string}`;
export type TaskKind = Kind | PassedKind;

/** What a client sent beyond the fields of the kind; only a service of the same wire can make sense of it. */
export interface Passed {
  readonly wire: OldWire;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Names of fields that came as files, as base64 here. */
  readonly files?: readonly string[];
}

export type Task = {
  readonly kind: TaskKind;
  /** Beside a kind: unknown fields. With a passed-through kind: all there is. */
  readonly passed?: Passed | undefined;
} & FieldValues;

const PASSED_FACTS: KindFacts = {
  title: 'Passed through as it came',
  group: 'token',
  required: [],
  solution: ['answer'],
};

/** The facts of a kind, with the wide types that code over all kinds needs. */
export function factsOf(kind: TaskKind): KindFacts {
  return isKind(kind) ? KINDS[kind] : PASSED_FACTS;
}

/** Whether `name` is a kind the gateway understands. */
export function isKind(name: string): name is Kind {
  return Object.hasOwn(KINDS, name);
}

/** The wire that a passed-through kind belongs to; undefined for the gateway's own kinds. */
export function passedWire(kind: TaskKind): OldWire | undefined {
  if (isKind(kind)) return undefined;
  return kind.startsWith('json:') ? 'json' : 'classic';
}

const LONGEST_METHOD = 60;

/**
 * The kind under which a method or type is passed through.
 * @throws SolveError `unsupported` for a name that no service can have.
 */
export function passedKind(wire: OldWire, name: string): PassedKind {
  const plain = name.trim().toLowerCase();
  if (/^[a-z0-9_][a-z0-9_./-]*$/.test(plain) && plain.length <= LONGEST_METHOD) return `${wire}:${plain}`;
  throw new SolveError('unsupported', { detail: `No such ${wire === 'json' ? 'task type' : 'method'}.` });
}

/** Every field that a kind may carry: required first. */
export function fieldsOf(kind: TaskKind): readonly FieldName[] {
  const { required, optional = [] } = factsOf(kind);
  return [...required, ...optional];
}

/** Whether a provider without a place for this field may be asked all the same. */
export function isDroppable(kind: TaskKind, name: FieldName): boolean {
  const { required, hints = [] } = factsOf(kind);
  return !required.includes(name) && (FIELDS[name].isHint || hints.includes(name));
}

const schemas = new Map<Kind, z.ZodType<FieldValues>>();

/** The zod schema of one kind's fields; unknown fields are faults. */
export function taskSchema(kind: Kind): z.ZodType<FieldValues> {
  const known = schemas.get(kind);
  if (known) return known;
  const { required, oneOf, optional = [] } = factsOf(kind);
  const shape: Record<string, z.ZodType> = {};
  for (const name of required) shape[name] = FIELDS[name].schema;
  for (const name of optional) shape[name] = FIELDS[name].schema.optional();
  const schema = withOneOf(z.strictObject(shape), oneOf) as z.ZodType<FieldValues>;
  schemas.set(kind, schema);
  return schema;
}

function withOneOf(schema: z.ZodObject, oneOf: readonly FieldName[] | undefined): z.ZodType {
  if (!oneOf) return schema;
  const message = `or ${oneOf.slice(1).join(' or ')} is required`;
  return schema.refine((fields) => oneOf.some((name) => fields[name] !== undefined), {
    message,
    path: oneOf.slice(0, 1),
  });
}

/**
 * Checks the fields of one kind and returns the task.
 * @throws SolveError with the code of the first wrong field and an issue for each.
 */
export function parseTask(kind: Kind, fields: Readonly<Record<string, unknown>>): Task {
  const parsed = taskSchema(kind).safeParse(fields, { reportInput: true });
  if (parsed.success) return canonical({ kind, ...parsed.data });
  const issues = parsed.error.issues.flatMap(toIssues);
  throw new SolveError(blameFor(kind, issues), { issues, detail: issues.map(sentence).join('; ') });
}

/** What can be said in two ways has one form here, so that every wire finds what it has a place for. */
function canonical(task: Task): Task {
  const form = CANONICAL[task.kind];
  return form ? form(task) : task;
}

const CANONICAL: Readonly<Partial<Record<string, (task: Task) => Task>>> = {
  /** The payload is the one place for the one-off value, whichever name it came under. */
  recaptcha_v2_enterprise({ dataS, ...rest }) {
    return dataS === undefined
      ? rest
      : { ...rest, enterprisePayload: { s: dataS, ...rest.enterprisePayload } };
  },
  /** Arkose's blob often comes without its name. */
  funcaptcha(task) {
    return typeof task.data === 'string' ? { ...task, data: { blob: task.data } } : task;
  },
  hunt(task) {
    return typeof task.data === 'object' ? { ...task, data: JSON.stringify(task.data) } : task;
  },
  /** Some services take the size as one text, some as two numbers. */
  grid(task) {
    const [rows, columns] = task.gridSize?.split('x').map(Number) ?? [task.rows, task.columns];
    if (!rows || !columns) return task;
    return { ...task, rows, columns, gridSize: `${rows}x${columns}` };
  },
  /** Points are what everybody answers with anyway. */
  coordinates({ mode, ...rest }) {
    return mode === 'rectangles' ? { ...rest, mode } : rest;
  },
};

function toIssues(issue: z.core.$ZodIssue): Issue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: key, message: 'is not a field of this kind' }));
  }
  const isOfType = issue.code === 'invalid_type' || issue.code === 'invalid_union';
  const isMissing = isOfType && issue.input === undefined;
  return [{ path: issue.path.join('.'), message: isMissing ? 'is required' : issue.message }];
}

function sentence(issue: Issue): string {
  return `${issue.path} ${issue.message}`;
}

/** The first wrong field in the kind's own order decides, so that an answer does not depend on zod's. */
function blameFor(kind: Kind, issues: readonly Issue[]): ErrorCode {
  const wrong = new Set(issues.map((issue) => issue.path.split('.')[0]));
  const first = fieldsOf(kind).find((name) => wrong.has(name));
  return first ? FIELDS[first].blame : 'bad_request';
}

/** The inputs of this task that only its first accepted attempt can use. */
export function singleUseInputs(task: Task): readonly FieldName[] {
  return (factsOf(task.kind).singleUse ?? []).filter((name) => task[name] !== undefined);
}

/** The host of the page the captcha stands on; undefined for kinds without a page. */
export function targetHost(task: Task): string | undefined {
  const page = task.pageUrl ?? task.redirectUri ?? passedPage(task);
  return page === undefined ? undefined : hostOf(page);
}

/** Names under which the old wires say where a captcha stands. */
const PAGE_NAMES: ReadonlySet<string> = new Set(['pageurl', 'websiteurl', 'url', 'page_url']);

function passedPage({ passed }: Task): string | undefined {
  const named = Object.entries(passed?.fields ?? {}).find(([name]) => PAGE_NAMES.has(name.toLowerCase()));
  return typeof named?.[1] === 'string' ? named[1] : undefined;
}

function hostOf(page: string): string | undefined {
  const url = withScheme(page);
  return URL.canParse(url) ? new URL(url).hostname.toLowerCase() : undefined;
}
