/** Pass-through, from outside: what no kind describes goes to the providers of the same wire, in the client's words. */
import { createHash } from 'node:crypto';
import { describe, it, vi } from 'vitest';
import type { Script } from '../../src/sandbox/sandbox.js';
import { CLIENT_KEY, configFor, FAST_TIMING, openGateway } from '../support/gateway-in-process.js';
import { send } from '../support/http.js';
import { classicPoll, jsonDoor, PAGE_URL, storyOf } from './doors.js';
import { openWitness, PASSING_DOORS, SECRET } from './passed.js';
import { openScene, type SceneOptions } from './scene.js';

const LATE = { timeout: 5_000, interval: 5 };

describe.each(PASSING_DOORS)('over the $wire wire', (door) => {
  const { wire, kind } = door;
  const takes: Script = { passes: [door.passes] };
  const entries = [{ use: wire }, { use: wire }];
  const open = (options: SceneOptions = {}) => openScene({ scripts: [takes, takes], entries, ...options });

  it.concurrent('fields arrive as they left, the answer comes back as it is, and the report goes on', async ({
    expect,
    onTestFinished,
  }) => {
    const { url, first, second, close } = await open();
    onTestFinished(close);
    const taskId = await door.submit(url);
    expect(taskId).toMatch(/^\d+$/);
    const said = await door.poll(url, taskId);
    const [task] = first.tasks();
    expect(task?.task).toEqual({ kind, passed: { wire, fields: door.fields } });
    expect(said).toEqual(wire === 'classic' ? task?.solution.request : task?.solution);
    expect((await door.report(url, taskId)).text).toMatch(/OK_REPORT_RECORDED|"errorId":0/);
    await vi.waitFor(() => expect(first.tasks()[0]?.report).toBe('good'), LATE);
    expect(first.stats()).toMatchObject({ accepted: 1, boughtTwice: [] });
    expect(first.requests().every(({ key }) => key === 'upstream-key-1')).toBe(true);
    expect(second.stats().calls.submit).toBe(0);
  });

  it.concurrent('the key of the client goes nowhere', async ({ expect, onTestFinished }) => {
    const witness = await openWitness({
      '/in.php': { status: 1, request: '7' },
      '/res.php': { status: 1, request: 'seen' },
      '/createTask': { errorId: 0, taskId: 7 },
      '/getTaskResult': { errorId: 0, status: 'ready', solution: { seen: true } },
    });
    onTestFinished(witness.close);
    const gateway = await openGateway(configFor([{ url: witness.url, use: wire }]));
    onTestFinished(gateway.close);
    const taskId = await door.submit(gateway.url, { pingback: 'https://client.example.com/done' });
    await door.poll(gateway.url, taskId);
    const heard = witness.heard.join('\n');
    expect(heard).toContain(SECRET);
    expect(heard).toContain('upstream-key-1');
    expect(heard).not.toContain(CLIENT_KEY);
    if (wire === 'classic') expect(heard).not.toContain('client.example.com');
  });

  it.concurrent.for<[string, Script, string]>([
    ['no slot', { submit: { code: 'ERROR_NO_SLOT_AVAILABLE' } }, 'no_slot'],
    ['no money', { balanceUsd: 0 }, 'zero_balance'],
    ['silence', { submit: 'hang' }, 'timeout'],
    ['a reset', { submit: 'reset' }, 'bad_reply'],
    ['a method it does not know', { passes: [] }, 'unsupported'],
    ['no answer that solves it', { verdict: 'unsolvable' }, 'unsolvable'],
  ])('%s at the first provider is answered by the second', async (row, { expect, onTestFinished }) => {
    const [, script, outcome] = row;
    const hasty = { use: wire, timing: { ...FAST_TIMING, answerWithinMs: 300 } };
    const { url, second, close } = await open({
      scripts: [{ ...takes, ...script }, takes],
      entries: [hasty, { use: wire }],
    });
    onTestFinished(close);
    const taskId = await door.submit(url);
    await door.poll(url, taskId);
    const { attempts, status, ...told } = await storyOf(url, taskId);
    expect(told).toMatchObject({ kind, provider: 'second' });
    expect([status, attempts.map((attempt) => attempt.outcome)]).toEqual(['solved', [outcome, 'solved']]);
    expect(second.tasks()[0]?.task.passed).toEqual({ wire, fields: door.fields });
  });

  it.concurrent('who does not take one method is not asked for it again, and for everything else as before', async ({
    expect,
    onTestFinished,
  }) => {
    const { url, first, second, close } = await open({ scripts: [{}, takes] });
    onTestFinished(close);
    for (const _round of [1, 2, 3]) await door.poll(url, await door.submit(url));
    expect(first.stats()).toMatchObject({ accepted: 0, refused: { [door.nobody]: 1 } });
    expect(second.stats().accepted).toBe(3);
    expect(await jsonDoor.solve(url)).toHaveProperty('token');
    expect(first.tasks()).toMatchObject([{ task: { kind: 'recaptcha_v2' } }]);
    first.set({ passes: ['other', 'customtask/other'] });
    const other = wire === 'classic' ? { method: 'other' } : { class: 'Other' };
    await door.poll(url, await door.submit(url, other));
    expect(first.stats().accepted).toBe(2);
  });

  it.concurrent('only providers of the same wire are asked', async ({ expect, onTestFinished }) => {
    const others = wire === 'classic' ? 'json' : 'classic';
    const { url, first, close } = await open({ entries: [{ use: others }, { use: wire }] });
    onTestFinished(close);
    const taskId = await door.submit(url);
    await door.poll(url, taskId);
    expect(first.stats().calls.submit).toBe(0);
    expect((await storyOf(url, taskId)).passedOver).toContainEqual({
      provider: 'first',
      why: `does not speak the ${wire} wire`,
    });
  });

  it.concurrent.for<[string, readonly object[], number]>([
    ['refuses', [{ use: wire }], 1],
    ['speaks another wire', [{ use: 'deathbycaptcha' }], 0],
    ['has kinds in its entry', [{ use: wire, kinds: ['recaptcha_v2'] }], 0],
  ])('everybody %s: the client hears that the method is unknown', async (row, { expect, onTestFinished }) => {
    const [, only, asked] = row;
    const { url, first, close } = await open({
      scripts: [{ passes: asked ? [] : [door.passes] }],
      entries: only,
    });
    onTestFinished(close);
    expect(await door.submit(url)).toBe(door.nobody);
    expect(first.stats().calls.submit).toBe(asked);
  });

  it.concurrent('is in the log and the metrics by name, without a value', async ({
    expect,
    onTestFinished,
  }) => {
    const { url, gateway, close } = await open();
    onTestFinished(close);
    const taskId = await door.submit(url);
    await door.poll(url, taskId);
    await vi.waitFor(() => expect(gateway.lines().some(({ event }) => event === 'task')).toBe(true), LATE);
    const attempts = gateway.lines().filter(({ event }) => event === 'attempt');
    expect(attempts).toMatchObject([{ kind, provider: 'first', targetHost: new URL(PAGE_URL).hostname }]);
    expect(JSON.stringify(gateway.lines())).not.toContain(SECRET);
    const { text } = await send(url, '/metrics');
    expect(text).toContain(`captcha_gateway_tasks_total{kind="${wire}:*",outcome="solved"} 1`);
    expect(text).not.toContain(kind);
  });

  it.concurrent('a client with kinds or targets is held to them', async ({ expect, onTestFinished }) => {
    const page = wire === 'classic' ? 'pageurl' : 'websiteURL';
    const limits = {
      narrow: { kinds: ['recaptcha_v2'] },
      allowed: { targets: { allow: [new URL(PAGE_URL).hostname] } },
      denied: { targets: { deny: [new URL(PAGE_URL).hostname] } },
    };
    const clients = Object.entries(limits).map(([id, limit]) => ({ id, key: keyOf(id), ...limit }));
    const { url, first, close } = await open({ sections: { clients } });
    onTestFinished(close);
    const refused = 'ERROR_DOMAIN_NOT_ALLOWED';
    expect(await door.submit(url, {}, keyOf('narrow'))).toBe(refused);
    expect(await door.submit(url, {}, keyOf('denied'))).toBe(refused);
    expect(await door.submit(url, { [page]: 'https://else.example.org/' }, keyOf('allowed'))).toBe(refused);
    expect(await door.submit(url, { [page]: undefined }, keyOf('allowed'))).toBe(refused);
    expect(first.stats().calls.submit).toBe(0);
    expect(await door.submit(url, {}, keyOf('allowed'))).toMatch(/^\d+$/);
  });
});

