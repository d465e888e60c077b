/** in.php, both ways: whatever a row can say, a client's request in that form is read back as the same task. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldName } from '../../src/core/fields.js';
import { isDroppable, KIND_NAMES, type Kind, type Task } from '../../src/core/task.js';
import {
  CLASSIC_KINDS,
  type ClassicRow,
  fromFields,
  refusesFields,
  toFields,
} from '../../src/wire/classic.js';
import { arbitraryTask, fullTask, onlyFields, sampleTask } from '../support/sample-tasks.js';

const rows = Object.entries(CLASSIC_KINDS) as [Kind, ClassicRow][];

/** Kinds that only services of the json wire solve. */
const JSON_ONLY: readonly Kind[] = ['amazon_waf_cookie', 'imperva'];

/** The task without what is never sent: unnamed fields, ids of ours, and payloads that are more than `s`. */
function speakable(task: Task, row: ClassicRow): Task {
  const { enterprisePayload, previousId: _, ...rest } = onlyFields(task, row.names);
  const isPlain = Object.keys(enterprisePayload ?? {}).join() === 's';
  return isPlain ? { ...rest, enterprisePayload } : rest;
}

function viaForm(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(new URLSearchParams(fields).toString()));
}

describe('every kind on the classic wire', () => {
  it('has a row, but for those that no service solves over it', () => {
    const spelled = rows.map(([kind]) => kind).sort();
    expect(spelled).toEqual(KIND_NAMES.filter((kind) => !JSON_ONLY.includes(kind)).sort());
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
      expect(isRefused).toBe(lost.some((name) => !isDroppable(kind, name as FieldName)));
    });
    fc.assert(property, { numRuns: 50 });
  });

  it.each(rows)('%s: says its method and its fixed parameters, and no key', (kind, row) => {
    const fields = toFields(fullTask(kind), row);
    expect(fields).toMatchObject({ ...(row.method && { method: row.method }), ...row.fixed });
    if (row.method === '') expect(fields).not.toHaveProperty('method');
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

  it('numbers the items of a list, from one', () => {
    const say = (kind: Kind) => toFields(fullTask(kind), CLASSIC_KINDS[kind] as ClassicRow);
    expect(say('temu_image')).toMatchObject({
      part1: 'R0lGODlhAQ==',
      part2: 'R0lGODlhAg==',
      part3: 'R0lGODlhAw==',
    });
    expect(Object.keys(say('bls')).filter((name) => name.startsWith('image_base64_'))).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((index) => `image_base64_${index}`),
    );
  });

  it('says challenges and steps as JSON text', () => {
    const say = (kind: Kind) => toFields(fullTask(kind), CLASSIC_KINDS[kind] as ClassicRow);
    expect(JSON.parse(say('altcha').challenge_json ?? '')).toEqual(fullTask('altcha').challengeJson);
    expect(say('vk_image')).toHaveProperty('steps', '[5,19,0,13,7]');
  });

  it('never says the id of an earlier task: it is ours', () => {
    const row = CLASSIC_KINDS.grid as ClassicRow;
    expect(Object.values(toFields(fullTask('grid'), row))).not.toContain(fullTask('grid').previousId);
    expect(refusesFields(fullTask('grid'), row)).toBeUndefined();
  });

  it('refuses a task without a field that the service cannot do without', () => {
    const row = { ...(CLASSIC_KINDS.recaptcha_v3 as ClassicRow), requires: ['action'] } as const;
    expect(refusesFields(sampleTask('recaptcha_v3'), row)).toBe('needs action');
    expect(refusesFields(fullTask('recaptcha_v3'), row)).not.toBe('needs action');
  });
});
