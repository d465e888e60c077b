/** Answers of a running gateway against what its own document says of them. */
import { expect } from 'vitest';
import type { OpenApiDocument } from '../../src/openapi/document.js';
import type { JsonSchema } from '../../src/openapi/schema.js';
import { type Answer, send } from '../support/http.js';
import { faultsOf } from '../support/json-schema.js';

/** The document as the gateway serves it. */
export async function fetchDocument(url: string): Promise<OpenApiDocument> {
  return JSON.parse((await send(url, '/openapi.json')).text) as OpenApiDocument;
}

/** Headers of which the document must know where they come. */
const TOLD_HEADERS = /^(?:x-gateway-|location$|retry-after$|set-cookie$)/;

/** Fails unless the document describes this answer: status, headers, type and every member. */
export function expectDescribed(document: OpenApiDocument, route: string, answer: Answer): void {
  const [method = '', path = ''] = route.split(' ');
  const response = document.paths[path]?.[method.toLowerCase()]?.responses[answer.status];
  expect(response, `${route} answers ${answer.status}: ${answer.text}`).toBeDefined();
  const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? '';
  const { content = {}, headers = {} } = response ?? {};
  if (answer.status < 400) {
    const told = Object.keys(answer.headers).filter((name) => TOLD_HEADERS.test(name));
    const described = Object.keys(headers).map((name) => name.toLowerCase());
    expect(described).toEqual(expect.arrayContaining(told));
  }
  if (answer.text === '') {
    expect(content).toEqual({});
    return;
  }
  const media = content[type];
  expect(media, `${route} answers ${answer.status} as ${type}`).toBeDefined();
  if (!type.endsWith('json')) return;
  const value: unknown = JSON.parse(answer.text);
  expect(faultsIn(document, media?.schema ?? {}, value), route).toEqual([]);
  const { code } = Object(value);
  if (media?.examples && code !== undefined) expect(Object.keys(media.examples)).toContain(code);
}

/** What is wrong with a value; members that nobody has described are. */
export function faultsIn(
  { components }: OpenApiDocument,
  schema: JsonSchema,
  value: unknown,
): readonly string[] {
  return faultsOf(schema, value, { schemas: components.schemas, isStrict: true });
}
