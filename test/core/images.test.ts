/** What is bulky goes apart from a task, and back into it without loss. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitImages } from '../../src/core/images.js';
import { KIND_NAMES, type Task } from '../../src/core/task.js';
import { arbitraryTask, fullTask, sampleTask } from '../support/sample-tasks.js';

const LONG = 'x'.repeat(1_001);
const SHORT = 'x'.repeat(1_000);

const passedFields = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== '__proto__'),
  fc.oneof(fc.constantFrom(LONG, SHORT, { body: LONG }, [LONG]), fc.jsonValue({ maxDepth: 2 })),
  { maxKeys: 4 },
);

/** Any task, of a kind or passed through, with or without extras beside it. */
const anyTask: fc.Arbitrary<Task> = fc.oneof(
  fc.constantFrom(...KIND_NAMES).chain(arbitraryTask),
  fc
    .tuple(fc.constantFrom(...KIND_NAMES).chain(arbitraryTask), passedFields)
    .map(([task, fields]): Task => ({ ...task, passed: { wire: 'json', fields } })),
  passedFields.map(
    (fields): Task => ({ kind: 'classic:tiktok', passed: { wire: 'classic', fields, files: ['file'] } }),
  ),
);

it('task and images together are the whole task', () => {
  const property = fc.property(anyTask, (task) => {
    const split = splitImages(task);
    expect({ ...split.task, ...split.images }).toEqual(task);
  });
  fc.assert(property, { numRuns: 500 });
});

it('what is left is short', () => {
  const property = fc.property(anyTask, (task) => {
    const { task: rest } = splitImages(task);
    for (const value of Object.values(rest.passed?.fields ?? {})) {
      expect(typeof value === 'string' ? value.length : JSON.stringify(value).length).toBeLessThanOrEqual(
        1_000,
      );
    }
  });
  fc.assert(property, { numRuns: 300 });
});

describe('what is taken out', () => {
  it.each([
    ['image_to_text', ['imageBase64', 'instructionImageBase64']],
    ['bls', ['images']],
    ['temu_image', ['imageBase64', 'parts']],
    ['audio', ['audioBase64']],
    ['tspd', ['htmlPageBase64']],
    ['cloudflare_clearance', ['htmlPageBase64', 'html']],
  ] as const)('of %s: %j', (kind, names) => {
    const { task, images } = splitImages(fullTask(kind));
    expect(Object.keys(images ?? {}).sort()).toEqual([...names].sort());
    for (const name of names) expect(task).not.toHaveProperty(name);
  });

  it('is nothing where there is nothing bulky: the task is the same', () => {
    const task: Task = { ...sampleTask('turnstile'), passed: { wire: 'json', fields: { note: SHORT } } };
    const split = splitImages(task);
    expect(split.images).toBeNull();
    expect(split.task).toBe(task);
  });

  it('of a passed-through task is what is long, and what is short stays', () => {
    const fields = { url: 'https://example.com/', image: LONG, nested: { body: LONG } };
    const { task, images } = splitImages({ kind: 'json:newtask', passed: { wire: 'json', fields } });
    expect(task.passed?.fields).toEqual({ url: 'https://example.com/' });
    expect(images).toEqual({ passed: { wire: 'json', fields } });
  });
});
