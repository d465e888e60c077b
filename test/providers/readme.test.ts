/** The table of providers against the files, both ways. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Provider } from '../../src/core/provider.js';
import { KIND_NAMES, type Kind } from '../../src/core/task.js';
import { loadFolder } from '../../src/registry.js';

const folder = new URL('../../providers/', import.meta.url);
const providers = await loadFolder<Provider>(folder);
const readme = readFileSync(new URL('README.md', folder), 'utf8');

/** The table's rows as cells, without head and ruler. */
const rows = readme
  .split('\n')
  .filter((line) => line.startsWith('| `') && line.split('|').length > 8)
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

/** The kind whose pace is nobody's but the provider's. */
const PLAIN: Kind = 'turnstile';

function rowOf(provider: Provider): string[] {
  const { kinds, speaks, wire, title, baseUrl } = provider;
  const more = speaks.length - kinds.length;
  const { firstPollMs, pollEveryMs } = provider.timing(PLAIN);
  return [
    `\`${provider.id}\``,
    title,
    [wire, ...Object.keys(provider.over ?? {})].join(', '),
    baseUrl || '–',
    `${kinds.length}${more > 0 ? ` (+${more})` : ''}`,
    `${firstPollMs / 1_000} s, every ${pollEveryMs / 1_000} s`,
  ];
}

describe('providers/README.md', () => {
  it('has a row for every file and a file for every row, in order', () => {
    expect(rows.map(([id]) => id)).toEqual([...providers.keys()].map((id) => `\`${id}\``));
  });

  it.each([...providers])('says what %s.ts says', (id, provider) => {
    expect(rows.find(([cell]) => cell === `\`${id}\``)?.slice(0, 6)).toEqual(rowOf(provider));
  });

  it('says of each what is confirmed and what is not', () => {
    expect(rows.filter(([, , , , , , confirmed, unconfirmed]) => !confirmed || !unconfirmed)).toEqual([]);
  });

  it('takes the pace of a kind that has none of its own', () => {
    expect(KIND_NAMES).toContain(PLAIN);
    for (const provider of providers.values()) {
      const paces = KIND_NAMES.map((kind) => JSON.stringify(provider.timing(kind)));
      const commonest = paces.sort((a, b) => count(paces, b) - count(paces, a))[0];
      expect(JSON.stringify(provider.timing(PLAIN))).toBe(commonest);
    }
  });
});

function count(values: readonly string[], value: string): number {
  return values.filter((other) => other === value).length;
}
