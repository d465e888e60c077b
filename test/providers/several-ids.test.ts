/** What every provider promises that takes several tasks in one poll: each gets its own answer, or none. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SolveError } from '../../src/core/errors.js';
import type { PollMany } from '../../src/core/provider.js';
import { factsOf } from '../../src/core/task.js';
import { sampleTask } from '../support/sample-tasks.js';
import { smallestTask, subjects } from './subjects.js';
import { ANSWERS, reply, WORDS } from './wires.js';

function codeOf(read: () => unknown): string {
  try {
    return `read ${JSON.stringify(read())}`;
  } catch (error) {
    return error instanceof SolveError ? error.code : String(error);
  }
}

const joint = subjects.flatMap(([name, provider]) => {
  const { pollMany } = provider;
  return pollMany ? [[name, provider, pollMany] as const] : [];
});

it('covers the services that document it', () => {
  expect(joint.map(([name]) => name)).toEqual(expect.arrayContaining(['2captcha', 'classic', 'rucaptcha']));
});

describe.each(joint)('%s', (_name, provider, pollMany: PollMany) => {
  const answers = ANSWERS[provider.wire];
  const words = WORDS[provider.wire];
  const kinds = provider.speaks.filter((kind) => pollMany.takes(smallestTask(provider, kind)));
  const [first = 'recaptcha_v2', second = first] = kinds;
  const tasks = [first, second, first].map((kind, index) => ({
    task: smallestTask(provider, kind),
    upstreamId: 73548291 + index,
  }));
  const token = '03AFcWeA5zG7zbWUhIaLzBnJMZrRpQ8y';
  const read = (body: unknown) => pollMany.read(reply(body), tasks);
  const codesOf = (body: string) =>
    read(body)?.map((answer) => (answer instanceof SolveError ? answer.code : answer?.solution.token));

  it('names them all and leaves the key to net/', () => {
    const request = pollMany.ask(tasks);
    expect(JSON.stringify(request)).toContain('73548291,73548292,73548293');
    expect(request).not.toHaveProperty(request.key.split('.'));
    expect(pollMany.mostTasks).toBeGreaterThan(1);
  });

  it('takes kinds only whose answer is one token', () => {
    expect(kinds.length).toBeGreaterThan(0);
    for (const kind of kinds) expect(factsOf(kind).solution).toContain('token');
    for (const kind of ['image_to_text', 'funcaptcha', 'geetest_v3', 'hcaptcha'] as const)
      expect(pollMany.takes(sampleTask(kind))).toBe(false);
  });

  it('gives each its own answer, in their order', () => {
    expect(codesOf(`CAPCHA_NOT_READY|${token}|ERROR_CAPTCHA_UNSOLVABLE`)).toEqual([
      undefined,
      token,
      'unsolvable',
    ]);
    expect(codesOf(`ERROR_WRONG_CAPTCHA_ID|CAPTCHA_NOT_READY|${token}x`)).toEqual([
      'task_not_found',
      undefined,
      `${token}x`,
    ]);
    expect(codesOf('ERROR_NEVER_SEEN|CAPCHA_NOT_READY|CAPCHA_NOT_READY')?.[0]).toBe('internal');
  });

  it('never takes an error, a blank or a scrap for a token', () => {
    for (const part of [
      '',
      'OK',
      'error',
      'ERROR: 1001',
      'ERROR_x_y',
      'ERROR_AND_A_LOT_OF_WORDS_MORE',
      '<html>',
    ])
      expect([part, codesOf(`${part}|CAPCHA_NOT_READY|${token}`)?.[0]]).not.toEqual([part, part]);
    expect(codesOf(`what now|CAPCHA_NOT_READY|${token}`)?.[0]).toBe('bad_reply');
  });

  it('tells nobody’s answer when they are too few or too many', () => {
    for (const body of [`${token}|${token}`, `${token}|${token}|${token}|${token}`, 'ERROR_WRONG_ID_FORMAT'])
      expect([body, read(body)]).toEqual([body, null]);
    for (const body of [answers.pending, answers.refused(answers.notFound)])
      expect([body, read(body)]).toEqual([body, null]);
  });

  it('takes a word about the account for one about every task, and garbage for nothing', () => {
    expect(codeOf(() => read(answers.refused(words.auth)))).toBe('auth');
    expect(codeOf(() => read('ERROR: 1005'))).toBe('rate_limited');
    for (const body of ['', '<html>502</html>', 'Bad Gateway'])
      expect([body, codeOf(() => read(body))]).toEqual([body, 'bad_reply']);
  });

  it('never takes anything for an answer by chance', () => {
    const property = fc.property(fc.array(fc.string(), { minLength: 3, maxLength: 3 }), (parts) => {
      fc.pre(parts.every((part) => !part.includes('|')));
      const found = codesOf(parts.join('|')) ?? [];
      for (const answer of found.filter((one) => /[\s<>]/.test(String(one)))) expect(answer).toBeUndefined();
    });
    fc.assert(property, { numRuns: 100 });
  });
});
