/** The config's schema as a plain tree: for editors, for the README's table, and for finding what a key may be. */
import { z } from 'zod';
import { configSchema } from './schema.js';

/** One place in the config: what JSON Schema says of it. */
export type Node = z.core.JSONSchema.BaseSchema;

const ROOT: Node = z.toJSONSchema(configSchema, { io: 'input' });

/** The node of the whole config. */
export function rootNode(): Node {
  return ROOT;
}

/** The node of one key or list entry; undefined where the schema knows none. */
export function childNode(node: Node | undefined, key: PropertyKey): Node | undefined {
  if (node === undefined) return undefined;
  if (typeof key === 'number') return asNode(node.items);
  return asNode(node.properties?.[String(key)] ?? node.additionalProperties);
}

/** Every key that this place may have. */
export function knownKeys(node: Node | undefined): readonly string[] {
  if (node?.properties) return Object.keys(node.properties);
  return asNode(node?.propertyNames)?.enum?.map(String) ?? [];
}

function asNode(value: unknown): Node | undefined {
  return isNode(value) ? value : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON Schema of the file as operators write it: references are welcome wherever a value is. */
export function jsonSchema(): object {
  const reference = {
    type: 'string',
    pattern: '\\$\\{|^@\\.?/',
    description: 'A value from the environment or from a file.',
  };
  return { ...welcomeReferences(ROOT), $defs: { reference } };
}

function welcomeReferences({ orWord, ...node }: Node): Node {
  if (typeof orWord === 'string') {
    const { description, ...rule } = welcomeReferences(node);
    return { description, anyOf: [{ const: orWord }, rule] };
  }
  if (node.properties || node.items || asNode(node.additionalProperties)) return mapChildren(node);
  const { title, description, default: preset, ...rule } = withoutSafeIntegers(node);
  const isClosed = rule.type !== 'string' || rule.enum || rule.const !== undefined || rule.pattern;
  if (!isClosed) return node;
  const about = { title, description, default: preset, anyOf: [rule, { $ref: '#/$defs/reference' }] };
  return Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined));
}

function mapChildren(node: Node): Node {
  const mapped: Node = { ...node };
  if (node.properties) {
    const pairs = Object.entries(node.properties).map(([key, child]) => {
      return [key, welcomeReferences(asNode(child) ?? {})] as const;
    });
    mapped.properties = Object.fromEntries(pairs);
  }
  const items = asNode(node.items);
  const values = asNode(node.additionalProperties);
  if (items) mapped.items = welcomeReferences(items);
  if (values) mapped.additionalProperties = welcomeReferences(values);
  return mapped;
}

/** zod writes ±(2⁵³−1) as bounds of every whole number, which tells an operator nothing. */
function withoutSafeIntegers(node: Node): Node {
  const { minimum, maximum, ...rest } = node;
  return {
    ...rest,
    ...(minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? {} : { minimum }),
    ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }),
  };
}

/** One key of the config, for people. */
export interface KeyFacts {
  /** Like `clients[].limits.inFlight`; `<kind>` stands for any kind. */
  readonly path: string;
  readonly type: string;
  /** The default as JSON, `required`, or empty for an optional key without one. */
  readonly default: string;
  readonly description: string;
}

/** Every key of the config in the schema's order, parents before their children. */
export function describeKeys(): readonly KeyFacts[] {
  return rowsBelow(ROOT, '');
}

function rowsBelow(node: Node, prefix: string): KeyFacts[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const below = asNode(child) ?? {};
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const isRequired = node.required?.includes(key) ?? false;
    const facts: KeyFacts = {
      path,
      type: typeWords(below),
      default: defaultWords(below, isRequired),
      description: below.description ?? '',
    };
    return [facts, ...rowsInside(below, path)];
  });
}

function rowsInside(node: Node, path: string): KeyFacts[] {
  const items = asNode(node.items);
  const values = asNode(node.additionalProperties);
  if (items) return rowsBelow(items, `${path}[]`);
  if (values) return rowsBelow(values, `${path}.<${asNode(node.propertyNames)?.title ?? 'name'}>`);
  return rowsBelow(node, path);
}

function defaultWords(node: Node, isRequired: boolean): string {
  if (isRequired) return 'required';
  return node.properties || node.default === undefined ? '' : JSON.stringify(node.default);
}

/** What a value may be; `orWord` is a word that stands for the whole object. */
function typeWords({ orWord, ...node }: Node): string {
  if (typeof orWord === 'string') return `${typeWords(node)} or ${JSON.stringify(orWord)}`;
  const items = asNode(node.items);
  const values = asNode(node.additionalProperties);
  if (node.title) return node.title;
  if (node.enum) return `one of ${node.enum.map((value) => JSON.stringify(value)).join(', ')}`;
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (items) return `list of ${typeWords(items)}`;
  if (values) return `${typeWords(values)} per ${asNode(node.propertyNames)?.title ?? 'name'}`;
  return TYPE_WORDS[String(node.type)] ?? String(node.type);
}

const TYPE_WORDS: Readonly<Record<string, string>> = { integer: 'whole number', string: 'text' };
