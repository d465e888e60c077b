/** createTask and getTaskResult as services answer them: read right or not at all. */
import { describe, expect, it } from 'vitest';
import { factsOf, KIND_NAMES, type Kind } from '../../src/core/task.js';
import {
  readAccepted,
  readBalance,
  readReported,
  saySolution,
  solutionOf,
} from '../../src/wire/json-answers.js';
import { sampleTask } from '../support/sample-tasks.js';
import { codeOf, jsonRow, pollJson as poll, reply } from './exchanges.js';
import { sampleSolution } from './solutions.js';

const submit = (body: unknown, kind: Kind = 'turnstile', status?: number) => {
  return readAccepted(reply(body, status), solutionOf(kind, jsonRow(kind)));
};

describe('an accepted submit', () => {
  it.each([
    [{ errorId: 0, taskId: 72345678901 }, 72345678901],
    [{ errorId: 0, taskId: '37223a89-06ed-442c-a0b8-22067b79c5b4' }, '37223a89-06ed-442c-a0b8-22067b79c5b4'],
    [{ errorId: 0, errorCode: '', errorDescription: '', taskId: '123' }, '123'],
    [{ errorId: 0, errorCode: null, taskId: 5, status: 'idle' }, 5],
    ['{"errorId":0,"taskId":9007199254740993}', '9007199254740993'],
    ['{"errorId":0,"taskId":1000000000000000}', 1_000_000_000_000_000],
  ])('%j has the id %j, in the type it came in', (body, upstreamId) => {
    expect(submit(body)).toEqual({ upstreamId });
  });

  it('may hold the solution at once', () => {
    const body = {
      errorId: 0,
      status: 'ready',
      solution: { text: '44795sds' },
      taskId: '2376919c',
      cost: '0.0004',
    };
    expect(submit(body, 'image_to_text')).toEqual({
      upstreamId: '2376919c',
      solved: { solution: { text: '44795sds' }, costUsd: 0.0004 },
    });
  });

  it('that says ready without a solution is polled', () => {
    expect(submit({ errorId: 0, status: 'ready', taskId: 5 })).toEqual({ upstreamId: 5 });
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '0',
    '"OK"',
    'OK|123',
    '<html>502</html>',
    '{"status":0}',
    '{"errorId":0}',
    '{"errorId":0,"taskId":0}',
    '{"errorId":0,"taskId":null}',
    '{"errorId":0,"taskId":""}',
    '{"errorId":0,"taskId":-1}',
    '{"errorId":0,"taskId":1.5}',
    '{"errorId":0,"taskId":{}}',
    '{"errorId":0,"taskId":"a b"}',
    '{"errorId":0,"status":"ready","solution":{}}',
    '{"errorId":0,"taskId":12',
    'x{"errorId":0,"taskId":12}',
    '{"errorId":1,"errorCode":"CAPTCHA_NOT_READY"}',
  ])('%j is none', (body) => {
    expect(codeOf(() => submit(body))).toBe('bad_reply');
  });
});

describe('a refusal', () => {
  it.each([
    [{ errorId: 10, errorCode: 'ERROR_ZERO_BALANCE', errorDescription: 'x' }, 'zero_balance'],
    [{ errorId: 1, errorCode: 'ERROR_ZERO_BALANCE', taskId: 0 }, 'zero_balance'],
    [{ errorId: '1', errorCode: 'ERROR_IP_BLOCKED' }, 'banned'],
    [{ errorCode: 'ERROR_KEY_DENIED_ACCESS' }, 'auth'],
    [{ errorId: 1, errorCode: 'ERROR_NEVER_SEEN' }, 'internal'],
    [{ errorId: 1 }, 'internal'],
    [{ errorId: 99, errorDescription: 'Something' }, 'internal'],
  ])('%j is %s: the word decides, never the number', (body, code) => {
    expect(codeOf(() => submit(body))).toBe(code);
  });

  it.each([400, 401, 429, 500, 503])('is read from the body whatever HTTP says: %i', (status) => {
    const body = { errorId: 1, errorCode: 'ERROR_SERVICE_UNAVALIABLE' };
    expect(codeOf(() => submit(body, 'turnstile', status))).toBe('internal');
    expect(poll('turnstile', { errorId: 0, status: 'processing' }, status)).toBeUndefined();
  });
});

