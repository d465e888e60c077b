/** Solutions for the wire tests: one text for every member that a kind can answer. */
import fc from 'fast-check';
import { factsOf, type Kind } from '../../src/core/task.js';

/** Texts as services send them: tokens hold pipes, never surrounding blanks, never a code alone. */
const token = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .map((text) => `T${text}|x`)
  .filter((text) => text === text.trim());

/** The main member, and any of the others that the row can say. */
export function arbitrarySolution(
  kind: Kind,
  members: readonly string[],
): fc.Arbitrary<Record<string, string>> {
  const model = Object.fromEntries(members.map((member) => [member, token]));
  return fc.record(model, { requiredKeys: [factsOf(kind).solution[0]] });
}

/** One fixed text for each member, named for it. */
export function sampleSolution(members: readonly string[]): Record<string, string> {
  return Object.fromEntries(members.map((member) => [member, `the-${member}|tail`]));
}
