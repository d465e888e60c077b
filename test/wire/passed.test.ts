/** What the gateway has no kind for goes through as it came, and its answer comes back as it came. */
import { describe, expect, it } from 'vitest';
import type { Task } from '../../src/core/task.js';
import { fromFields, refusesFields, toFields } from '../../src/wire/classic.js';
import { readPassed, sayResult } from '../../src/wire/classic-answers.js';
import { fromMembers, refusesMembers, toMembers } from '../../src/wire/json.js';
import { passedSolution, readAccepted, readResult, saySolution } from '../../src/wire/json-answers.js';
import { classicRow, codeOf, jsonRow, reply } from './exchanges.js';

const UNSAFE = ['<script>', 'a b', 'a\nb', '../etc', 'ü', 'a"b', '-x', 'x'.repeat(80)];
const WIDGET = { method: 'userrecaptcha', googlekey: 'k', pageurl: 'https://example.com/' };
const TASK = { type: 'RecaptchaV2TaskProxyless', websiteURL: 'https://example.com/', websiteKey: 'k' };

describe('a method without a kind', () => {
  it('keeps every parameter as the client spelled it, but those of the conversation', () => {
    const sent = {
      key: 'secret',
      JSON: '1',
      header_acao: 1,
      pingback: 'https://c.example/',
      Method: 'TikTok',
      Aid: '1988',
    };
    expect(fromFields(sent)).toEqual({
      task: {
        kind: 'classic:tiktok',
        passed: { wire: 'classic', fields: { Method: 'TikTok', Aid: '1988' } },
      },
      ignored: [],
    });
  });

  it('never holds the key, in whatever case it came', () => {
    const { task } = fromFields({ method: 'tiktok', KEY: 'secret', Key: 'secret' });
    expect(JSON.stringify(task)).not.toContain('secret');
  });

  it('names the type of an image beside the method, and the files', () => {
    const sent = { method: 'post', img_type: 'funcaptcha', file: 'AAAA' };
    expect(fromFields(sent, ['file']).task).toEqual({
      kind: 'classic:post/funcaptcha',
      passed: { wire: 'classic', fields: sent, files: ['file'] },
    });
    expect(fromFields(sent).task.passed).not.toHaveProperty('files');
  });

  it('is sent on as parameters: objects as JSON text, switches as 1 and 0', () => {
    const fields = { method: 'tiktok', nested: { a: [1] }, on: true, off: false, number: 5, text: 'x' };
    const { task } = fromFields(fields);
    expect(task.passed?.fields).toEqual(fields);
    expect(toFields(task)).toEqual({
      method: 'tiktok',
      nested: '{"a":[1]}',
      on: '1',
      off: '0',
      number: '5',
      text: 'x',
    });
  });

  it.each(UNSAFE)('is refused as unsupported when it is called %j', (method) => {
    expect(codeOf(() => fromFields({ method, pageurl: 'https://example.com/' }))).toBe('unsupported');
  });

  it('is a bad request when there is none at all', () => {
    expect(codeOf(() => fromFields({ pageurl: 'https://example.com/' }))).toBe('bad_request');
  });

  it.each(['constructor', '__proto__', 'tostring'])(
    'may be called %s like nothing in JavaScript',
    (method) => {
      expect(fromFields({ method }).task.kind).toBe(`classic:${method}`);
    },
  );
});

describe('the answer of a passed-through method', () => {
  const task: Task = { kind: 'classic:tiktok', passed: { wire: 'classic', fields: { method: 'tiktok' } } };
  const solutions = [
    { request: 'a=b;c=d' },
    { request: { a: [1, { b: null }] }, useragent: 'UA' },
    { request: ['x'] },
  ];

  it.each(solutions)('%j comes back member for member', (solution) => {
    const said = sayResult(task, solution, { asJson: true });
    expect(said).toEqual({ status: 1, ...solution });
    expect(readPassed(reply(said))).toEqual({ solution, costUsd: undefined });
  });

  it('is text in plain mode, objects are JSON text', () => {
    expect(sayResult(task, { request: 'a=b;c=d' }, { asJson: false })).toBe('OK|a=b;c=d');
    expect(sayResult(task, { request: { a: [1] } }, { asJson: false })).toBe('OK|{"a":[1]}');
    expect(readPassed(reply('OK|a|b'))?.solution).toEqual({ request: 'a|b' });
  });

  it('takes the price for the price', () => {
    expect(readPassed(reply({ status: 1, request: 'x', price: '0.5' }))).toEqual({
      solution: { request: 'x' },
      costUsd: 0.5,
    });
  });

  it('may be not ready, or an error', () => {
    expect(readPassed(reply('CAPCHA_NOT_READY'))).toBeUndefined();
    expect(codeOf(() => readPassed(reply('ERROR_CAPTCHA_UNSOLVABLE')))).toBe('unsolvable');
  });

  it.each([
    '',
    '{}',
    'null',
    '[]',
    '{"status":1}',
    '{"status":1,"request":""}',
    '{"request":{"a":1}}',
    '{"other":"x"}',
    'OK|',
    '<html>',
  ])('is not %s', (body) => {
    expect(codeOf(() => readPassed(reply(body)))).toBe('bad_reply');
  });
});

