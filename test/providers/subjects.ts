/** Every provider over every wire it has, for the tests that hold for all of them. */
import type { FieldName } from '../../src/core/fields.js';
import type { Provider } from '../../src/core/provider.js';
import { factsOf, type Kind, parseTask, type Task } from '../../src/core/task.js';
import { loadFolder } from '../../src/registry.js';
import { sampleFields, sampleTask } from '../support/sample-tasks.js';

export const providers = await loadFolder<Provider>(new URL('../../providers/', import.meta.url));

/** Named by id, and by the wire where it is not the provider's first. */
export const subjects: readonly (readonly [name: string, provider: Provider])[] = [...providers].flatMap(
  ([id, provider]) => [
    [id, provider] as const,
    ...Object.entries(provider.over ?? {}).map(([wire, other]) => [`${id} over ${wire}`, other] as const),
  ],
);

/** The smallest task of a kind that this provider takes: some ask for more than the kind does. */
export function smallestTask(provider: Provider, kind: Kind): Task {
  let task = sampleTask(kind);
  const { oneOf = [] } = factsOf(kind);
  // The first of what a kind may have in two ways is not everybody's.
  const other = oneOf.find((name) => provider.refuses(task) === `cannot pass ${name}`);
  if (other) task = parseTask(kind, { ...fieldsOf(task, [other]), ...sampleFields(kind, oneOf.slice(1)) });
  for (let missing = neededBy(provider, task); missing; missing = neededBy(provider, task)) {
    task = parseTask(kind, { ...fieldsOf(task), ...sampleFields(kind, [missing]) });
  }
  return task;
}

function fieldsOf(
  { kind: _kind, passed: _passed, ...fields }: Task,
  without: readonly string[] = [],
): object {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !without.includes(name)));
}

function neededBy(provider: Provider, task: Task): FieldName | undefined {
  const missing = /^needs (\w+)$/.exec(provider.refuses(task) ?? '')?.[1];
  return missing as FieldName | undefined;
}
