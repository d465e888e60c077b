/** JSON Schema 2020-12, as much of it as the API's document uses: a keyword that it does not know is an error. */
import type { JsonSchema } from '../../src/openapi/schema.js';

export interface Check {
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  /** A member that an object's schema does not name is a fault, which to a client it would not be. */
  readonly isStrict?: boolean;
}

type Say = (fault: string) => void;
type Rule = (value: unknown, argument: never, at: Place) => void;

interface Place extends Check {
  readonly schema: JsonSchema;
  readonly path: string;
  readonly say: Say;
}

/** What is wrong with a value, a line for each fault; empty when it fits. */
export function faultsOf(schema: JsonSchema, value: unknown, check: Check): readonly string[] {
  const faults: string[] = [];
  visit(schema, value, { ...check, path: '$', say: (fault) => void faults.push(fault) });
  if (check.isStrict)
    strangers(schema, value, { ...check, path: '$', say: (fault) => void faults.push(fault) });
  return faults;
}

function fits(schema: JsonSchema, value: unknown, { schemas }: Check): boolean {
  return faultsOf(schema, value, { schemas }).length === 0;
}

function visit(schema: JsonSchema, value: unknown, at: Omit<Place, 'schema'>): void {
  for (const [keyword, argument] of Object.entries(schema)) {
    const rule = keyword === 'then' ? SILENT : RULES[keyword];
    if (!rule) throw new TypeError(`${at.path}: nobody checks ${keyword}`);
    rule(value, argument as never, { ...at, schema });
  }
}

const SILENT = () => {};
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: Array.isArray,
  object: isObject,
};

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** Looks at texts only, lists only, and so on: other values are none of the keyword's business. */
const RULES: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(
    [
      'title',
      'description',
      'examples',
      'default',
      'contentEncoding',
      'contentMediaType',
      'contentSchema',
    ].map((name) => [name, SILENT]),
  ),
  discriminator: SILENT,
  $ref: (value, name: string, at) => visit(named(name, at), value, at),
  type: (value, type: string | readonly string[], { path, say }) => {
    const isOne = [type].flat().some((each) => TYPES[each]?.(value));
    if (!isOne) say(`${path} is no ${type}: ${JSON.stringify(value)}`);
  },
  const: (value, only: unknown, { path, say }) => {
    if (!same(value, only)) say(`${path} is not ${JSON.stringify(only)}`);
  },
  enum: (value, all: readonly unknown[], { path, say }) => {
    if (!all.some((one) => same(one, value))) say(`${path} is none of the words: ${JSON.stringify(value)}`);
  },
  format: (value, format: string, { path, say }) => {
    if (format !== 'date-time') throw new TypeError(`nobody checks the format ${format}`);
    const isTime = typeof value === 'string' && !Number.isNaN(Date.parse(value)) && value.endsWith('Z');
    if (typeof value === 'string' && !isTime) say(`${path} is no time: ${value}`);
  },
  pattern: (value, pattern: string, { path, say }) => {
    if (typeof value === 'string' && !new RegExp(pattern, 'u').test(value))
      say(`${path} does not match ${pattern}`);
  },
  minLength: (value, least: number, { path, say }) => {
    if (typeof value === 'string' && [...value].length < least) say(`${path} is too short`);
  },
  maxLength: (value, most: number, { path, say }) => {
    if (typeof value === 'string' && [...value].length > most) say(`${path} is too long`);
  },
  minimum: (value, least: number, { path, say }) => {
    if (typeof value === 'number' && value < least) say(`${path} is below ${least}`);
  },
  maximum: (value, most: number, { path, say }) => {
    if (typeof value === 'number' && value > most) say(`${path} is above ${most}`);
  },
  minItems: (value, least: number, { path, say }) => {
    if (Array.isArray(value) && value.length < least) say(`${path} has too few items`);
  },
  maxItems: (value, most: number, { path, say }) => {
    if (Array.isArray(value) && value.length > most) say(`${path} has too many items`);
  },
  items: (value, item: JsonSchema, at) => {
    if (!Array.isArray(value)) return;
    for (const [index, each] of value.entries()) visit(item, each, { ...at, path: `${at.path}[${index}]` });
  },
  minProperties: (value, least: number, { path, say }) => {
    if (isObject(value) && Object.keys(value).length < least) say(`${path} has too few members`);
  },
  required: (value, names: readonly string[], { path, say }) => {
    if (isObject(value))
      for (const name of names) if (value[name] === undefined) say(`${path}.${name} is missing`);
  },
  properties: (value, members: Readonly<Record<string, JsonSchema>>, at) => {
    if (!isObject(value)) return;
    for (const [name, member] of Object.entries(members))
      if (value[name] !== undefined) visit(member, value[name], { ...at, path: `${at.path}.${name}` });
  },
  additionalProperties: (value, rest: JsonSchema | false, at) => {
    if (!isObject(value)) return;
    for (const name of Object.keys(value).filter(
      (each) => !Object.hasOwn(at.schema.properties ?? {}, each),
    )) {
      if (rest === false) at.say(`${at.path}.${name} is not known`);
      else visit(rest, value[name], { ...at, path: `${at.path}.${name}` });
    }
  },
  anyOf: (value, choices: readonly JsonSchema[], at) => {
    if (!choices.some((choice) => fits(choice, value, at))) at.say(`${at.path} fits no choice`);
  },
  oneOf: (value, choices: readonly JsonSchema[], at) => {
    const count = choices.filter((choice) => fits(choice, value, at)).length;
    if (count !== 1) at.say(`${at.path} fits ${count} choices`);
  },
  allOf: (value, all: readonly JsonSchema[], at) => {
    for (const each of all) visit(each, value, at);
  },
  if: (value, condition: JsonSchema, at) => {
    const { then: rest } = at.schema as { readonly then?: JsonSchema };
    if (rest && fits(condition, value, at)) visit(rest, value, at);
  },
};