describe('a poll', () => {
  it.each([
    { errorId: 0, status: 'processing' },
    { errorId: 0, status: 'idle', taskId: 'x' },
    { errorId: 0, status: 'pending' },
    { errorId: 0, status: 'queued' },
    { errorId: 0, errorCode: '', status: 'processing', solution: null },
    { errorId: 1, errorCode: 'CAPTCHA_NOT_READY' },
    { errorId: 1, errorCode: 'CAPCHA_NOT_READY' },
  ])('%j is not ready', (body) => {
    expect(poll('turnstile', body)).toBeUndefined();
  });

  it.each([[{ gRecaptchaResponse: 't' }], [{ token: 't' }], [{ gRecaptchaResponse: 't', token: 't' }]])(
    'a reCAPTCHA token may stand in %j',
    (solution) => {
      expect(poll('recaptcha_v2', { errorId: 0, status: 'ready', solution })?.solution).toEqual({
        token: 't',
      });
    },
  );

  it('takes the price as text or number', () => {
    const body = { errorId: 0, status: 'ready', solution: { text: 'deditur', url: 'http://x/' } };
    expect(poll('image_to_text', { ...body, cost: '0.000700' })).toEqual({
      solution: { text: 'deditur', url: 'http://x/' },
      costUsd: 0.0007,
    });
    expect(poll('image_to_text', { ...body, cost: 0.0007 })?.costUsd).toBe(0.0007);
    expect(poll('image_to_text', { ...body, cost: 'free' })?.costUsd).toBeUndefined();
  });

  it('takes a number for the text of an image', () => {
    const body = { errorId: 0, status: 'ready', solution: { text: 44795 } };
    expect(poll('image_to_text', body)?.solution).toEqual({ text: '44795' });
  });

  it('failed without a code is unsolvable; with one, the code decides', () => {
    expect(codeOf(() => poll('turnstile', { errorId: 0, status: 'failed' }))).toBe('unsolvable');
    const body = { errorId: 1, errorCode: 'ERROR_TASKID_INVALID', status: 'failed' };
    expect(codeOf(() => poll('turnstile', body))).toBe('task_not_found');
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '0',
    '<html>502</html>',
    '{"status":0}',
    '{"status":1,"request":"t"}',
    'OK|token',
    '{"errorId":0}',
    '{"errorId":0,"status":0}',
    '{"status":"processing"}',
    '{"errorId":0,"status":"ready"}',
    '{"errorId":0,"status":"ready","solution":null}',
    '{"errorId":0,"status":"ready","solution":"t"}',
    '{"errorId":0,"status":"ready","solution":{}}',
    '{"errorId":0,"status":"ready","solution":{"token":""}}',
    '{"errorId":0,"status":"ready","solution":{"token":null}}',
    '{"errorId":0,"status":"ready","solution":{"token":{"a":1}}}',
    '{"errorId":0,"status":"ready","solution":{"token":["t"]}}',
    '{"errorId":0,"status":"ready","solution":{"token":true}}',
    '{"errorId":0,"status":"ready","solution":{"other":"t"}}',
    '{"errorId":0,"status":"ready","solution":{"token":"t"',
    '<br>{"errorId":0,"status":"ready","solution":{"token":"t"}}',
  ])('%j is no answer', (body) => {
    expect(codeOf(() => poll('turnstile', body))).toBe('bad_reply');
  });

  it.each(KIND_NAMES)('%s: a solution without its main members is no answer', (kind) => {
    const main = jsonRow(kind).main ?? factsOf(kind).solution.slice(0, 1);
    const rest = factsOf(kind).solution.filter((member) => !main.includes(member));
    const solution = saySolution(sampleTask(kind), sampleSolution(kind, rest));
    expect(codeOf(() => poll(kind, { errorId: 0, status: 'ready', solution }))).toBe('bad_reply');
  });
});

describe('balance and reports', () => {
  it.each([
    [{ errorId: 0, balance: 12.3456, captchaCredits: 85000 }, 12.3456],
    [{ errorId: 0, balance: '12.3456' }, 12.3456],
    [{ errorId: 0, balance: 0, packages: [] }, 0],
  ])('%j is a balance of %j', (body, balance) => {
    expect(readBalance(reply(body))).toBe(balance);
  });

  it.each([
    '',
    '{}',
    'null',
    '{"errorId":0}',
    '{"errorId":0,"balance":null}',
    '{"errorId":0,"balance":{}}',
    '<html>',
  ])('%j is no balance', (body) => {
    expect(codeOf(() => readBalance(reply(body)))).toBe('bad_reply');
  });

  it.each([
    { errorId: 0, status: 'success' },
    { errorId: 0, message: 'okay' },
    { errorId: 0, errorCode: '' },
  ])('%j is a report that was taken', (body) => {
    expect(readReported(reply(body))).toBeUndefined();
  });

  it.each([
    [{ errorId: 16, errorCode: 'ERROR_NO_SUCH_CAPCHA_ID' }, 'task_not_found'],
    [{ errorId: 1, errorCode: 'ERROR_KEY_DOES_NOT_EXIST' }, 'auth'],
    ['{}', 'bad_reply'],
    ['{"status":0}', 'bad_reply'],
    ['', 'bad_reply'],
    ['null', 'bad_reply'],
    ['<html>', 'bad_reply'],
  ])('a report answered with %j is %s', (body, code) => {
    expect(codeOf(() => readReported(reply(body)))).toBe(code);
  });
});
