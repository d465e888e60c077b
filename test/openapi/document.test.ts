/** The document as OpenAPI 3.1 wants it, and its examples as it describes them itself. */
import { describe, expect, it } from 'vitest';
import { ERROR_POLICY } from '../../src/core/errors.js';
import { buildDocument } from '../../src/openapi/document.js';
import type { MediaType, Operation } from '../../src/openapi/operation.js';
import { type JsonSchema, ref } from '../../src/openapi/schema.js';
import { faultsOf } from '../support/json-schema.js';

const document = buildDocument({ version: '1.2.3' });
const { schemas, examples, securitySchemes } = document.components;

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** Every value of a tree under this member's name. */
function everyValue(of: unknown, name: string): unknown[] {
  if (typeof of !== 'object' || of === null) return [];
  return Object.entries(of).flatMap(([key, value]) => [
    ...(key === name ? [value] : []),
    ...everyValue(value, name),
  ]);
}

function at(pointer: string): unknown {
  return pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((node, key) => Object(node)[key], document);
}

function mediaOf({ requestBody, responses }: Partial<Operation>): readonly MediaType[] {
  const bodies = [requestBody, ...Object.values(responses ?? {})];
  return bodies.flatMap((body) => Object.values(body?.content ?? {}));
}

function valuesOf({ example, examples: named = {} }: MediaType): readonly unknown[] {
  const values = Object.values(named).map(({ $ref, value }) =>
    $ref === undefined ? value : Object(at($ref)).value,
  );
  return example === undefined ? values : [example, ...values];
}

describe('the document', () => {
  it('has every part that OpenAPI 3.1 asks for, and no other at its root', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: expect.any(String), version: '1.2.3' });
    const known = ['openapi', 'info', 'servers', 'tags', 'paths', 'webhooks', 'components'];
    expect(Object.keys(document).filter((key) => !known.includes(key))).toEqual([]);
    const parts = Object.values(document.components).flatMap((part) => Object.keys(part));
    expect(parts.filter((name) => !/^[a-zA-Z0-9._-]+$/.test(name))).toEqual([]);
  });

  it('is JSON as it stands', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('refers to nothing that is not there, and has no schema that nobody refers to', () => {
    const all = everyValue(document, '$ref').map(String);
    expect(all.length).toBeGreaterThan(300);
    expect(all.filter((pointer) => at(pointer) === undefined)).toEqual([]);
    const unused = Object.keys(schemas).filter((name) => !all.includes(ref(name).$ref ?? ''));
    expect(unused).toEqual([]);
    const { mapping } = Object(schemas.Submit?.discriminator);
    const targets = Object.values(mapping);
    expect(targets).toEqual(schemas.Submit?.oneOf?.map(({ $ref }) => $ref));
  });

  it('names every operation once, with tags and keys that it explains', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = new Set(operations.flatMap(({ operation }) => operation.tags));
    expect([...tags].sort()).toEqual(document.tags.map(({ name }) => name).sort());
    const keys = new Set(operations.flatMap(({ operation }) => operation.security.flatMap(Object.keys)));
    expect([...keys].sort()).toEqual(Object.keys(securitySchemes).sort());
  });

  it.each(operations)('$method $path has its parameters and says what is answered', ({ path, operation }) => {
    const { parameters = [], responses } = operation;
    const inPath = parameters.filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    expect(inPath.every(({ required }) => required === true)).toBe(true);
    const places = parameters.map(({ in: place, name }) => `${place} ${name}`);
    expect(new Set(places).size).toBe(places.length);
    expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true);
    expect(Object.keys(responses).every((status) => /^[2-5]\d\d$/.test(status))).toBe(true);
    expect(Object.values(responses).every(({ description }) => description !== '')).toBe(true);
  });

  it('tells every code with its own HTTP status', () => {
    expect(Object.keys(examples)).toEqual(Object.keys(ERROR_POLICY));
    for (const [code, { value }] of Object.entries(examples)) {
      const { http } = ERROR_POLICY[code as keyof typeof ERROR_POLICY];
      expect(value).toMatchObject({ code, status: http });
      expect(faultsOf(ref('Problem'), value, { schemas, isStrict: true })).toEqual([]);
    }
    const solve = document.paths['/v1/solve']?.post;
    for (const [status, { content }] of Object.entries(solve?.responses ?? {})) {
      const named = Object.keys(content?.['application/problem+json']?.examples ?? {});
      const same = Object.entries(ERROR_POLICY).filter(([, { http }]) => String(http) === status);
      expect(named).toEqual(same.map(([code]) => code));
    }
  });

  it('has no example that its own schema refuses', () => {
    const calls = Object.values(document.webhooks).flatMap((methods) => Object.values(methods));
    const media = [...operations.map(({ operation }) => operation), ...calls].flatMap(mediaOf);
    const checked = media.flatMap((each) => valuesOf(each).map((value) => [each.schema, value] as const));
    expect(checked.length).toBeGreaterThan(60);
    const faults = checked.flatMap(([schema, value]) => faultsOf(schema, value, { schemas, isStrict: true }));
    expect(faults).toEqual([]);
  });

  it('uses only words that are checked here, in every schema', () => {
    const all: readonly JsonSchema[] = Object.values(schemas);
    for (const value of [null, 'x', 7, [], {}])
      for (const schema of all) expect(() => faultsOf(schema, value, { schemas })).not.toThrow();
  });
});
