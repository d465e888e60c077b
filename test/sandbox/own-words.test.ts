/** The two services with a wire of their own: what they refuse, in their own words, and the rules they enforce. */
import { describe, expect, it } from 'vitest';
import bestcaptchasolver from '../../providers/bestcaptchasolver.js';
import deathbycaptcha from '../../providers/deathbycaptcha.js';
import type { Provider } from '../../src/core/provider.js';
import type { Task } from '../../src/core/task.js';
import type { Script } from '../../src/sandbox/sandbox.js';
import { sampleTask } from '../support/sample-tasks.js';
import { Caller, until, withSandbox } from './caller.js';
import { ManualClock } from './manual-clock.js';

const task = sampleTask('recaptcha_v2');
const asking = (siteKey: string): Task => ({ ...task, siteKey });

describe.each<[Provider]>([[deathbycaptcha], [bestcaptchasolver]])('$id', (provider) => {
  it.each([
    ['sandbox-no-slot', 'no_slot'],
    ['sandbox-zero-balance', 'zero_balance'],
    ['sandbox-bad-sitekey', 'bad_sitekey'],
    ['sandbox-bad-page-url', 'bad_page_url'],
  ])('%s is refused as %s', async (siteKey, code) => {
    await withSandbox({}, async (sandbox) => {
      await expect(new Caller(sandbox, provider).submit(asking(siteKey))).rejects.toMatchObject({ code });
      expect(sandbox.stats().accepted).toBe(0);
    });
  });

  it('sandbox-unsolvable is accepted and fails at the poll, uncharged', async () => {
    const clock = new ManualClock();
    await withSandbox({ clock }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      const accepted = await caller.submit(asking('sandbox-unsolvable'));
      expect(await caller.poll(task, accepted)).toBeUndefined();
      clock.advance(1_000);
      await expect(caller.poll(task, accepted)).rejects.toMatchObject({ code: 'unsolvable' });
      expect(sandbox.stats()).toMatchObject({ spentUsd: 0, solved: 0 });
    });
  });

  it('sandbox-never stays pending, sandbox-hang is never answered', async () => {
    const clock = new ManualClock();
    await withSandbox({ clock }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      const accepted = await caller.submit(asking('sandbox-never'));
      clock.advance(30 * 24 * 3_600_000);
      expect(await caller.poll(task, accepted)).toBeUndefined();
      const patience = new AbortController();
      const hung = caller.submit(asking('sandbox-hang'), patience.signal);
      await until(() => sandbox.stats().broken.never === 1);
      patience.abort();
      await expect(hung).rejects.toMatchObject({ name: 'AbortError' });
    });
  });

  it('runs out of threads and of money', async () => {
    const script = { threads: 1, verdict: 'never', balanceUsd: 0.002, pricesUsdPer1000: { recaptcha_v2: 1 } };
    await withSandbox({ script: script as Script }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      await caller.submit(task);
      await expect(caller.submit(task)).rejects.toMatchObject({ code: 'no_slot' });
      sandbox.set({ threads: 5, balanceUsd: 0.0005 });
      await expect(caller.submit(task)).rejects.toMatchObject({ code: 'zero_balance' });
      expect(await caller.balance()).toBe(0.0005);
    });
  });

  it('refuses an unknown key on every call that carries one, and a kind it does not take', async () => {
    await withSandbox({ keys: ['account-key'], script: { kinds: ['recaptcha_v2'] } }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      const accepted = await caller.submit(task);
      const stranger = new Caller(sandbox, provider, 'another-key');
      const refused = expect.objectContaining({ code: 'auth' });
      await expect(stranger.submit(task)).rejects.toEqual(refused);
      await expect(stranger.balance()).rejects.toEqual(refused);
      await expect(stranger.report(task, accepted, false)).rejects.toEqual(refused);
      await expect(new Caller(sandbox, provider, '').balance()).rejects.toEqual(refused);
      await expect(caller.submit(sampleTask('turnstile'))).rejects.toMatchObject({ code: 'unsupported' });
    });
  });

  it('does not know ids that it never gave out', async () => {
    await withSandbox({}, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      const lost = expect.objectContaining({ code: 'task_not_found' });
      for (const upstreamId of ['123456', 123456, 'no-id-at-all']) {
        await expect(caller.poll(task, { upstreamId })).rejects.toEqual(lost);
        await expect(caller.report(task, { upstreamId }, false)).rejects.toEqual(lost);
      }
    });
  });

  it.each(['html502', 'empty'] as const)('%s reads as no answer', async (submit) => {
    await withSandbox({ script: { submit } }, async (sandbox) => {
      await expect(new Caller(sandbox, provider).submit(task)).rejects.toMatchObject({ code: 'bad_reply' });
      expect(sandbox.stats().accepted).toBe(0);
    });
  });

  it('goes wrong on polls, balances and reports just so', async () => {
    await withSandbox({ script: { solve: { default: { fixedMs: 0 } } } }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      const accepted = await caller.submit(task);
      sandbox.queue('poll', 'html502', 'half-json');
      sandbox.queue('balance', 'half-json');
      sandbox.queue('report', 'html502-after-accept');
      const garbage = expect.objectContaining({ code: 'bad_reply' });
      await expect(caller.poll(task, accepted)).rejects.toEqual(garbage);
      await expect(caller.poll(task, accepted)).rejects.toEqual(garbage);
      await expect(caller.balance()).rejects.toEqual(garbage);
      await expect(caller.report(task, accepted, false)).rejects.toEqual(garbage);
      expect(await caller.poll(task, accepted)).toBeDefined();
    });
  });

  it('bans whoever polls too fast, for the stated time', async () => {
    const clock = new ManualClock();
    const rules = { firstPollMs: 3_000, pollEveryMs: 3_000, enforce: 'ban', banMs: 60_000 } as const;
    await withSandbox({ clock, script: { rules, verdict: 'never' } }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      const accepted = await caller.submit(task);
      clock.advance(3_000);
      expect(await caller.poll(task, accepted)).toBeUndefined();
      clock.advance(1_000);
      const banned = expect.objectContaining({ code: 'banned' });
      await expect(caller.poll(task, accepted)).rejects.toEqual(banned);
      await expect(caller.submit(task)).rejects.toEqual(banned);
      clock.advance(60_000);
      expect((await caller.submit(task)).upstreamId).toBeTruthy();
      expect(sandbox.stats().violations).toMatchObject({ 'poll-floor': 1 });
    });
  });

  it('notes who does not pause after no slot, in whatever words that was said', async () => {
    const clock = new ManualClock();
    const script: Script = { rules: { pauseAfterNoSlotMs: 5_000, graceMs: 0 } };
    await withSandbox({ clock, script }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      await caller.submit(asking('sandbox-no-slot')).catch(() => {});
      clock.advance(1_000);
      await caller.submit(task);
      expect(sandbox.stats().violations).toEqual({ 'no-slot-pause': 1 });
    });
  });
});

