/** createTask, both ways: whatever a row can say, a client's request in that form is read back as the same task. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldName } from '../../src/core/fields.js';
import { isDroppable, KIND_NAMES, type Kind, type Task } from '../../src/core/task.js';
import { fromMembers, JSON_KINDS, type JsonRow, refusesMembers, toMembers } from '../../src/wire/json.js';
import { arbitraryTask, fullTask, onlyFields, SAMPLE_FIELDS, sampleTask } from '../support/sample-tasks.js';

const SHAPES = ['split', 'text', 'url'] as const;
const rows = Object.entries(JSON_KINDS) as [Kind, JsonRow][];
const viaJson = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

/** One type name stands for both results of AWS WAF: whose client asks tells them apart. */
const FLAVOURS: Readonly<Partial<Record<Kind, string>>> = { amazon_waf_cookie: 'anticaptcha' };

/** The task without what is never sent, with a proxy where there is no type without one. */
function speakable(task: Task, row: JsonRow): Task {
  const { previousId: _, ...rest } = onlyFields(task, row.names);
  return row.type === null ? { proxy: SAMPLE_FIELDS.proxy, ...rest } : rest;
}

describe('every kind on the json wire', () => {
  it('has a row', () => {
    expect(rows.map(([kind]) => kind).sort()).toEqual([...KIND_NAMES].sort());
  });

  it.each(rows)('%s: the smallest and the fullest task survive the wire and back', (kind, row) => {
    for (const task of [speakable(sampleTask(kind), row), speakable(fullTask(kind), row)]) {
      for (const shape of SHAPES) {
        const sent = viaJson(toMembers(task, row, shape));
        expect(fromMembers(sent, FLAVOURS[kind])).toEqual({ task, ignored: [] });
      }
    }
  });

  it.each(rows)('%s: any task survives the wire and back, with any shape of proxy', (kind, row) => {
    const property = fc.property(arbitraryTask(kind), fc.constantFrom(...SHAPES), (any, shape) => {
      const task = speakable(any, row);
      expect(refusesMembers(task, row)).toBeUndefined();
      const sent = viaJson(toMembers(task, row, shape));
      expect(fromMembers(sent, FLAVOURS[kind])).toEqual({ task, ignored: [] });
    });
    fc.assert(property, { numRuns: 100 });
  });

  it.each(rows)('%s: nothing but hints is left out without a word', (kind, row) => {
    const property = fc.property(arbitraryTask(kind), (any) => {
      const task = { ...any, ...(row.type === null && { proxy: SAMPLE_FIELDS.proxy }) };
      const isRefused = refusesMembers(task, row) !== undefined;
      const lost = Object.keys(task).filter((name) => name !== 'kind' && !Object.hasOwn(row.names, name));
      expect(isRefused).toBe(lost.some((name) => !isDroppable(kind, name as FieldName)));
    });
    fc.assert(property, { numRuns: 50 });
  });

  it.each(rows)('%s: the type tells whether there is a proxy', (kind, row) => {
    const task = onlyFields(fullTask(kind), row.names);
    const { proxy, ...direct } = task;
    const sent = [toMembers(direct, row), toMembers(task, row)];
    expect(sent.map(({ type }) => type)).toEqual([row.type, proxy ? row.proxied : row.type]);
    for (const [path, value] of Object.entries(row.fixed ?? {})) {
      for (const members of sent) expect(members).toHaveProperty(path, value);
    }
  });

  it('refuses a proxy where the row has no type for it', () => {
    const row = { ...(JSON_KINDS.recaptcha_v3 as JsonRow), proxied: null };
    expect(refusesMembers(fullTask('recaptcha_v3'), row)).toBe('cannot pass proxy');
  });

  it('refuses a task without a proxy where the row has a type for that only', () => {
    expect(refusesMembers(sampleTask('hunt'), JSON_KINDS.hunt as JsonRow)).toBe('needs proxy');
    expect(refusesMembers(fullTask('hunt'), JSON_KINDS.hunt as JsonRow)).toBeUndefined();
  });
});

describe('how members are spelled', () => {
  const say = (kind: Kind, shape?: (typeof SHAPES)[number]) => {
    return toMembers(fullTask(kind), JSON_KINDS[kind] as JsonRow, shape);
  };

  it('splits the proxy into members with a numeric port', () => {
    expect(say('recaptcha_v2')).toMatchObject({
      proxyType: 'socks5',
      proxyAddress: '198.51.100.7',
      proxyPort: 1080,
      proxyLogin: 'user',
      proxyPassword: 'pass',
    });
    expect(say('recaptcha_v2')).not.toHaveProperty('proxy');
  });

  it('says the proxy as one text where the service wants that', () => {
    expect(say('recaptcha_v2', 'text')).toMatchObject({ proxy: 'socks5:198.51.100.7:1080:user:pass' });
    expect(say('recaptcha_v2', 'text')).not.toHaveProperty('proxyAddress');
  });

  it('says cookies with equals signs, data as JSON text, nested names as objects', () => {
    expect(say('recaptcha_v2')).toHaveProperty('cookies', 'session=abc; theme=dark');
    expect(say('funcaptcha')).toHaveProperty('data', '{"blob":"one-off-blob"}');
    expect(say('hcaptcha')).toHaveProperty('enterprisePayload', { rqdata: 'one-off-rq' });
    expect(say('geetest_v4')).toHaveProperty('initParameters', {
      captcha_id: 'e392e1d7fd421dc63325744d5a2b9c73',
      riskType: 'slide',
    });
  });

  it('keeps the JSON types of switches and numbers', () => {
    expect(say('image_to_text')).toMatchObject({ case: true, numeric: 4, minLength: 4 });
    expect(say('recaptcha_v3')).toMatchObject({ minScore: 0.3 });
  });

  it('says the one-off value of Enterprise in its payload, whichever name it came under', () => {
    expect(say('recaptcha_v2_enterprise')).toMatchObject({ enterprisePayload: { s: 'one-off-s' } });
    expect(say('recaptcha_v2_enterprise')).not.toHaveProperty('recaptchaDataSValue');
  });

  it('says the challenge of ALTCHA as JSON text, and lists as lists', () => {
    expect(JSON.parse(String(say('altcha').challengeJSON))).toEqual(fullTask('altcha').challengeJson);
    expect(say('temu_image')).toHaveProperty('parts', fullTask('temu_image').parts);
    expect(say('vk_image')).toHaveProperty('steps', [5, 19, 0, 13, 7]);
  });

  it('never says the id of an earlier task: it is ours', () => {
    expect(JSON.stringify(say('grid'))).not.toContain(fullTask('grid').previousId);
    expect(refusesMembers(fullTask('grid'), JSON_KINDS.grid as JsonRow)).toBeUndefined();
  });
});
