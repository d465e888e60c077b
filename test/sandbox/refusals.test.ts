/** Every word of the error table the first users know by heart, and what the adapters make of it. */
import { describe, expect, it } from 'vitest';
import capsolver from '../../providers/capsolver.js';
import classic from '../../providers/classic.js';
import json from '../../providers/json.js';
import { sampleTask } from '../support/sample-tasks.js';
import { Caller, get, post, withSandbox } from './caller.js';

const task = sampleTask('recaptcha_v2');
const WIRES = [classic, json] as const;

describe('scripted words on submit', () => {
  it.each([
    [classic, 'ERROR_WRONG_USER_KEY', 'auth'],
    [classic, 'ERROR_KEY_DOES_NOT_EXIST', 'auth'],
    [json, 'ERROR_KEY_DOES_NOT_EXIST', 'auth'],
    [classic, 'ERROR_ZERO_BALANCE', 'zero_balance'],
    [json, 'ERROR_ZERO_BALANCE', 'zero_balance'],
    [classic, 'ERROR_PAGEURL', 'bad_page_url'],
    [json, 'ERROR_PAGEURL', 'bad_page_url'],
    [classic, 'ERROR_NO_SLOT_AVAILABLE', 'no_slot'],
    [json, 'ERROR_NO_SLOT_AVAILABLE', 'no_slot'],
    [classic, 'ERROR_WRONG_CAPTCHA_ID', 'unsupported'],
    [classic, 'ERROR_WRONG_GOOGLEKEY', 'bad_sitekey'],
    [json, 'ERROR_RECAPTCHA_INVALID_SITEKEY', 'bad_sitekey'],
    [classic, 'IP_BANNED', 'banned'],
    [classic, 'ERROR_BANNED', 'banned'],
    [json, 'ERROR_IP_BLOCKED', 'banned'],
    [classic, 'ERROR: 1001', 'rate_limited'],
    [classic, 'ERROR: 1002', 'zero_balance'],
    [classic, 'ERROR: 1003', 'rate_limited'],
    [classic, 'ERROR: 1004', 'banned'],
    [classic, 'ERROR: 1005', 'rate_limited'],
  ] as const)('$id %s is %s', async (provider, code, meaning) => {
    await withSandbox({ script: { submit: { code } } }, async (sandbox) => {
      const refusal = new Caller(sandbox, provider).submit(task);
      await expect(refusal).rejects.toMatchObject({ code: meaning, evidence: { upstreamCode: code } });
      expect(sandbox.stats()).toMatchObject({ accepted: 0, refused: { [code]: 1 } });
    });
  });
});

describe('scripted words on poll', () => {
  it.each([
    [classic, 'ERROR_CAPTCHA_UNSOLVABLE', 'unsolvable'],
    [json, 'ERROR_CAPTCHA_UNSOLVABLE', 'unsolvable'],
    [classic, 'ERROR_WRONG_ID_FORMAT', 'task_not_found'],
    [classic, 'ERROR_WRONG_CAPTCHA_ID', 'task_not_found'],
    [json, 'ERROR_NO_SUCH_CAPCHA_ID', 'task_not_found'],
    [classic, 'ERROR: 1005', 'rate_limited'],
    [classic, 'IP_BANNED', 'banned'],
  ] as const)('$id %s is %s', async (provider, code, meaning) => {
    await withSandbox({ script: { poll: { code } } }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      const accepted = await caller.submit(task);
      await expect(caller.poll(task, accepted)).rejects.toMatchObject({ code: meaning });
    });
  });

  it.each([
    [classic, 'CAPCHA_NOT_READY'],
    [classic, 'CAPTCHA_NOT_READY'],
    [json, 'CAPTCHA_NOT_READY'],
  ] as const)('$id %s means: still being solved', async (provider, code) => {
    await withSandbox({ script: { poll: { code } } }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      expect(await caller.poll(task, await caller.submit(task))).toBeUndefined();
    });
  });
});

