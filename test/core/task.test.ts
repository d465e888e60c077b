/** What a task of each kind must and may carry, and what a client hears of a wrong one. */
import { describe, expect, it } from 'vitest';
import { type Issue, SolveError } from '../../src/core/errors.js';
import { FIELDS, type FieldName } from '../../src/core/fields.js';
import { MEMBER_SHAPES } from '../../src/core/solution.js';
import {
  factsOf,
  fieldsOf,
  isDroppable,
  isKind,
  KIND_NAMES,
  type Kind,
  parseTask,
} from '../../src/core/task.js';
import { fullTask, sampleFields, sampleTask } from '../support/sample-tasks.js';

/** What a kind must have; of the fields of which one is enough, the first. */
const required = (kind: Kind) => {
  const { required: names, oneOf = [] } = factsOf(kind);
  return sampleFields(kind, [...names, ...oneOf.slice(0, 1)]);
};

function errorOf(kind: Kind, fields: Readonly<Record<string, unknown>>): SolveError {
  try {
    parseTask(kind, fields);
  } catch (error) {
    if (error instanceof SolveError) return error;
    throw error;
  }
  throw new Error('was read');
}

describe('the table of kinds', () => {
  it.each(KIND_NAMES)('%s names known fields, each once', (kind) => {
    const names = fieldsOf(kind);
    expect(names.filter((name) => !Object.hasOwn(FIELDS, name))).toEqual([]);
    expect(names).toHaveLength(new Set(names).size);
    const { singleUse = [], hints = [], oneOf = [] } = factsOf(kind);
    expect(names).toEqual(expect.arrayContaining([...singleUse, ...hints, ...oneOf]));
  });

  it('uses every field somewhere', () => {
    const used = new Set(KIND_NAMES.flatMap((kind) => fieldsOf(kind)));
    expect((Object.keys(FIELDS) as FieldName[]).filter((name) => !used.has(name))).toEqual([]);
  });

  it('tells kinds from other words', () => {
    expect(isKind('recaptcha_v2')).toBe(true);
    for (const name of ['recaptcha', '', 'toString', '__proto__', 'constructor'])
      expect(isKind(name)).toBe(false);
  });

  it('never makes a required field droppable, nor one that is a hint elsewhere', () => {
    for (const kind of KIND_NAMES) {
      expect(factsOf(kind).required.filter((name) => isDroppable(kind, name))).toEqual([]);
    }
    expect(isDroppable('recaptcha_v2', 'userAgent')).toBe(true);
    expect(isDroppable('datadome', 'userAgent')).toBe(false);
  });

  it('makes a field a hint for the kinds that say so', () => {
    expect(isDroppable('image_to_text', 'pageUrl')).toBe(true);
    expect(isDroppable('mtcaptcha', 'invisible')).toBe(true);
    expect(isDroppable('recaptcha_v2', 'invisible')).toBe(false);
  });

  it.each(KIND_NAMES)('%s: answers with known members, each once', (kind) => {
    const members = factsOf(kind).solution;
    expect(members.filter((member) => !Object.hasOwn(MEMBER_SHAPES, member))).toEqual([]);
    expect(members).toHaveLength(new Set(members).size);
  });
});

