/** createTask, both ways: whatever a row can say, a client's request in that form is read back as the same task. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELDS } from '../../src/core/fields.js';
import { KIND_NAMES, type Kind } from '../../src/core/task.js';
import { fromMembers, JSON_KINDS, type JsonRow, refusesMembers, toMembers } from '../../src/wire/json.js';
import { arbitraryTask, fullTask, onlyFields, sampleTask } from '../support/sample-tasks.js';

const rows = Object.entries(JSON_KINDS) as [Kind, JsonRow][];
const viaJson = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

describe('every kind on the json wire', () => {
  it('has a row', () => {
    expect(rows.map(([kind]) => kind)).toEqual(KIND_NAMES);
  });

  it.each(rows)('%s: the smallest and the fullest task survive the wire and back', (kind, row) => {
    for (const task of [sampleTask(kind), onlyFields(fullTask(kind), row.names)]) {
      expect(fromMembers(viaJson(toMembers(task, row)))).toEqual({ task, ignored: [] });
      expect(fromMembers(viaJson(toMembers(task, row, 'text')))).toEqual({ task, ignored: [] });
    }
  });

  it.each(rows)('%s: any task survives the wire and back, with either shape of proxy', (kind, row) => {
    const property = fc.property(arbitraryTask(kind), fc.constantFrom('split', 'text'), (any, shape) => {
      const task = onlyFields(any, row.names);
      expect(refusesMembers(task, row)).toBeUndefined();
      expect(fromMembers(viaJson(toMembers(task, row, shape)))).toEqual({ task, ignored: [] });
    });
    fc.assert(property, { numRuns: 100 });
  });

  it.each(rows)('%s: nothing but hints is left out without a word', (kind, row) => {
    const property = fc.property(arbitraryTask(kind), (task) => {
      const isRefused = refusesMembers(task, row) !== undefined;
      const lost = Object.keys(task).filter((name) => name !== 'kind' && !Object.hasOwn(row.names, name));
      expect(isRefused).toBe(lost.some((name) => !FIELDS[name as keyof typeof FIELDS].isHint));
    });
    fc.assert(property, { numRuns: 50 });
  });

  it.each(rows)('%s: the type tells whether there is a proxy', (kind, row) => {
    const task = onlyFields(fullTask(kind), row.names);
    const { proxy, ...direct } = task;
    expect(toMembers(direct, row)).toMatchObject({ type: row.type, ...row.fixed });
    if (proxy) expect(toMembers(task, row)).toMatchObject({ type: row.proxied ?? '', ...row.fixed });
  });

  it('refuses a proxy where the row has no type for it', () => {
    const row = { ...(JSON_KINDS.recaptcha_v3 as JsonRow), proxied: null };
    expect(refusesMembers(fullTask('recaptcha_v3'), row)).toBe('cannot pass proxy');
  });
});

describe('how members are spelled', () => {
  const say = (kind: Kind, shape?: 'split' | 'text') => {
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
});
