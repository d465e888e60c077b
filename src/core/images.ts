/** The bulky inputs of a task, which nobody keeps once it has ended. */
import type { FieldName } from './fields.js';
import type { Passed, Task } from './task.js';

const IMAGES: readonly FieldName[] = [
  'imageBase64',
  'instructionImageBase64',
  'images',
  'parts',
  'audioBase64',
  'htmlPageBase64',
  'html',
];

/** Longer values of passed-through fields are taken for images: nobody knows their names. */
const LONGEST_KEPT = 1_000;

export interface SplitTask {
  readonly task: Task;
  /** What was taken out; spread over the task it makes it whole again. Null when there was nothing. */
  readonly images: Partial<Task> | null;
}

/** Takes images, recordings, pages and whatever else is long out of a task. */
export function splitImages(task: Task): SplitTask {
  const taken = new Set<string>(IMAGES.filter((name) => task[name] !== undefined));
  const { passed } = task;
  const kept = passed && withoutLong(passed);
  if (taken.size === 0 && kept === passed) return { task, images: null };
  const entries = Object.entries(task).filter(([name]) => name !== 'passed');
  const images = {
    ...Object.fromEntries(entries.filter(([name]) => taken.has(name))),
    ...(kept !== passed && { passed }),
  };
  const rest = {
    ...Object.fromEntries(entries.filter(([name]) => !taken.has(name))),
    ...(kept && { passed: kept }),
  };
  return { task: rest as Task, images };
}

function withoutLong(passed: Passed): Passed {
  const entries = Object.entries(passed.fields);
  const short = entries.filter(([, value]) => lengthOf(value) <= LONGEST_KEPT);
  return short.length === entries.length ? passed : { ...passed, fields: Object.fromEntries(short) };
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : (JSON.stringify(value)?.length ?? 0);
}
