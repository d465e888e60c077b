/** Every way in which a service's answer arrives damaged: cut off, wrapped, or with one member gone, renamed or empty. */
import { isDeepStrictEqual } from 'node:util';

type Members = Readonly<Record<string, unknown>>;

/** Values that are no answer to anything. */
const JUNK: readonly unknown[] = [null, '', ' ', false, {}, [], [null], [[]]];

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The answer with one member damaged, once for each member and each sort of damage. What is listed as `whole` is
 * damaged as a whole only: nobody can tell that a name or a number inside of it was another one.
 */
function* damagedMembers(members: Members, whole: readonly unknown[]): Iterable<Members> {
  for (const [name, value] of Object.entries(members)) {
    const { [name]: _, ...rest } = members;
    yield rest;
    yield { ...rest, [`${name}x`]: value };
    yield { ...rest, [name]: [value] };
    yield { ...rest, [name]: { [name]: value } };
    for (const junk of JUNK) yield { ...rest, [name]: junk };
    if (!isMembers(value) || whole.some((kept) => isDeepStrictEqual(kept, value))) continue;
    for (const inner of damagedMembers(value, whole)) yield { ...members, [name]: inner };
  }
}

/** The answer's text, damaged in all these ways, each once. */
export function damaged(answer: object, whole: readonly unknown[] = []): readonly string[] {
  const text = JSON.stringify(answer);
  const bodies = new Set<string>(spoilt(text));
  for (const members of damagedMembers({ ...answer }, whole)) bodies.add(JSON.stringify(members));
  bodies.delete(text);
  return [...bodies];
}

/** The text cut off at every place, and with something before or behind it. */
export function spoilt(text: string): readonly string[] {
  const cut = Array.from({ length: text.length }, (_, length) => text.slice(0, length));
  return [...cut, `x${text}`, `${text}x`, `<br>${text}`, `${text}<br>`, `${text}${text}`, `[${text}]`];
}
