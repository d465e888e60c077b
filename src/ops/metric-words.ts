/** Words for labels: as many as there are kinds, codes and accounts, however many a client makes up. */
import { ERROR_POLICY } from '../core/errors.js';
import type { ProviderState } from '../core/status.js';
import type { TaskRecord } from '../core/store.js';
import { passedWire, type TaskKind } from '../core/task.js';

/** More different words than this under one label become `other`. */
const MOST_WORDS = 200;

/** Lets the first words through and calls the later ones `other`: no label grows without bound. */
export function limitWords(): (word: string) => string {
  const known = new Set<string>();
  return (word) => {
    if (known.size < MOST_WORDS) known.add(word);
    return known.has(word) ? word : 'other';
  };
}

/** What is passed through has names that clients make up: one label a wire. */
export function kindLabel({ task }: Pick<TaskRecord, 'task'>): string {
  return labelOfKind(task.kind);
}

/** The same of a kind alone. */
export function labelOfKind(kind: TaskKind): string {
  const wire = passedWire(kind);
  return wire === undefined ? kind : `${wire}:*`;
}

/** An operator's reason is free text, and no label. */
export function causeLabel(state: ProviderState, cause: string | null): string {
  if (state === 'held-out') return 'operator';
  return cause !== null && Object.hasOwn(ERROR_POLICY, cause) ? cause : 'other';
}
