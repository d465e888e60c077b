/** Makes an operation of the document from a route. */
import { ERROR_POLICY, type ErrorCode } from '../core/errors.js';
import type { Asker, Parameter, Route, Said } from './route.js';
import { type JsonSchema, ref } from './schema.js';

export interface Example {
  readonly value?: unknown;
  readonly $ref?: string;
}

export interface MediaType {
  readonly schema: JsonSchema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, Example>>;
}

export interface DocumentResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly $ref: string }>>;
  readonly content?: Readonly<Record<string, MediaType>>;
}

export interface DocumentParameter extends Parameter {
  readonly required?: true;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly DocumentParameter[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, MediaType>>;
  };
  readonly responses: Readonly<Record<string, DocumentResponse>>;
}

const CLIENT: Operation['security'] = [{ clientKey: [] }, { clientBearer: [] }];
const OPERATOR: Operation['security'] = [{ adminKey: [] }, { adminBearer: [] }];

const SECURITY: Readonly<Record<Asker, Operation['security']>> = {
  anybody: [],
  client: CLIENT,
  operator: OPERATOR,
  either: [...CLIENT, ...OPERATOR],
};

/** The operation that a route is. */
export function operationOf(route: Route): Operation {
  const { id, tag, asker, summary, description, parameters, body, answers, codes } = route;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: SECURITY[asker],
    ...(parameters && { parameters: parameters.map(parameterOf) }),
    ...(body && {
      requestBody: { required: body.isRequired, content: { 'application/json': bodyOf(body) } },
    }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, said]) => [status, responseOf(said)])),
      ...problemsOf(codes),
    },
  };
}

function parameterOf(parameter: Parameter): DocumentParameter {
  return parameter.in === 'path' ? { ...parameter, required: true } : parameter;
}

function bodyOf({ schema, examples }: NonNullable<Route['body']>): MediaType {
  const named = Object.entries(examples).map(([name, value]) => [name, { value }]);
  return { schema: ref(schema), examples: Object.fromEntries(named) };
}

function responseOf({ description, schema, content = {}, example, headers }: Said): DocumentResponse {
  const media = {
    ...(schema && { 'application/json': { schema: ref(schema), ...(example !== undefined && { example }) } }),
    ...Object.fromEntries(Object.entries(content).map(([type, text]) => [type, { schema: text }])),
  };
  const named = headers?.map((name) => [name, { $ref: `#/components/headers/${name}` }]);
  return {
    description,
    ...(named && { headers: Object.fromEntries(named) }),
    ...(Object.keys(media).length > 0 && { content: media }),
  };
}

/** One response for each HTTP status of these codes. */
function problemsOf(codes: readonly ErrorCode[]): Record<string, DocumentResponse> {
  const statuses = new Set(codes.map((code) => ERROR_POLICY[code].http));
  return Object.fromEntries(
    [...statuses].map((status) => {
      const same = codes.filter((code) => ERROR_POLICY[code].http === status);
      const examples = same.map((code) => [code, { $ref: `#/components/examples/${code}` }]);
      const meanings = same.map((code) => `\`${code}\`: ${ERROR_POLICY[code].title}.`);
      const content = {
        'application/problem+json': { schema: ref('Problem'), examples: Object.fromEntries(examples) },
      };
      return [status, { description: meanings.join(' '), content }];
    }),
  );
}
