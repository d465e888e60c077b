/** What both families do to the shared rows. */
import type { FieldName } from '../../src/core/task.js';
import type { Names } from '../../src/wire/rows.js';

/** The names without those that a service has no place for. */
export function withoutNames(names: Names, lacks: readonly FieldName[] = []): Names {
  const kept = Object.entries(names).filter(([name]) => !lacks.some((lacking) => lacking === name));
  return Object.fromEntries(kept);
}
