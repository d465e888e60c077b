/** A captcha whose answer can be judged: what is asked, and how one knows that the answer is right. */
import { z } from 'zod';
import { ConfigError, type Fault } from '../config/config-error.js';
import { didYouMean, notOneOf, schemaFaults } from '../config/faults.js';
import { SolveError } from '../core/errors.js';
import { fieldsOf, isKind, KIND_NAMES, type Kind, parseTask, type Task } from '../core/task.js';

const words = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const box = z.strictObject({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });

const answerSchema = z.strictObject({
  text: words.optional(),
  caseSensitive: z.boolean().optional(),
  cells: z.array(z.int().min(1)).optional(),
  points: z.array(box).optional(),
  angle: z.number().optional(),
  tolerance: z.number().min(0).optional(),
});

const pageUrl = z.string().refine(isPageUrl, 'must be an https URL, or http on this machine');

const verifySchema = z.strictObject({
  url: pageUrl,
  form: z.record(z.string(), z.string()).optional(),
  json: z.record(z.string(), z.string()).optional(),
  contains: z.string().min(1),
  rejects: z.string().min(1).optional(),
});

const freshSchema = z.strictObject({ url: pageUrl, take: z.record(z.string(), z.string()) });

const fixtureSchema = z.strictObject({
  id: z.string().min(1).optional(),
  kind: z.enum(KIND_NAMES as [Kind, ...Kind[]]),
  source: z.string().optional(),
  demo: z.union([z.literal('own'), z.string().min(1), z.null()]).default('own'),
  why: z.string().optional(),
  fields: z.record(z.string(), z.unknown()),
  answer: answerSchema.optional(),
  verify: verifySchema.optional(),
  fresh: freshSchema.optional(),
  deadlineMs: z.int().min(1).optional(),
});

const fileSchema = z.strictObject({ fixtures: z.array(fixtureSchema).min(1) });

/** The keys of every object in the file, by the path to it without the numbers. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(fileSchema.shape),
  fixtures: Object.keys(fixtureSchema.shape),
  'fixtures.answer': Object.keys(answerSchema.shape),
  'fixtures.answer.points': Object.keys(box.shape),
  'fixtures.verify': Object.keys(verifySchema.shape),
  'fixtures.fresh': Object.keys(freshSchema.shape),
};

/** What is right: the member that goes with the kind's solution. */
export type KnownAnswer = z.output<typeof answerSchema>;

/** Where an answer can be tried: `{token}` stands for that member of the solution. */
export type Verify = z.output<typeof verifySchema>;

/** Inputs that last for one attempt, taken from a page each time: field by the member of its JSON. */
export type Fresh = z.output<typeof freshSchema>;

/** One captcha to check with. */
export interface Fixture {
  /** Tells fixtures of one kind apart. */
  readonly id: string;
  readonly kind: Kind;
  /** Where the inputs are from. */
  readonly source?: string | undefined;
  /** The page on which everybody may try it, or `own` for inputs made for this; null where there is neither. */
  readonly demo: string | null;
  /** Why there is no demo. */
  readonly why?: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly answer?: KnownAnswer | undefined;
  readonly verify?: Verify | undefined;
  readonly fresh?: Fresh | undefined;
  readonly deadlineMs?: number | undefined;
}

/** Reads a file of fixtures. @throws ConfigError with every fault of it. */
export function parseFixtures(json: unknown): readonly Fixture[] {
  const parsed = fileSchema.safeParse(json, { reportInput: true });
  const faults = (parsed.error?.issues ?? []).flatMap((issue) => faultsOf(issue, json));
  if (!parsed.success) throw new ConfigError(faults);
  const fixtures = parsed.data.fixtures.map(({ id, ...rest }): Fixture => ({ id: id ?? rest.kind, ...rest }));
  const wrong = [...fixtures.flatMap(fieldFaults), ...twins(fixtures)];
  if (wrong.length > 0) throw new ConfigError(wrong);
  return fixtures;
}

/** The task that a fixture asks, with what was taken fresh for it. @throws SolveError naming every bad field. */
export function taskOf({ kind, fields }: Fixture, fresh: Readonly<Record<string, unknown>> = {}): Task {
  return parseTask(kind, { ...fields, ...fresh });
}

function faultsOf(issue: z.core.$ZodIssue, input: unknown): readonly Fault[] {
  const { path } = issue;
  const place = path.filter((key) => typeof key !== 'number').join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const known = KEYS[place] ?? [];
      const hint = didYouMean(key, known) ?? `known here: ${known.join(', ')}`;
      return { path: [...path, key], message: 'is not a known key', hint };
    });
  }
  if (place === 'fixtures.kind' && issue.input !== undefined)
    return [notOneOf(path, issue.input, KIND_NAMES)];
  return schemaFaults(issue, input);
}

/** What stands for a field that is only taken when it is asked for. */
const TAKEN_LATER = '0123456789abcdef0123456789abcdef';

function fieldFaults(fixture: Fixture, index: number): Fault[] {
  const { kind, fresh, demo } = fixture;
  if (demo === null) return [];
  const taken = Object.fromEntries(Object.keys(fresh?.take ?? {}).map((name) => [name, TAKEN_LATER]));
  try {
    taskOf(fixture, taken);
    return [];
  } catch (error) {
    if (!(error instanceof SolveError)) throw error;
    return (error.evidence.issues ?? []).map(({ path, message }) => ({
      path: ['fixtures', index, 'fields', path],
      message,
      hint: path in fixture.fields && isKind(kind) ? didYouMean(path, fieldsOf(kind)) : undefined,
    }));
  }
}

function twins(fixtures: readonly Fixture[]): Fault[] {
  return fixtures.flatMap(({ id }, index) => {
    const isTwin = fixtures.findIndex((other) => other.id === id) < index;
    return isTwin ? [{ path: ['fixtures', index, 'id'], message: 'is there twice; give each an id' }] : [];
  });
}

function isPageUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && /^(127\.|localhost$|\[::1\]$)/.test(hostname));
}
