/** What can be said in two ways has one form in a task; what belongs to no kind is passed through under its own name. */
import { describe, expect, it } from 'vitest';
import { SolveError } from '../../src/core/errors.js';
import {
  factsOf,
  fieldsOf,
  type Kind,
  parseTask,
  passedKind,
  passedWire,
  singleUseInputs,
  type Task,
  targetHost,
} from '../../src/core/task.js';
import { fullTask, sampleTask } from '../support/sample-tasks.js';

/** A task of this kind: what it must have, and some fields more. */
function taskWith(kind: Kind, more: object): Task {
  const { kind: _, ...fields } = sampleTask(kind);
  return parseTask(kind, { ...fields, ...more });
}

function errorOf(read: () => unknown): SolveError {
  try {
    return expect.fail(`read ${JSON.stringify(read())}`);
  } catch (error) {
    if (error instanceof SolveError) return error;
    throw error;
  }
}

describe('the one form of', () => {
  it('the one-off value of v2 Enterprise is the payload, whichever name it came under', () => {
    const plain = sampleTask('recaptcha_v2_enterprise');
    const task = taskWith('recaptcha_v2_enterprise', { dataS: 'x' });
    expect(task).toEqual({ ...plain, enterprisePayload: { s: 'x' } });
    const both = { dataS: 'x', enterprisePayload: { s: 'y', t: 1 } };
    expect(taskWith('recaptcha_v2_enterprise', both).enterprisePayload).toEqual({ s: 'y', t: 1 });
    expect(taskWith('recaptcha_v2', { dataS: 'x' }).dataS).toBe('x');
  });

  it("Arkose's data is an object, of HUNT's a text", () => {
    expect(taskWith('funcaptcha', { data: 'x' }).data).toEqual({ blob: 'x' });
    expect(taskWith('funcaptcha', { data: { blob: 'x' } }).data).toEqual({ blob: 'x' });
    expect(taskWith('hunt', { data: { token: 'x' } }).data).toBe('{"token":"x"}');
    expect(taskWith('hunt', { data: 'x' }).data).toBe('x');
  });

  it.each([
    [{ gridSize: '4x3' }, { gridSize: '4x3', rows: 4, columns: 3 }],
    [
      { rows: 4, columns: 3 },
      { gridSize: '4x3', rows: 4, columns: 3 },
    ],
    [
      { rows: 9, columns: 9, gridSize: '4x3' },
      { gridSize: '4x3', rows: 4, columns: 3 },
    ],
    [{ rows: 4 }, { rows: 4 }],
    [
      { rows: 0, columns: 3 },
      { rows: 0, columns: 3 },
    ],
    [{}, {}],
  ])('the size of a grid of %j is %j', (given, kept) => {
    expect(taskWith('grid', given)).toEqual({ ...sampleTask('grid'), ...kept });
  });

  it('points is no mode at all, rectangles is one', () => {
    expect(taskWith('coordinates', { mode: 'points' })).toEqual(sampleTask('coordinates'));
    expect(taskWith('coordinates', { mode: 'rectangles' }).mode).toBe('rectangles');
  });
});

describe('kinds that need one of two fields', () => {
  it.each<[Kind, object, string, string]>([
    ['altcha', { pageUrl: 'https://example.com/' }, 'challengeUrl', 'challengeJson'],
    ['bounding_box', { imageBase64: 'AAAA' }, 'instructions', 'instructionImageBase64'],
  ])('%s with %j needs %s or %s', (kind, fields, name, other) => {
    const error = errorOf(() => parseTask(kind, { ...fields }));
    expect(error).toMatchObject({
      code: 'bad_request',
      evidence: { issues: [{ path: name, message: `or ${other} is required` }] },
    });
  });

  it('take either of them, and both', () => {
    const url = { challengeUrl: 'https://example.com/altcha' };
    const json = { challengeJson: { salt: 'x' } };
    const pageUrl = 'https://example.com/';
    for (const fields of [url, json, { ...url, ...json }]) {
      expect(parseTask('altcha', { pageUrl, ...fields })).toEqual({ kind: 'altcha', pageUrl, ...fields });
    }
  });
});

describe('a passed-through kind', () => {
  it('carries the name of its wire, in lower case', () => {
    expect(passedKind('classic', ' TikTok ')).toBe('classic:tiktok');
    expect(passedKind('json', 'CustomTask/Castle')).toBe('json:customtask/castle');
    expect(passedWire('classic:tiktok')).toBe('classic');
    expect(passedWire('json:customtask/castle')).toBe('json');
    expect(passedWire('recaptcha_v2')).toBeUndefined();
  });

  it.each(['', ' ', '-x', '/x', '.x', 'a b', 'a\nb', 'a"b', 'ü', '<script>', 'x'.repeat(61)])(
    'cannot be called %j',
    (name) => {
      for (const wire of ['classic', 'json'] as const) {
        expect(errorOf(() => passedKind(wire, name)).code).toBe('unsupported');
      }
    },
  );

  it('has no fields of its own, whatever its name', () => {
    for (const kind of ['classic:tiktok', 'json:tostring', 'json:__proto__'] as const) {
      expect(fieldsOf(kind)).toEqual([]);
      expect(factsOf(kind)).toMatchObject({ required: [], solution: ['answer'] });
    }
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

  it("a task without a page stands where its vendor's page is", () => {
    const redirectUri = 'https://ID.vk.com/not_robot_captcha?domain=vk.com';
    expect(targetHost(taskWith('vk_captcha', { redirectUri }))).toBe('id.vk.com');
  });

  it.each([
    [{ pageurl: 'https://Example.com/a' }, 'example.com'],
    [{ websiteURL: 'example.com/a' }, 'example.com'],
    [{ page_url: 'http://example.com:8080/' }, 'example.com'],
    [{ URL: 'https://example.com/' }, 'example.com'],
    [{ url: 7 }, undefined],
    [{ url: 'https://' }, undefined],
    [{ link: 'https://example.com/' }, undefined],
    [{}, undefined],
  ])('a passed-through task with %j is at %s', (fields, host) => {
    expect(targetHost({ kind: 'json:tiktoktask', passed: { wire: 'json', fields } })).toBe(host);
  });

  it('a kind is where its own page is, whatever was sent beside it', () => {
    const passed = { wire: 'json', fields: { url: 'https://other.example/' } } as const;
    expect(targetHost({ ...taskWith('turnstile', { pageUrl: 'https://example.com/' }), passed })).toBe(
      'example.com',
    );
  });

  it('an image stands nowhere', () => {
    expect(targetHost(sampleTask('image_to_text'))).toBeUndefined();
  });
});
