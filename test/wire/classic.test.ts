/** in.php, both ways: whatever a row can say, a client's request in that form is read back as the same task. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELDS } from '../../src/core/fields.js';
import { KIND_NAMES, type Kind, type Task } from '../../src/core/task.js';
import {
  CLASSIC_KINDS,
  type ClassicRow,
  fromFields,
  refusesFields,
  toFields,
} from '../../src/wire/classic.js';
import { arbitraryTask, fullTask, onlyFields, sampleTask } from '../support/sample-tasks.js';

const rows = Object.entries(CLASSIC_KINDS) as [Kind, ClassicRow][];

/** The task without what the wire has no place for: unnamed fields, and payloads that are more than `s`. */
function speakable(task: Task, row: ClassicRow): Task {
  const { enterprisePayload, ...rest } = onlyFields(task, row.names);
  const isPlain = Object.keys(enterprisePayload ?? {}).join() === 's';
  return isPlain ? { ...rest, enterprisePayload } : rest;
}

function viaForm(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(new URLSearchParams(fields).toString()));
}

describe('every kind on the classic wire', () => {
  it('has a row', () => {
    expect(rows.map(([kind]) => kind)).toEqual(KIND_NAMES);
  });

  it.each(rows)('%s: the smallest and the fullest task survive the wire and back', (kind, row) => {
    for (const task of [sampleTask(kind), speakable(fullTask(kind), row)]) {
      expect(fromFields(viaForm(toFields(task, row)))).toEqual({ task, ignored: [] });
    }
  });

  it.each(rows)('%s: any task survives the wire and back', (kind, row) => {
    const property = fc.property(arbitraryTask(kind), (any) => {
      const task = speakable(any, row);
      expect(refusesFields(task, row)).toBeUndefined();
      expect(fromFields(viaForm(toFields(task, row)))).toEqual({ task, ignored: [] });
    });
    fc.assert(property, { numRuns: 100 });
  });

  it.each(rows)('%s: nothing but hints is left out without a word', (kind, row) => {
    const property = fc.property(arbitraryTask(kind), (any) => {
      const isRefused = refusesFields(any, row) !== undefined;
      const lost = Object.keys(any).filter((name) => !Object.hasOwn(speakable(any, row), name));
      expect(isRefused).toBe(lost.some((name) => !FIELDS[name as keyof typeof FIELDS].isHint));
    });
    fc.assert(property, { numRuns: 50 });
  });

  it.each(rows)('%s: says its method and its fixed parameters, and no key', (kind, row) => {
    const fields = toFields(fullTask(kind), row);
    expect(fields).toMatchObject({ method: row.method, ...row.fixed });
    expect(fields).not.toHaveProperty('key');
    expect(Object.values(fields).every((value) => typeof value === 'string')).toBe(true);
  });
});

describe('how fields are spelled', () => {
  it('says switches as 1 and leaves those out that are off', () => {
    const task = { ...sampleTask('recaptcha_v2'), invisible: true };
    const row = CLASSIC_KINDS.recaptcha_v2 as ClassicRow;
    expect(toFields(task, row)).toHaveProperty('invisible', '1');
    expect(toFields({ ...task, invisible: false }, row)).not.toHaveProperty('invisible');
  });

  it('splits the proxy into address and type', () => {
    const row = CLASSIC_KINDS.recaptcha_v2 as ClassicRow;
    const said = toFields(fullTask('recaptcha_v2'), row);
    expect(said).toMatchObject({ proxy: 'user:pass@198.51.100.7:1080', proxytype: 'SOCKS5' });
    const open = {
      ...sampleTask('recaptcha_v2'),
      proxy: { scheme: 'http', host: 'proxy.example', port: 80 },
    } as const;
    expect(toFields(open, row)).toMatchObject({ proxy: 'proxy.example:80', proxytype: 'HTTP' });
  });

  it('says cookies with colons, data in brackets and the payload as data-s', () => {
    const say = (kind: Kind) => toFields(fullTask(kind), CLASSIC_KINDS[kind] as ClassicRow);
    expect(say('recaptcha_v2')).toHaveProperty('cookies', 'session:abc;theme:dark');
    expect(say('funcaptcha')).toHaveProperty(['data[blob]'], 'one-off-blob');
    expect(say('recaptcha_v2_enterprise')).toHaveProperty(['data-s'], 'one-off-s');
  });

  it('refuses a payload that is more than s: the wire would lose the rest', () => {
    const task = { ...sampleTask('recaptcha_v2_enterprise'), enterprisePayload: { s: 'x', level: 2 } };
    expect(refusesFields(task, CLASSIC_KINDS.recaptcha_v2_enterprise as ClassicRow)).toMatch(
      /enterprisePayload/,
    );
  });
});