function keyOf(id: string): string {
  return createHash('md5').update(id).digest('hex');
}

it.concurrent('a file stays a file, byte for byte', async ({ expect, onTestFinished }) => {
  const answers = { '/in.php': { status: 1, request: '7' }, '/res.php': { status: 1, request: 'seen' } };
  const witness = await openWitness(answers);
  onTestFinished(witness.close);
  const gateway = await openGateway(configFor([{ url: witness.url }]));
  onTestFinished(gateway.close);
  const bytes = Uint8Array.from({ length: 3_000 }, (_, index) => index % 256);
  const form = new FormData();
  for (const [name, value] of Object.entries({ key: CLIENT_KEY, method: 'vision', scene: SECRET }))
    form.set(name, value);
  form.set('photo', new Blob([bytes]), 'beach.png');
  const sent = await fetch(`${gateway.url}/in.php`, { method: 'POST', body: form });
  const taskId = (await sent.text()).replace('OK|', '');
  expect(await classicPoll(gateway.url, taskId)).toBe('OK|seen');
  const [submit = ''] = witness.heard;
  expect(submit).toMatch(/name="photo"; filename="/);
  expect(submit).toMatch(/name="scene"\r\n\r\na-beach/);
  expect(submit).toContain(Buffer.from(bytes).toString('latin1'));
  expect(submit).not.toContain(CLIENT_KEY);
});
