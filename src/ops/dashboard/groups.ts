/** Kinds with the same order of providers, told together; those in use by themselves, and first. */
import type { History, Serving, Status } from './wire.js';

export interface ServingGroup extends Omit<Serving, 'kind'> {
  readonly kinds: readonly string[];
  /** Tasks of the last hour. */
  readonly tasks: number;
}

/** The rows of the table of kinds. */
export function groupsOf(
  { serving }: Pick<Status, 'serving'>,
  { kinds }: Pick<History, 'kinds'>,
): readonly ServingGroup[] {
  const used = new Map(kinds.map(({ kind, solved, failed }) => [kind, solved + failed]));
  const groups = new Map<string, ServingGroup>();
  for (const { kind, ...order } of serving) {
    const tasks = used.get(kind) ?? 0;
    const key = tasks > 0 ? kind : JSON.stringify(order);
    const known = groups.get(key);
    groups.set(key, { ...order, kinds: [...(known?.kinds ?? []), kind], tasks });
  }
  return [...groups.values()].sort(
    (one, other) => other.tasks - one.tasks || other.kinds.length - one.kinds.length,
  );
}