it('answers a scripted word exactly as written', async () => {
  await withSandbox({ script: { submit: { code: 'Not a (CAPTCHA) image' } } }, async (sandbox) => {
    const refusal = new Caller(sandbox, deathbycaptcha).submit(sampleTask('image_to_text'));
    await expect(refusal).rejects.toMatchObject({ code: 'image_error' });
    expect(sandbox.stats().refused).toEqual({ 'Not a (CAPTCHA) image': 1 });
  });
});

it('refuses malformed tasks in the words of each wire', async () => {
  await withSandbox({}, async (sandbox) => {
    const dbc = async (parts: Record<string, string>) => {
      const body = new URLSearchParams({ authtoken: 'k', ...parts });
      const headers = { accept: 'application/json' };
      const response = await fetch(`${sandbox.url}/api/captcha`, { method: 'POST', body, headers });
      return [response.status, ((await response.json()) as { error: string }).error];
    };
    expect(await dbc({ type: '4', token_params: '{"googlekey":"a"}' })).toEqual([400, 'ERROR_PAGEURL']);
    expect(await dbc({ type: '4', token_params: '{"pageurl":"https://a.example"}' })).toEqual([
      400,
      'ERROR_SITEKEY',
    ]);
    expect(await dbc({ type: '99' })).toEqual([501, 'not-implemented']);
    expect(await dbc({ type: '0' })).toEqual([400, 'Empty CAPTCHA image']);

    const bcs = async (path: string, members: object) => {
      const body = JSON.stringify({ access_token: 'k', ...members });
      const response = await fetch(`${sandbox.url}/api/captcha/${path}`, { method: 'POST', body });
      return [response.status, ((await response.json()) as { error: string }).error];
    };
    expect(await bcs('recaptcha', { site_key: 'a' })).toEqual([400, 'Invalid page_url']);
    expect(await bcs('recaptcha', { page_url: 'https://a.example' })).toEqual([400, 'Invalid site_key']);
    expect(await bcs('nonsense', {})).toEqual([400, 'This type of captcha is not supported']);
    expect(sandbox.stats().accepted).toBe(0);
  });
});