describe.each(WIRES)('$id: the account itself', (provider) => {
  it('refuses an unknown key on every call', async () => {
    await withSandbox({ keys: ['account-key'] }, async (sandbox) => {
      const accepted = await new Caller(sandbox, provider).submit(task);
      const stranger = new Caller(sandbox, provider, 'another-key');
      const refused = expect.objectContaining({ code: 'auth' });
      await expect(stranger.submit(task)).rejects.toEqual(refused);
      await expect(stranger.poll(task, accepted)).rejects.toEqual(refused);
      await expect(stranger.balance()).rejects.toEqual(refused);
      await expect(stranger.report(task, accepted, true)).rejects.toEqual(refused);
      expect(sandbox.stats().refused).toEqual({ ERROR_KEY_DOES_NOT_EXIST: 4 });
    });
  });

  it('says of an unknown key what the script says', async () => {
    await withSandbox(
      { keys: ['account-key'], script: { wrongKey: 'ERROR_IP_NOT_ALLOWED' } },
      async (sandbox) => {
        const stranger = new Caller(sandbox, provider, 'another-key');
        await expect(stranger.submit(task)).rejects.toMatchObject({
          evidence: { upstreamCode: 'ERROR_IP_NOT_ALLOWED' },
        });
      },
    );
  });

  it('does not know ids that it never gave out, or has forgotten', async () => {
    const script = { solve: { default: { fixedMs: 0 } }, keepResultMs: 0 } as const;
    let now = 1_000;
    const clock = { now: () => now, after: () => () => {} };
    await withSandbox({ script, clock }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      const lost = expect.objectContaining({ code: 'task_not_found' });
      await expect(caller.poll(task, { upstreamId: '123456' })).rejects.toEqual(lost);
      await expect(caller.poll(task, { upstreamId: 'no-id-at-all' })).rejects.toEqual(lost);
      const accepted = await caller.submit(task);
      expect(await caller.poll(task, accepted)).toBeDefined();
      now += 1;
      await expect(caller.poll(task, accepted)).rejects.toEqual(lost);
    });
  });

  it('takes only the kinds that the script names', async () => {
    await withSandbox({ script: { kinds: ['turnstile'] } }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      await expect(caller.submit(task)).rejects.toMatchObject({ code: 'unsupported' });
      expect((await caller.submit(sampleTask('turnstile'))).upstreamId).not.toBeNull();
    });
  });

  it('forgets the oldest tasks beyond those it is to keep', async () => {
    await withSandbox({ keepTasks: 2, script: { verdict: 'never' } }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      const first = await caller.submit(task);
      await caller.submit(task);
      await caller.submit(task);
      const latest = [await caller.submit(task), await caller.submit(task)];
      await expect(caller.poll(task, first)).rejects.toMatchObject({ code: 'task_not_found' });
      for (const kept of latest) await expect(caller.poll(task, kept)).resolves.toBeUndefined();
      expect(sandbox.tasks().length).toBeLessThanOrEqual(4);
    });
  });
});

