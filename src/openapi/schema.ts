/** JSON Schemas as OpenAPI 3.1 embeds them, made from what the gateway checks with. */
import { z } from 'zod';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Where a document keeps its named schemas. */
const PLACE = '#/components/schemas/';

/** A reference to a named schema. */
export function ref(name: string): JsonSchema {
  return { $ref: `${PLACE}${name}` };
}

/** The name that a reference is made of; undefined for any other schema. */
export function nameOf({ $ref }: JsonSchema): string | undefined {
  return $ref?.startsWith(PLACE) ? $ref.slice(PLACE.length) : undefined;
}

/** One schema for each member of a type: what the type gains or loses does not compile until it is here too. */
export type Members<Type> = { readonly [Name in keyof Type]-?: z.ZodType<Type[Name]> };

/** A closed set of words, all of the type's and no other. */
export function words<Word extends string>(all: Readonly<Record<Word, true>>) {
  return z.enum(Object.keys(all) as [Word, ...Word[]]);
}

/** ISO 8601 in UTC. */
export const time = z.string().meta({ format: 'date-time' });
export const count = z.int().min(0);
export const usd = z.number().min(0).nullable();

/** One schema, without names. */
export function toSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, { io: 'input', override: tidy });
  return rest;
}

/** Named schemas that refer to one another wherever one of them holds another. */
export function toSchemas(named: Readonly<Record<string, z.ZodType>>): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => PLACE + id, io: 'input', override: tidy });
  return Object.fromEntries(
    Object.keys(named).map((id) => {
      const { $schema: _draft, $id: _id, ...schema } = schemas[id] ?? {};
      return [id, schema];
    }),
  );
}

/** zod writes ±(2⁵³−1) as bounds of every whole number, and that names are texts. */
function tidy({ jsonSchema }: { readonly jsonSchema: JsonSchema }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  delete jsonSchema.propertyNames;
}