describe('a type without a kind', () => {
  const sent = {
    type: 'AntiGateTask',
    websiteURL: 'https://example.com/',
    variables: { login: 'x', list: [1, { a: false }] },
    isFast: true,
    off: false,
    nothing: null,
    empty: '',
  };

  it('keeps every member as it came, nested ones, switches, nulls and empty text too', () => {
    expect(fromMembers(sent)).toEqual({
      task: { kind: 'json:antigatetask', passed: { wire: 'json', fields: sent } },
      ignored: [],
    });
    expect(toMembers(fromMembers(sent).task)).toEqual(sent);
  });

  it.each([
    [{ type: 'CustomTask', class: 'Castle' }, 'json:customtask/castle'],
    [{ type: 'CustomTask' }, 'json:customtask'],
    [{ TYPE: 'CustomTask', Class: 'Castle' }, 'json:customtask/castle'],
    [{ type: 'TurnstileTask', cloudflareTaskType: 'wait_room' }, 'json:turnstiletask/wait_room'],
    [{ type: 'VisionEngine', module: 'slider_1' }, 'json:visionengine'],
    [
      { type: 'ComplexImageTask', class: 'recognition', metadata: { Task: 'oocl_rotate' } },
      'json:compleximagetask/recognition',
    ],
    [{ type: 'constructor' }, 'json:constructor'],
    [{ type: '__proto__' }, 'json:__proto__'],
  ])('%j is %s', (members, kind) => {
    expect(fromMembers(members).task).toEqual({ kind, passed: { wire: 'json', fields: members } });
  });

  it.each(UNSAFE)('is refused as unsupported when it is called %j', (type) => {
    expect(codeOf(() => fromMembers({ type }))).toBe('unsupported');
  });

  it.each(['<script>', 'a b', 'x'.repeat(80)])('is refused when its vendor is called %j', (vendor) => {
    expect(codeOf(() => fromMembers({ type: 'CustomTask', class: vendor }))).toBe('unsupported');
  });

  it.each([{}, { type: '' }, { type: null }, { class: 'Castle' }])(
    '%j is refused: a task has a type',
    (members) => {
      expect(codeOf(() => fromMembers(members))).toBe('bad_request');
    },
  );

  it('has an answer that comes back member for member', () => {
    const task = fromMembers(sent).task;
    const solution = { url: 'https://example.com/', cookies: { a: 'b' }, list: [1, null], isOk: false };
    const said = saySolution(task, solution, 'antigatetask');
    expect(said).toEqual(solution);
    const body = { errorId: 0, status: 'ready', solution: said, cost: '0.5', taskId: 7 };
    expect(readResult(reply(body), passedSolution)).toEqual({ solution, costUsd: 0.5 });
    expect(readAccepted(reply(body), passedSolution)).toEqual({
      upstreamId: 7,
      solved: { solution, costUsd: 0.5 },
    });
  });

  it.each([undefined, null, {}, [], 'text', 7])('never takes %j for an answer', (solution) => {
    expect(codeOf(() => readResult(reply({ errorId: 0, status: 'ready', solution }), passedSolution))).toBe(
      'bad_reply',
    );
  });
});

describe('what is unknown beside a kind', () => {
  it('goes along on the classic wire, and is named', () => {
    const { task, ignored } = fromFields({
      ...WIDGET,
      key: 'secret',
      Offline: '1',
      extra: { a: [true] },
      flag: false,
    });
    expect(ignored).toEqual(['Offline', 'extra', 'flag']);
    expect(task).toEqual({
      kind: 'recaptcha_v2',
      siteKey: 'k',
      pageUrl: 'https://example.com/',
      passed: { wire: 'classic', fields: { Offline: '1', extra: { a: [true] }, flag: false } },
    });
    expect(refusesFields(task, classicRow('recaptcha_v2'))).toBeUndefined();
    expect(toFields(task, classicRow('recaptcha_v2'))).toEqual({
      ...WIDGET,
      Offline: '1',
      extra: '{"a":[true]}',
      flag: '0',
    });
  });

  it('goes along on the json wire, and is named', () => {
    const { task, ignored } = fromMembers({ ...TASK, Bogus: { a: 1 }, flag: false });
    expect(ignored).toEqual(['Bogus', 'flag']);
    expect(task.passed).toEqual({ wire: 'json', fields: { Bogus: { a: 1 }, flag: false } });
    expect(refusesMembers(task, jsonRow('recaptcha_v2'))).toBeUndefined();
    expect(toMembers(task, jsonRow('recaptcha_v2'))).toEqual({ ...TASK, Bogus: { a: 1 }, flag: false });
  });

  it('means nothing on the other wire', () => {
    const extras = { pageUrl: 'https://example.com/', siteKey: 'k', kind: 'recaptcha_v2' } as const;
    const fromClassic: Task = { ...extras, passed: { wire: 'classic', fields: { extra: 'x' } } };
    const fromJson: Task = { ...extras, passed: { wire: 'json', fields: { extra: 'x' } } };
    expect(toMembers(fromClassic, jsonRow('recaptcha_v2'))).not.toHaveProperty('extra');
    expect(toFields(fromJson, classicRow('recaptcha_v2'))).not.toHaveProperty('extra');
  });

  it('never replaces what the task itself says', () => {
    const fields = { googlekey: 'other', websiteKey: 'other', method: 'other', type: 'other' };
    const task = (wire: 'classic' | 'json'): Task => ({
      kind: 'recaptcha_v2',
      pageUrl: 'https://example.com/',
      siteKey: 'k',
      passed: { wire, fields },
    });
    expect(toFields(task('classic'), classicRow('recaptcha_v2'))).toMatchObject(WIDGET);
    expect(toMembers(task('json'), jsonRow('recaptcha_v2'))).toMatchObject(TASK);
  });
});
