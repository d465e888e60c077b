import { describe, expect, it } from 'vitest';
import { jsonSchema } from '../../src/config/outline.js';

const schema: unknown = JSON.parse(JSON.stringify(jsonSchema()));

describe('config.schema.json', () => {
  it('is fresh (`npx vitest run test/config/schema-file.test.ts -u` writes it)', async () => {
    const text = `${JSON.stringify(jsonSchema(), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot('../../config.schema.json');
  });

  it('has a title and a description', () => {
    expect(schema).toMatchObject({
      title: 'captcha-gateway config',
      description: expect.stringContaining('captcha-gateway'),
      required: ['clients', 'providers'],
      additionalProperties: false,
    });
  });

  it('takes a number or a reference where a number is wanted', () => {
    expect(schema).toHaveProperty('properties.server.properties.port', {
      default: 8_080,
      description: expect.any(String),
      anyOf: [{ type: 'integer', minimum: 0, maximum: 65_535 }, { $ref: '#/$defs/reference' }],
    });
    expect(schema).toHaveProperty('properties.providers.items.properties.threads.anyOf.0', {
      type: 'integer',
      minimum: 1,
    });
  });

  it('takes a reference where one of a few words is wanted, but not as a key', () => {
    const kinds = 'properties.providers.items.properties';
    expect(schema).toHaveProperty(`${kinds}.kinds.items.anyOf.1`, { $ref: '#/$defs/reference' });
    expect(schema).toHaveProperty(`${kinds}.pricesUsdPer1000.additionalProperties.anyOf.1`, {
      $ref: '#/$defs/reference',
    });
    expect(schema).toHaveProperty(
      `${kinds}.pricesUsdPer1000.propertyNames.enum`,
      expect.arrayContaining(['turnstile']),
    );
  });

  it('knows a reference when it sees one', () => {
    const { pattern } = (schema as { $defs: { reference: { pattern: string } } }).$defs.reference;
    const reference = new RegExp(pattern);
    expect(
      ['$'.concat('{A}'), 'a'.concat('$', '{A:-b}'), '@/run/x', '@./x'].every((text) => reference.test(text)),
    ).toBe(true);
    expect(['8080', '$A', '@x'].some((text) => reference.test(text))).toBe(false);
  });
});
