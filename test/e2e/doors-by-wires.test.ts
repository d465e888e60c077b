/** Every door in front of every wire: what comes in by one is bought over another, paid once and reported. */
import { describe, it, vi } from 'vitest';
import { jsonOf, send } from '../support/http.js';
import { AUTHORIZED, classicDoor, DOORS, PAGE_URL, storyOf } from './doors.js';
import { openScene, type Scene, type SceneOptions } from './scene.js';

/** Entries of `providers`, each with the wire that it is asked over. */
const UPSTREAMS = [
  { wire: 'classic', entry: { use: 'classic', apiKey: 'key-0123456789abcdef' } },
  { wire: 'json', entry: { use: 'json', apiKey: 'key-0123456789abcdef' } },
  { wire: 'classic', entry: { use: '2captcha', wire: 'classic', apiKey: 'key-0123456789abcdef' } },
  { wire: 'json', entry: { use: '2captcha', wire: 'json', apiKey: 'key-0123456789abcdef' } },
  { wire: 'classic', entry: { use: 'rucaptcha', wire: 'classic', apiKey: 'key-0123456789abcdef' } },
  { wire: 'json', entry: { use: 'rucaptcha', wire: 'json', apiKey: 'key-0123456789abcdef' } },
  { wire: 'deathbycaptcha', entry: { use: 'deathbycaptcha', apiKey: 'anna-karenina:pass-phrase' } },
  { wire: 'deathbycaptcha', entry: { use: 'deathbycaptcha', apiKey: 'token-0123456789abcdef' } },
  { wire: 'bestcaptchasolver', entry: { use: 'bestcaptchasolver', apiKey: 'token-0123456789abcdef' } },
] as const;

type Upstream = (typeof UPSTREAMS)[number];

/** One service of each sort first, one with the classic wire behind it; both would do. */
function open({ entry }: Upstream, scripts: SceneOptions['scripts'] = [{}, {}]): Promise<Scene> {
  return openScene({ scripts, entries: [entry, {}] });
}

describe.each(UPSTREAMS)('$entry.use over $wire with the key $entry.apiKey', (upstream) => {
  const { apiKey } = upstream.entry;

  it.concurrent.for(DOORS)(
    'solves what comes in at the $id door',
    async (door, { expect, onTestFinished }) => {
      const { url, first, second, gateway, close } = await open(upstream);
      onTestFinished(close);
      const told = await door.solve(url);
      const [task] = first.tasks();
      expect(told).toMatchObject({ token: task?.solution.token });
      expect(first.stats()).toMatchObject({ accepted: 1, boughtTwice: [] });
      expect(second.stats().calls.submit).toBe(0);
      expect(task).toMatchObject({ wire: upstream.wire });
      expect(new Set(first.requests().flatMap(({ key }) => (key === '' ? [] : [key])))).toEqual(
        new Set([apiKey]),
      );
      const lines = JSON.stringify(gateway.lines());
      for (const half of [apiKey, ...apiKey.split(':')]) expect(lines).not.toContain(half);
    },
  );

  it.concurrent.for([
    ['sandbox-no-slot', 'no_slot'],
    ['sandbox-zero-balance', 'zero_balance'],
    ['sandbox-unsolvable', 'unsolvable'],
  ] as const)(
    '%s is heard as %s, and the next provider asked',
    async ([siteKey, code], { expect, onTestFinished }) => {
      const { url, close } = await open(upstream);
      onTestFinished(close);
      // The one behind would do the same with this site key: what counts is that it was asked.
      const json = { kind: 'recaptcha_v2', siteKey, pageUrl: PAGE_URL };
      const { taskId } = jsonOf(await send(url, '/v1/solve', { json, headers: AUTHORIZED }));
      const { attempts } = await storyOf(url, String(taskId));
      expect(attempts[0]).toMatchObject({ provider: 'first', outcome: code });
      expect(attempts.map(({ provider }) => provider)).toContain('second');
    },
  );

  it.concurrent('hears of a wrong answer, and is passed over when it hangs up', async ({
    expect,
    onTestFinished,
  }) => {
    const { url, first, second, close } = await open(upstream, [{}, {}]);
    onTestFinished(close);
    const told = await classicDoor.solve(url);
    const taskId = 'taskId' in told ? told.taskId : '';
    const report = { json: { accepted: false }, headers: AUTHORIZED };
    expect((await send(url, `/v1/tasks/${taskId}/report`, report)).status).toBe(200);
    await vi.waitFor(() => expect(first.tasks()[0]?.report).toBe('bad'), { timeout: 5_000, interval: 5 });
    first.set({ submit: 'reset' });
    expect(await classicDoor.solve(url)).toHaveProperty('token');
    expect(second.stats().accepted).toBe(1);
  });
});
