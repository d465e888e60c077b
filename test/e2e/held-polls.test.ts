/** Polls are held open: answered the moment the result is known, or when the client's hold is over. */
import { describe, expect, it, type TestContext } from 'vitest';
import { CLIENT_KEY } from '../support/gateway-in-process.js';
import { type Answer, send } from '../support/http.js';
import { classicSubmit, jsonSubmit } from './doors.js';
import { openScene } from './scene.js';

interface OldDoor {
  readonly id: string;
  submit(url: string): Promise<string>;
  poll(url: string, taskId: string, signal?: AbortSignal): Promise<Answer>;
  readonly waiting: string;
}

const DOORS: readonly OldDoor[] = [
  {
    id: 'classic',
    submit: async (url) => (await classicSubmit(url)).slice(3),
    poll: (url, taskId, signal) =>
      send(url, `/res.php?key=${CLIENT_KEY}&action=get&id=${taskId}`, { signal }),
    waiting: 'CAPCHA_NOT_READY',
  },
  {
    id: 'json',
    submit: async (url) => String((await jsonSubmit(url)).taskId),
    poll: (url, taskId, signal) =>
      send(url, '/getTaskResult', { json: { clientKey: CLIENT_KEY, taskId: Number(taskId) }, signal }),
    waiting: '{"errorId":0,"status":"processing"}',
  },
];

async function open({ onTestFinished }: TestContext, solveMs: number, holdMs: number) {
  const scene = await openScene({
    scripts: [{ solve: { default: { fixedMs: solveMs } } }],
    sections: { polling: { holdMs } },
  });
  onTestFinished(scene.close);
  return scene;
}

describe.each(DOORS)('$id', (door) => {
  it.concurrent('one poll is enough, and it ends when the result is there', async (context) => {
    const { url } = await open(context, 500, 20_000);
    const taskId = await door.submit(url);
    const { text, tookMs } = await door.poll(url, taskId);
    expect(text).toContain('03A');
    expect(tookMs).toBeGreaterThan(300);
    expect(tookMs).toBeLessThan(3_000);
  });

  it.concurrent('a poll of a task that is not done is answered after the hold', async (context) => {
    const { url } = await open(context, 60_000, 400);
    const taskId = await door.submit(url);
    const { text, tookMs } = await door.poll(url, taskId);
    expect(text).toBe(door.waiting);
    expect(tookMs).toBeGreaterThan(380);
    expect(tookMs).toBeLessThan(2_000);
  });

  it.concurrent('holdMs 0 answers at once', async (context) => {
    const { url } = await open(context, 60_000, 0);
    const { text, tookMs } = await door.poll(url, await door.submit(url));
    expect(text).toBe(door.waiting);
    expect(tookMs).toBeLessThan(1_000);
  });

  it.concurrent('a client that hung up finds its token at the next poll', async (context) => {
    const { url, first } = await open(context, 400, 20_000);
    const taskId = await door.submit(url);
    const impatient = door.poll(url, taskId, AbortSignal.timeout(50)).catch((error: Error) => error.name);
    expect(await impatient).toMatch(/^(Abort|Timeout)Error$/);
    expect((await door.poll(url, taskId)).text).toContain('03A');
    expect(first.stats().accepted).toBe(1);
  });
});
