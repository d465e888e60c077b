/** A sandbox that calls when a task is done: in the form of each wire, when the script says so. */
import { describe, expect, it, onTestFinished } from 'vitest';
import capmonster from '../../providers/capmonster.js';
import captchaai from '../../providers/captchaai.js';
import classic from '../../providers/classic.js';
import json from '../../providers/json.js';
import type { Provider } from '../../src/core/provider.js';
import { fillRequest } from '../../src/net/upstream-request.js';
import { openSandbox, type Script } from '../../src/sandbox/sandbox.js';
import { OK, openReceiver, SILENT } from '../support/receiver.js';
import { sampleTask } from '../support/sample-tasks.js';
import { until } from './caller.js';
import { ManualClock } from './manual-clock.js';

const TASK = sampleTask('recaptcha_v2');

/** A sandbox whose time stands still, and somebody who hears it. */
async function open(script: Script, answer = OK) {
  const receiver = await openReceiver(answer);
  onTestFinished(receiver.close);
  const clock = new ManualClock();
  const sandbox = await openSandbox({ clock, script: { solve: { default: { fixedMs: 1_000 } }, ...script } });
  onTestFinished(() => sandbox.close());
  const submit = async (provider: Provider, url = `${receiver.url}/told?x=1`) => {
    const { path, method, headers, body } = fillRequest('', provider.submit.ask(TASK, url), 'account-key');
    await fetch(`${sandbox.url}${path}`, { method, headers, body: String(body) });
  };
  return { receiver, clock, sandbox, submit };
}

const formOf = (text: string) => Object.fromEntries(new URLSearchParams(text));

describe('a sandbox', () => {
  it('tells id and code in a form', async () => {
    const { receiver, clock, sandbox, submit } = await open({ callbacks: [0] });
    await submit(classic);
    clock.advance(999);
    expect(clock.waiting).toBe(1);
    clock.advance(1);
    const [told] = await receiver.until(1);
    const [task] = sandbox.tasks();
    expect(told).toMatchObject({ method: 'POST', path: '/told?x=1' });
    expect(told?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(formOf(told?.body ?? '')).toEqual({ id: String(task?.upstreamId), code: task?.solution.token });
  });

  it('tells them in the query as CaptchaAI does', async () => {
    const { receiver, clock, sandbox, submit } = await open({ callbacks: [0], flavour: 'captchaai' });
    await submit(captchaai);
    clock.advance(1_000);
    const [told] = await receiver.until(1);
    const id = String(sandbox.tasks()[0]?.upstreamId);
    expect([told?.method, told?.body]).toEqual(['GET', '']);
    const query = new URL(told?.path ?? '', receiver.url).searchParams;
    expect(Object.fromEntries(query)).toMatchObject({ x: '1', id, code: expect.stringMatching(/^03A/) });
  });

  it('tells what getTaskResult says, and 2Captcha the form over that wire too', async () => {
    const { receiver, clock, sandbox, submit } = await open({ callbacks: [0], flavour: 'capmonster' });
    await submit(capmonster);
    clock.advance(1_000);
    const [told] = await receiver.until(1);
    expect(told?.headers['content-type']).toBe('application/json');
    const token = sandbox.tasks()[0]?.solution.token;
    expect(JSON.parse(told?.body ?? '')).toMatchObject({
      status: 'ready',
      solution: { gRecaptchaResponse: token },
    });
    sandbox.set({ flavour: '2captcha' });
    await submit(json);
    clock.advance(1_000);
    const [, form] = await receiver.until(2);
    expect(Object.keys(formOf(form?.body ?? ''))).toEqual(['id', 'code']);
  });

  it('tells of what could not be solved by the code', async () => {
    const { receiver, clock, sandbox, submit } = await open({ callbacks: [0], verdict: 'unsolvable' });
    await submit(classic);
    sandbox.set({ verdict: { code: 'ERROR_PROXY' } });
    await submit(json);
    clock.advance(1_000);
    const told = (await receiver.until(2)).map(({ body }) => body).sort();
    expect(told[0]).toMatch(/^id=\d+&code=ERROR_CAPTCHA_UNSOLVABLE$/);
    expect(JSON.parse(told[1] ?? '')).toMatchObject({ errorId: 1, errorCode: 'ERROR_PROXY' });
  });

  it('calls early, late and again, as its script says', async () => {
    const { receiver, clock, submit } = await open({ callbacks: [-5_000, 500, 700] });
    await submit(classic);
    clock.advance(0);
    await receiver.until(1);
    clock.advance(1_499);
    expect(clock.waiting).toBe(2);
    clock.advance(1);
    await receiver.until(2);
    clock.advance(200);
    await receiver.until(3);
  });

  it('calls nobody unless told, nobody for what is never solved, and over plain http only', async () => {
    const { clock, sandbox, submit } = await open({});
    await submit(classic);
    sandbox.set({ callbacks: [0], verdict: 'never' });
    await submit(classic);
    sandbox.set({ verdict: 'solve' });
    await submit(classic, 'https://127.0.0.1:1/');
    await submit(classic, 'nonsense');
    expect([sandbox.stats().accepted, clock.waiting]).toEqual([4, 0]);
  });

  it('is not held up by who never answers, nor by who is not there', async () => {
    const { receiver, clock, sandbox, submit } = await open({ callbacks: [0] }, SILENT);
    await submit(classic);
    await submit(classic, 'http://127.0.0.1:1/');
    clock.advance(1_000);
    await receiver.until(1);
    await sandbox.close();
    await until(() => receiver.connections === 0);
  });
});
