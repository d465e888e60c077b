/** A route as it is described, before it becomes an operation of the document. */
import type { ErrorCode } from '../core/errors.js';
import type { JsonSchema } from './schema.js';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly schema: JsonSchema;
}

export interface Said {
  readonly description: string;
  /** A named schema; absent for an answer without a body, or with one that is no JSON. */
  readonly schema?: string;
  /** Other media types, each with its schema. */
  readonly content?: Readonly<Record<string, JsonSchema>>;
  readonly example?: unknown;
  /** Names in the document's list of headers. */
  readonly headers?: readonly string[];
}

/** Who may ask: anybody, a client, the operator, or either of the two. */
export type Asker = 'anybody' | 'client' | 'operator' | 'either';

export interface Route {
  /** `METHOD /path`, with `{name}` parts. */
  readonly route: `${'GET' | 'POST' | 'DELETE'} /${string}`;
  readonly id: string;
  readonly tag: string;
  readonly asker: Asker;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: {
    readonly schema: string;
    readonly isRequired: boolean;
    readonly examples: Readonly<Record<string, unknown>>;
  };
  /** By HTTP status. */
  readonly answers: Readonly<Record<number, Said>>;
  /** Problems beside those, whose status the error table knows. */
  readonly codes: readonly ErrorCode[];
}

export const TASK_ID: Parameter = {
  name: 'id',
  in: 'path',
  description: 'The id of a task.',
  schema: { type: 'string', pattern: '^[0-9]{1,10}$', examples: ['12345'] },
};

/** A name in a path. */
export function pathName(name: string, description: string, sample: string): Parameter {
  return { name, in: 'path', description, schema: { type: 'string', examples: [sample] } };
}

/** A value that the query may carry. */
export function query(name: string, description: string, schema: JsonSchema): Parameter {
  return { name, in: 'query', description, schema };
}