describe('DeathByCaptcha, as its clients find it', () => {
  const JSON_PLEASE = { accept: 'application/json' };

  it('takes uploads as multipart and sends the caller on with 303', async () => {
    await withSandbox({ keys: ['anna:secret'] }, async (sandbox) => {
      const body = new FormData();
      body.set('username', 'anna');
      body.set('password', 'secret');
      body.set('captchafile', new Blob([Buffer.from('not really an image')]), 'captcha.jpg');
      const init = { method: 'POST', body, headers: JSON_PLEASE, redirect: 'manual' } as const;
      const response = await fetch(`${sandbox.url}/api/captcha`, init);
      const [kept] = sandbox.tasks();
      expect([response.status, response.headers.get('location')]).toEqual([
        303,
        `/api/captcha/${kept?.upstreamId}`,
      ]);
      const imageBase64 = Buffer.from('not really an image').toString('base64');
      expect(kept?.task).toEqual({ kind: 'image_to_text', imageBase64 });
      expect(await response.json()).toEqual({
        status: 0,
        captcha: kept?.upstreamId,
        text: '',
        is_correct: true,
      });
    });
  });

  it('lets anybody poll, in JSON or urlencoded as the caller asks', async () => {
    await withSandbox({ keys: ['account-key'], script: { verdict: 'never' } }, async (sandbox) => {
      const { upstreamId } = await new Caller(sandbox, deathbycaptcha).submit(task);
      const url = `${sandbox.url}/api/captcha/${upstreamId}`;
      const pending = { status: 0, captcha: upstreamId, text: null, is_correct: false };
      expect(await (await fetch(url, { headers: JSON_PLEASE })).json()).toEqual(pending);
      expect(await (await fetch(url)).text()).toBe(`status=0&captcha=${upstreamId}&text=&is_correct=0`);
    });
  });

  it('tells the balance in cents at either address', async () => {
    await withSandbox({ script: { balanceUsd: 12.345 } }, async (sandbox) => {
      for (const path of ['/api/', '/api/user']) {
        const body = new URLSearchParams({ username: 'anna', password: 'secret' });
        const init = { method: 'POST', body, headers: JSON_PLEASE } as const;
        const account = await (await fetch(`${sandbox.url}${path}`, init)).json();
        expect(account).toMatchObject({ balance: 1_234.5, is_banned: false });
      }
    });
  });

  it('takes a body that is no multipart for an empty one', async () => {
    await withSandbox({}, async (sandbox) => {
      const headers = { ...JSON_PLEASE, 'content-type': 'multipart/form-data; boundary=x' };
      const init = { method: 'POST', body: 'type=4', headers } as const;
      expect((await fetch(`${sandbox.url}/api/captcha`, init)).status).toBe(403);
    });
  });

  it('accepts by its Location even where half of the body is lost', async () => {
    await withSandbox({ script: { submit: 'half-json' } }, async (sandbox) => {
      const accepted = await new Caller(sandbox, deathbycaptcha).submit(task);
      expect(accepted).toEqual({ upstreamId: sandbox.tasks()[0]?.upstreamId });
    });
  });
});
