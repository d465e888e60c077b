/** What several parts of the config's schema are made of. */
import { z } from 'zod';
import { KIND_NAMES } from '../core/task.js';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

export const kind = z.enum(KIND_NAMES).meta({ title: 'kind' });
export const milliseconds = z.int().min(1);
export const count = z.int().min(0);

/** A list that names nothing twice. */
export function distinct<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .min(1)
    .refine((items) => new Set(items).size === items.length, 'must not name the same twice')
    .meta({ uniqueItems: true });
}