function named(reference: string, { schemas }: Check): JsonSchema {
  const schema = schemas[reference.replace('#/components/schemas/', '')];
  if (!schema) throw new TypeError(`there is no ${reference}`);
  return schema;
}

/** Members that nobody has described, all the way down. */
function strangers(schema: JsonSchema, value: unknown, at: Omit<Place, 'schema'>): void {
  const parts = partsOf(schema, value, at);
  if (Array.isArray(value)) {
    const items = parts.flatMap(({ items: item }) => (item ? [item as JsonSchema] : []));
    for (const [index, each] of value.entries())
      strangers({ allOf: items }, each, { ...at, path: `${at.path}[${index}]` });
  }
  if (!isObject(value) || parts.some(({ additionalProperties }) => additionalProperties)) return;
  const isOpen = parts.every(({ properties }) => properties === undefined);
  if (isOpen) return;
  for (const [name, each] of Object.entries(value)) {
    const members = parts.flatMap(({ properties = {} }) => {
      const member = Object.hasOwn(properties, name) ? properties[name] : undefined;
      return member === undefined ? [] : [member as JsonSchema];
    });
    const path = `${at.path}.${name}`;
    if (members.length === 0) at.say(`${path} is not described`);
    else strangers({ allOf: members }, each, { ...at, path });
  }
}

/** The schema with everything that holds for this value beside it. */
function partsOf(schema: JsonSchema, value: unknown, check: Check): readonly JsonSchema[] {
  const { $ref, allOf = [], anyOf = [], oneOf = [] } = schema;
  const { if: condition, then: rest } = schema as { readonly if?: JsonSchema; readonly then?: JsonSchema };
  const chosen = [...anyOf, ...oneOf].filter((choice) => fits(choice, value, check));
  const inner = [
    ...($ref === undefined ? [] : [named($ref, check)]),
    ...allOf,
    ...chosen,
    ...(condition && rest && fits(condition, value, check) ? [rest] : []),
  ];
  return [schema, ...inner.flatMap((each) => partsOf(each, value, check))];
}
