/** The fixtures: those that come along, and what is said of a file with faults. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseFixtures, taskOf } from '../../src/check/fixture.js';
import { demoTask, STARTER_FIXTURES } from '../../src/check/starter.js';
import { ConfigError } from '../../src/config/config-error.js';
import { KIND_NAMES } from '../../src/core/task.js';

const FRESH = { gt: 'a'.repeat(32), challenge: 'b'.repeat(32) };
const withDemo = STARTER_FIXTURES.filter(({ demo }) => demo !== null);

describe('the fixtures that come along', () => {
  it('are one for each kind', () => {
    expect(STARTER_FIXTURES.map(({ kind }) => kind)).toEqual(KIND_NAMES);
  });

  it.each(withDemo.map((fixture) => [fixture.kind, fixture] as const))('%s is a task', (kind, fixture) => {
    expect(taskOf(fixture, fixture.fresh ? FRESH : {})).toMatchObject({ kind });
    expect(fixture.source).toBeTruthy();
    expect(parseFixtures({ fixtures: [fixture] })).toEqual([fixture]);
    if (fixture.demo !== 'own') expect(new URL(fixture.demo ?? '').protocol).toBe('https:');
  });

  it('say why where there is nothing to ask with', () => {
    const without = STARTER_FIXTURES.filter(({ demo }) => demo === null);
    expect(without.length).toBeGreaterThan(10);
    for (const { why, kind } of without) {
      expect(why).toBeTruthy();
      expect(demoTask(kind)).toBeUndefined();
    }
  });

  it('have pictures that are pictures', () => {
    const pictures = withDemo.flatMap(({ fields }) => [fields.imageBase64 ?? [], fields.images ?? []].flat());
    expect(pictures).toHaveLength(6 + 9);
    for (const picture of pictures) {
      const bytes = Buffer.from(String(picture), 'base64');
      expect(bytes.subarray(1, 4).toString()).toBe('PNG');
      expect(bytes.subarray(-8, -4).toString()).toBe('IEND');
    }
  });

  it('have an answer or a page that tries one, for what is asked most', () => {
    const judged = withDemo.filter(({ answer, verify }) => answer || verify).map(({ kind }) => kind);
    expect(judged).toEqual(
      expect.arrayContaining(['image_to_text', 'recaptcha_v2', 'recaptcha_v3', 'turnstile', 'geetest_v4']),
    );
  });
});

function faultsOf(json: unknown): ConfigError['issues'] {
  try {
    parseFixtures(json);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

describe('the README', () => {
  it('shows a file that is valid as it stands, and every key of one', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, sample = ''] = /```json\n(\{ "fixtures"[\s\S]*?)```/.exec(readme) ?? [];
    expect(parseFixtures(JSON.parse(sample)).map(({ id }) => id)).toEqual(['letters', 'turnstile']);
    const known = faultsOf({ fixtures: [{ qqqqqqqqq: 1 }] }).find(({ hint }) =>
      hint?.startsWith('known here'),
    );
    const keys = known?.hint?.replace('known here: ', '').split(', ') ?? [];
    expect(keys).toContain('verify');
    const rows = readme.slice(readme.indexOf('| `kind`, `fields` |')).split('\n\n')[0] ?? '';
    for (const key of keys) expect(rows).toContain(`\`${key}\``);
  });
});

describe('a file of fixtures', () => {
  const good = { kind: 'turnstile', fields: { pageUrl: 'https://example.com/', siteKey: 'k' } };

  it('needs little', () => {
    expect(parseFixtures({ fixtures: [good] })).toEqual([{ ...good, id: 'turnstile', demo: 'own' }]);
  });

  it.each<readonly [string, unknown, object]>([
    ['no list', { fixture: [good] }, { path: 'fixtures', message: 'is required' }],
    ['an empty list', { fixtures: [] }, { path: 'fixtures', message: 'must have at least one entry' }],
    [
      'a kind that is misspelt',
      { fixtures: [{ ...good, kind: 'turnstyle' }] },
      { path: 'fixtures[0].kind', hint: 'did you mean "turnstile"?' },
    ],
    ['no kind', { fixtures: [{ fields: {} }] }, { path: 'fixtures[0].kind', message: 'is required' }],
    [
      'a key that is misspelt',
      { fixtures: [{ ...good, answers: {} }] },
      { path: 'fixtures[0].answers', hint: 'did you mean "answer"?' },
    ],
    [
      'a key of a part that is misspelt',
      { fixtures: [{ ...good, verify: { url: 'https://x.example/', contain: 'a', contains: 'a' } }] },
      { path: 'fixtures[0].verify.contain', hint: 'did you mean "contains"?' },
    ],
    [
      'a field that is misspelt',
      { fixtures: [{ ...good, fields: { ...good.fields, sitekey: 'k' } }] },
      { path: 'fixtures[0].fields.sitekey', hint: 'did you mean "siteKey"?' },
    ],
    [
      'a field that is missing',
      { fixtures: [{ ...good, fields: { siteKey: 'k' } }] },
      { path: 'fixtures[0].fields.pageUrl', message: 'is required' },
    ],
    [
      'a page that is not safe to ask',
      { fixtures: [{ ...good, verify: { url: 'http://example.com/', contains: 'a' } }] },
      { path: 'fixtures[0].verify.url', message: 'must be an https URL, or http on this machine' },
    ],
    [
      'two of one name',
      { fixtures: [good, good] },
      { path: 'fixtures[1].id', message: 'is there twice; give each an id' },
    ],
  ])('%s is named', (_name, json, fault) => {
    expect(faultsOf(json)).toContainEqual(expect.objectContaining(fault));
  });

  it('names every fault at once', () => {
    const faults = faultsOf({ fixtures: [{ ...good, kind: 'x' }, { kind: 'turnstile' }] });
    expect(faults.map(({ path }) => path)).toEqual(['fixtures[0].kind', 'fixtures[1].fields']);
  });
});
