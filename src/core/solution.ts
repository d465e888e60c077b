/** What comes back: the normalized solution of a task. */

/** Members are those of the kind's `solution` in `KINDS`; values are as the provider gave them. */
export type Solution = Readonly<Record<string, unknown>>;

/** The first readable text of a value: providers send numbers where clients expect text. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return undefined;
}