describe('parseTask', () => {
  it.each(KIND_NAMES)('%s: takes the smallest and the fullest task, and says them unchanged', (kind) => {
    expect(sampleTask(kind)).toEqual({ kind, ...required(kind) });
    const { dataS, ...rest } = sampleFields(kind, fieldsOf(kind));
    const isEnterprise = kind === 'recaptcha_v2_enterprise';
    expect(fullTask(kind)).toEqual({
      kind,
      ...rest,
      ...(dataS === undefined || isEnterprise ? {} : { dataS }),
    });
  });

  it.each(KIND_NAMES.flatMap((kind) => factsOf(kind).required.map((name) => [kind, name] as const)))(
    '%s without %s is refused with the code of that field',
    (kind, name) => {
      const { [name]: _, ...rest } = required(kind);
      const error = errorOf(kind, rest);
      expect(error.code).toBe(FIELDS[name].blame);
      expect(error.evidence.issues).toEqual([{ path: name, message: 'is required' }]);
      expect(error.evidence.detail).toBe(`${name} is required`);
    },
  );

  it('reports every fault, and the first field of the kind decides the code', () => {
    const error = errorOf('recaptcha_v3', {
      minScore: 5,
      siteKey: '',
      pageUrl: 'javascript:alert(1)',
      bogus: 1,
    });
    expect(error.code).toBe('bad_page_url');
    expect(error.evidence.issues?.map((issue: Issue) => issue.path).sort()).toEqual([
      'bogus',
      'minScore',
      'pageUrl',
      'siteKey',
    ]);
  });

  it('says of an unknown field that the kind has none', () => {
    const error = errorOf('turnstile', { ...required('turnstile'), gt: 'x', rows: 3 });
    expect(error).toMatchObject({
      code: 'bad_request',
      evidence: {
        issues: [
          { path: 'gt', message: 'is not a field of this kind' },
          { path: 'rows', message: 'is not a field of this kind' },
        ],
      },
    });
  });

  it.each<[Kind, FieldName, unknown]>([
    ['recaptcha_v3', 'minScore', 'high'],
    ['recaptcha_v2', 'siteKey', 7],
    ['recaptcha_v2_enterprise', 'enterprisePayload', 'text'],
    ['recaptcha_v2', 'proxy', 7],
    ['image_to_text', 'imageBase64', null],
  ])('%s: says what is wrong with a %s of %j, not that it is missing', (kind, name, value) => {
    const error = errorOf(kind, { ...required(kind), [name]: value });
    expect(error.code).toBe(FIELDS[name].blame);
    expect(error.evidence.issues?.map((issue: Issue) => issue.path)).toEqual([name]);
    expect(error.evidence.detail).not.toContain('is required');
  });

  it('never repeats what was sent: it may be a secret', () => {
    const proxy = { host: 'proxy.example', port: 'hunter2', password: 'hunter2' };
    expect(
      JSON.stringify(errorOf('recaptcha_v2', { ...required('recaptcha_v2'), proxy }).evidence),
    ).not.toContain('hunter2');
    const text = errorOf('recaptcha_v2', { ...required('recaptcha_v2'), proxy: 'user:hunter2' });
    expect(`${text.message} ${JSON.stringify(text.evidence)}`).not.toContain('hunter2');
  });

  it.each([
    ['https://example.com/', true],
    ['http://localhost:8080/a?b#c', true],
    ['example.com/login', true],
    ['example.com:8443', true],
    ['HTTPS://EXAMPLE.COM', true],
    ['https://пример.example/вход', true],
    ['ftp://example.com/', false],
    ['javascript:alert(1)', false],
    ['data:text/html,x', false],
    ['about:blank', false],
    ['https://', false],
    ['https://exa mple.com/', false],
    ['//', false],
    ['', false],
    [`https://e.com/${'x'.repeat(9_000)}`, false],
  ])('a page URL of %s: %s', (pageUrl, isTaken) => {
    const fields = { pageUrl, siteKey: 'k' };
    if (isTaken) expect(parseTask('turnstile', fields).pageUrl).toBe(pageUrl);
    else expect(errorOf('turnstile', fields).code).toBe('bad_page_url');
  });

  it.each([
    ['iVBORw0KGgo=', 'iVBORw0KGgo='],
    ['data:image/png;base64,iVBORw0KGgo=', 'iVBORw0KGgo='],
    ['iVBO\r\nRw0K\nGgo=', 'iVBORw0KGgo='],
  ])('an image of %j is kept as bare base64', (given, kept) => {
    expect(parseTask('image_to_text', { imageBase64: given }).imageBase64).toBe(kept);
  });

  it.each(['', 'data:image/png;base64,', '<svg/>', 'abc', '\n'])('%j is no image', (imageBase64) => {
    expect(errorOf('image_to_text', { imageBase64 }).code).toBe('image_error');
  });

  it('takes proxy and cookies as text or object', () => {
    const fields = required('recaptcha_v2');
    const proxy = { scheme: 'http', host: 'proxy.example', port: 3128 };
    expect(
      parseTask('recaptcha_v2', { ...fields, proxy: 'proxy.example:3128', cookies: 'a=b; c=d' }),
    ).toMatchObject({
      proxy,
      cookies: { a: 'b', c: 'd' },
    });
    expect(parseTask('recaptcha_v2', { ...fields, proxy, cookies: { a: 'b' } })).toMatchObject({
      proxy,
      cookies: { a: 'b' },
    });
  });
});
