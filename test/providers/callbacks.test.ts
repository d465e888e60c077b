/** How each provider is asked to call when a task is done. */
import { describe, expect, it } from 'vitest';
import type { Kind } from '../../src/core/task.js';
import { providers, smallestTask, subjects } from './subjects.js';
import { ANSWERS } from './wires.js';

const URL = 'https://gateway.example.com/callbacks/17.0.abc-_';
/** Where each wire has the address. */
const MEMBER = { classic: ['form', 'pingback'], json: ['json', 'callbackUrl'] } as const;

describe.each(subjects.filter(([, { callsBack }]) => callsBack))('%s', (_name, provider) => {
  const [part, member] = MEMBER[provider.wire === 'json' ? 'json' : 'classic'];

  it.each(provider.speaks)('is told the address beside %s, and nothing else', (kind) => {
    const task = smallestTask(provider, kind);
    const [plain, called] = [provider.submit.ask(task), provider.submit.ask(task, URL)];
    expect(plain[part]).not.toHaveProperty([member]);
    expect(called).toEqual({ ...plain, [part]: { ...plain[part], [member]: URL } });
    expect(provider.submit.ask(task, URL)).toEqual(called);
    const { readBack } = ANSWERS[provider.wire];
    expect(readBack(called, provider.id).task).toEqual(readBack(plain, provider.id).task);
  });
});

describe.each(subjects.filter(([, { callsBack }]) => !callsBack))('%s', (_name, provider) => {
  it('is never told an address', () => {
    const tasks = provider.speaks.map((kind: Kind) => smallestTask(provider, kind));
    for (const task of tasks) expect(provider.submit.ask(task, URL)).toEqual(provider.submit.ask(task));
  });
});

it('an image that CaptchaAI reads at once carries no address', () => {
  const captchaai = providers.get('captchaai') ?? expect.fail('there is no CaptchaAI');
  const task = { ...smallestTask(captchaai, 'image_to_text'), instant: true };
  expect(captchaai.submit.ask(task, URL)).toEqual(captchaai.submit.ask(task));
});

it('what is passed through carries the address too, in a form and among files', () => {
  const classic = providers.get('classic') ?? expect.fail('there is no classic');
  const passed = { wire: 'classic', fields: { method: 'new', file: 'aGk=' } } as const;
  expect(classic.submit.ask({ kind: 'classic:new', passed }, URL).form).toMatchObject({ pingback: URL });
  const withFile = classic.submit.ask({ kind: 'classic:new', passed: { ...passed, files: ['file'] } }, URL);
  expect(withFile).toMatchObject({ key: 'multipart.key', multipart: { pingback: URL } });
});

it('asks those that document it without being told to, and the rest on request', () => {
  const of = (callsBack: string | undefined) =>
    [...providers.values()].filter((each) => each.callsBack === callsBack).map(({ id }) => id);
  expect(of('always')).toEqual(['anticaptcha', 'capmonster', 'captchaai']);
  expect(of('on-request')).toEqual(['2captcha', 'capsolver', 'classic', 'json', 'nextcaptcha', 'rucaptcha']);
});
