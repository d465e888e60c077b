/** Fills in what the config file only names: variables of the environment and files. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Fault, Path } from './config-error.js';
import { childNode, type Node, rootNode } from './outline.js';

/** Where references are looked up. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The config file's folder: relative file references start there. */
  readonly directory: string;
  /** Told each file as it is about to be read. */
  readonly onFile?: ((path: string) => void) | undefined;
}

export interface Resolved {
  /** The config with every reference replaced; one that could not be is undefined. */
  readonly value: unknown;
  readonly faults: readonly Fault[];
}

/**
 * Replaces references in every string value; keys stay as they are.
 * `${NAME}` is a variable, `${NAME:-default}` has a default for an unset or empty one, `$${` is a literal `${`.
 * A value written `@/path` or `@./path` is the content of that file without its trailing newlines; a value that
 * only begins so after its variables are filled in is not. Nothing that comes from outside is looked at again.
 * A value that is exactly one variable becomes a number or boolean where the schema wants one and it reads as one
 * in JSON (`8080`, `0.5`, `true`); anywhere else it stays text, so a key made of digits keeps its zeros.
 */
export function resolveReferences(written: unknown, surroundings: Surroundings): Resolved {
  const faults: Fault[] = [];
  const walk = (value: unknown, path: Path, node: Node | undefined): unknown => {
    const enter = <Key extends PropertyKey>(key: Key, child: unknown) =>
      walk(child, [...path, key], childNode(node, key));
    if (Array.isArray(value)) return value.map((child, index) => enter(index, child));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, enter(key, child)]));
    }
    if (typeof value !== 'string') return value;
    const outcome = resolveText(value, surroundings);
    if ('text' in outcome)
      return WHOLE_VARIABLE.test(value) ? coerce(outcome.text, node?.type) : outcome.text;
    faults.push({ path, ...outcome });
    return undefined;
  };
  return { value: walk(written, [], rootNode()), faults };
}

const WHOLE_VARIABLE = /^\$\{[^}]*\}$/;
const VARIABLE = /\$\$\{|\$\{([^}]*)(\}?)/g;
const NAME_AND_DEFAULT = /^([A-Za-z_]\w*)(?::-(.*))?$/s;

type Outcome = { readonly text: string } | Omit<Fault, 'path'>;

function resolveText(written: string, { env, directory, onFile }: Surroundings): Outcome {
  const outcome = fillVariables(written, env);
  if (!('text' in outcome) || !/^@\.?\//.test(written)) return outcome;
  const file = resolve(directory, outcome.text.slice(1));
  onFile?.(file);
  return readReferenced(file, written.slice(1));
}

function fillVariables(written: string, env: Surroundings['env']): Outcome {
  const unset = new Set<string>();
  let isMalformed = false;
  const text = written.replace(VARIABLE, (found, inside: string | undefined, end: string) => {
    if (inside === undefined) return '${';
    const [, name, preset] = (end && NAME_AND_DEFAULT.exec(inside)) || [];
    if (name === undefined) isMalformed = true;
    else if (preset !== undefined) return lookUp(env, name) || preset;
    else if (lookUp(env, name) === undefined) unset.add(name);
    else return lookUp(env, name) ?? '';
    return found;
  });
  if (isMalformed) return MALFORMED;
  return unset.size > 0 ? unsetFault([...unset]) : { text };
}

function lookUp(env: Surroundings['env'], name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

const MALFORMED: Outcome = {
  message: 'has a "${" that names no variable',
  hint: `write \${NAME}, \${NAME:-default}, or $\${ for the text itself`,
};

function unsetFault(names: readonly string[]): Outcome {
  const [variable, are] = names.length > 1 ? ['variables', 'are'] : ['variable', 'is'];
  const message = `the environment ${variable} ${names.join(' and ')} ${are} not set`;
  return { message, hint: 'set it, or give a default after :-' };
}

/** The file is named as the config writes it, with its variables unfilled. */
function readReferenced(file: string, written: string): Outcome {
  try {
    return { text: readFileSync(file, 'utf8').replace(/[\r\n]+$/, '') };
  } catch (error) {
    return { message: `the file ${written} cannot be read: ${reasonOf(error)}` };
  }
}

/** Why a file could not be read, in words and without its path. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return REASONS[code] ?? code;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
};

/** The text as what a place of this type wants, when it reads as such; else as it is. */
export function coerce(text: string, type: Node['type']): string | number | boolean {
  const isNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
  if ((type === 'number' || type === 'integer') && isNumber) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