it('refuses malformed tasks in the words of the wire', async () => {
  // Methods that nobody knows are passed through: only a service that names its kinds refuses them.
  await withSandbox({ script: { kinds: ['recaptcha_v2', 'turnstile'] } }, async (sandbox) => {
    const classicWord = (query: string) => get(sandbox, `/in.php?key=k&${query}`);
    expect(await classicWord('method=userrecaptcha&googlekey=a')).toBe('ERROR_PAGEURL');
    expect(await classicWord('method=userrecaptcha&pageurl=https://example.com')).toBe('ERROR_GOOGLEKEY');
    expect(await classicWord('method=nonsense')).toBe('ERROR_METHOD_CALL');
    expect(await get(sandbox, '/in.php?method=userrecaptcha')).toBe('ERROR_WRONG_USER_KEY');
    expect(await get(sandbox, '/res.php?key=k&action=dance')).toBe('ERROR_EMPTY_ACTION');

    const jsonWord = (body: unknown, path = '/createTask') => post(sandbox, path, body);
    const refused = (errorCode: string) => expect.objectContaining({ errorId: 1, errorCode });
    const taskOf = (members: object) => ({
      clientKey: 'k',
      task: { type: 'TurnstileTaskProxyless', ...members },
    });
    expect(await jsonWord(taskOf({ websiteKey: 'a' }))).toEqual(refused('ERROR_PAGEURL'));
    expect(await jsonWord(taskOf({ websiteURL: 'https://example.com' }))).toEqual(
      refused('ERROR_RECAPTCHA_INVALID_SITEKEY'),
    );
    expect(await jsonWord(taskOf({ type: 'Nonsense' }))).toEqual(refused('ERROR_TASK_NOT_SUPPORTED'));
    expect(await jsonWord({ clientKey: 'k' })).toEqual(refused('ERROR_TASK_ABSENT'));
    expect(await jsonWord({ task: {} })).toEqual(refused('ERROR_KEY_DOES_NOT_EXIST'));
    expect(await jsonWord('{ half')).toEqual(refused('ERROR_BAD_PARAMETERS'));
    expect(await jsonWord({}, '/noSuchCall')).toEqual(refused('ERROR_NO_SUCH_METHOD'));
    expect(sandbox.stats().accepted).toBe(0);
  });
});

it('outlives nonsense in every place', async () => {
  const nonsense = { toString: 1, valueOf: null };
  await withSandbox({}, async (sandbox) => {
    const asked = { key: nonsense, action: nonsense, id: nonsense, ids: nonsense, method: nonsense, json: 1 };
    for (const path of ['/in.php', '/res.php'])
      expect(await post(sandbox, path, asked)).toMatchObject({ status: 0 });
    const called = { clientKey: nonsense, taskId: nonsense, task: nonsense, result: nonsense };
    const paths = ['/createTask', '/getTaskResult', '/getBalance', '/reportCorrect', '/feedbackTask'];
    for (const path of paths) {
      expect(await post(sandbox, path, called)).toMatchObject({ errorId: 1 });
      expect(await post(sandbox, path, { ...called, clientKey: 'k' })).toHaveProperty('errorId');
    }
  });
});

it('echoes what /test is sent', async () => {
  await withSandbox({}, async (sandbox) => {
    expect(await post(sandbox, '/test', { a: 1 })).toEqual({ errorId: 0, request: { a: 1 } });
    expect(sandbox.stats().refused).toEqual({});
  });
});

it('puts HTTP statuses around errors as CapSolver does', async () => {
  const script = { httpErrors: true, jsonIds: 'uuid' } as const;
  await withSandbox({ script, keys: ['account-key'] }, async (sandbox) => {
    const response = await fetch(`${sandbox.url}/getBalance`, {
      method: 'POST',
      body: '{"clientKey":"other"}',
    });
    expect(response.status).toBe(401);
    await expect(new Caller(sandbox, capsolver, 'other').balance()).rejects.toMatchObject({ code: 'auth' });
    const lost = await fetch(`${sandbox.url}/getTaskResult`, {
      method: 'POST',
      body: '{"clientKey":"account-key","taskId":"x"}',
    });
    expect(lost.status).toBe(400);
  });
});

it('knows an id only in its own JSON type where the script is strict', async () => {
  await withSandbox({ script: { strictIds: true } }, async (sandbox) => {
    const caller = new Caller(sandbox, json);
    const { upstreamId } = await caller.submit(task);
    expect(typeof upstreamId).toBe('number');
    await expect(caller.poll(task, { upstreamId: String(upstreamId) })).rejects.toMatchObject({
      code: 'task_not_found',
    });
    expect(await caller.poll(task, { upstreamId })).toBeUndefined();
  });
});
