/** What is wrong with a config, in words. Faults never repeat a value, so they cannot tell a secret. */
import type { z } from 'zod';
import type { Fault, Path } from './config-error.js';
import { childNode, knownKeys, rootNode } from './outline.js';
import { suggest } from './suggest.js';

/** `did you mean "priority"?` when one of the candidates is close. */
export function didYouMean(given: unknown, candidates: readonly string[]): string | undefined {
  const close = typeof given === 'string' ? suggest(given, candidates) : undefined;
  return close === undefined ? undefined : `did you mean ${JSON.stringify(close)}?`;
}

/** A value that is none of a closed set. */
export function notOneOf(path: Path, given: unknown, candidates: readonly string[]): Fault {
  const hint = didYouMean(given, candidates);
  if (hint !== undefined) return { path, message: 'is not a known value', hint };
  return {
    path,
    message:
      candidates.length === 1 ? `must be ${quoted(candidates)}` : `must be one of ${quoted(candidates)}`,
  };
}

/** The faults that one zod issue tells of; `input` is what was parsed. */
export function schemaFaults(issue: z.core.$ZodIssue, input: unknown): Fault[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
  const given = valueAt(input, path);
  if (given === undefined) return [{ path, message: 'is required' }];
  if (issue.code === 'invalid_value') return [notOneOf(path, given, issue.values.map(String))];
  return [{ path, message: describeIssue(issue) }];
}

function unknownKey(parent: Path, key: string): Fault {
  const known = knownKeys(parent.reduce(childNode, rootNode()));
  const hint = didYouMean(key, known) ?? `known here: ${quoted(known)}`;
  return { path: [...parent, key], message: 'is not a known key', hint };
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `must be ${EXPECTED[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code !== 'too_small') return issue.message;
  if (issue.origin === 'string') return 'must not be empty';
  if (issue.origin === 'array') return 'must have at least one entry';
  return `must be at least ${issue.minimum}`;
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return Reflect.get(value, key);
  }, input);
}

function quoted(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ');
}
