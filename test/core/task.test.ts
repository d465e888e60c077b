/** What a task of each kind must and may carry, and what a client hears of a wrong one. */
import { describe, expect, it } from 'vitest';
import { type Issue, SolveError } from '../../src/core/errors.js';
import { FIELDS, type FieldName, parseCookies } from '../../src/core/fields.js';
import {
  factsOf,
  fieldsOf,
  isKind,
  KIND_NAMES,
  KINDS,
  type Kind,
  parseTask,
  singleUseInputs,
  targetHost,
} from '../../src/core/task.js';
import { fullTask, SAMPLE_FIELDS, sampleTask } from '../support/sample-tasks.js';

const required = (kind: Kind) => {
  return Object.fromEntries(factsOf(kind).required.map((name) => [name, SAMPLE_FIELDS[name]]));
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
    expect(names).toEqual(expect.arrayContaining([...factsOf(kind).singleUse]));
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

  it('never makes a required field a hint', () => {
    for (const kind of KIND_NAMES) {
      expect(factsOf(kind).required.filter((name) => FIELDS[name].isHint)).toEqual([]);
    }
  });
});

describe('parseTask', () => {
  it.each(KIND_NAMES)('%s: takes the smallest and the fullest task, and says them unchanged', (kind) => {
    expect(sampleTask(kind)).toEqual({ kind, ...required(kind) });
    const { dataS, ...rest } = Object.fromEntries(fieldsOf(kind).map((name) => [name, SAMPLE_FIELDS[name]]));
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

  it('keeps the one-off value of v2 Enterprise in one place, whichever name it came under', () => {
    const fields = required('recaptcha_v2_enterprise');
    const task = parseTask('recaptcha_v2_enterprise', { ...fields, dataS: 'x' });
    expect(task).toEqual({ kind: 'recaptcha_v2_enterprise', ...fields, enterprisePayload: { s: 'x' } });
    const both = parseTask('recaptcha_v2_enterprise', {
      ...fields,
      dataS: 'x',
      enterprisePayload: { s: 'y', t: 1 },
    });
    expect(both.enterprisePayload).toEqual({ s: 'y', t: 1 });
    expect(parseTask('recaptcha_v2', { ...fields, dataS: 'x' }).dataS).toBe('x');
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

describe('parseCookies', () => {
  it.each([
    ['a=b', { a: 'b' }],
    ['a:b;c:d', { a: 'b', c: 'd' }],
    [' a = b ; c = d ;; ', { a: 'b', c: 'd' }],
    ['a=b=c:d', { a: 'b=c:d' }],
    ['a:b=c', { a: 'b=c' }],
    ['flag', { flag: '' }],
    ['', {}],
  ])('%j', (written, cookies) => {
    expect(parseCookies(written)).toEqual(cookies);
  });
});

describe('singleUseInputs', () => {
  it('names what the first attempt burns, where it was given', () => {
    expect(singleUseInputs(sampleTask('geetest_v3'))).toEqual(['challenge']);
    expect(singleUseInputs(sampleTask('recaptcha_v2'))).toEqual([]);
    expect(singleUseInputs(fullTask('recaptcha_v2'))).toEqual(['dataS']);
    expect(singleUseInputs(fullTask('recaptcha_v2_enterprise'))).toEqual(['enterprisePayload']);
    expect(singleUseInputs(fullTask('funcaptcha'))).toEqual(['data']);
    expect(singleUseInputs(fullTask('turnstile'))).toEqual([]);
  });
});

describe('targetHost', () => {
  it.each([
    ['https://Login.Example.com:8443/a', 'login.example.com'],
    ['example.com/login', 'example.com'],
    ['http://user:pass@example.com/', 'example.com'],
    ['https://пример.example/', 'xn--e1afmkfd.example'],
    ['http://[2001:db8::1]/', '[2001:db8::1]'],
  ])('%s is at %s', (pageUrl, host) => {
    expect(targetHost(parseTask('turnstile', { pageUrl, siteKey: 'k' }))).toBe(host);
  });

  it('an image stands nowhere', () => {
    expect(targetHost(sampleTask('image_to_text'))).toBeUndefined();
  });
});

it('every main member of a solution is one that plain-text clients can be given', () => {
  expect(Object.values(KINDS).map(({ solution }) => solution[0])).toEqual([
    'text',
    'token',
    'token',
    'token',
    'token',
    'token',
    'token',
    'validate',
    'captchaOutput',
    'token',
  ]);
});
