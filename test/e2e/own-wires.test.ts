/** The services with a wire of their own, behind every door of the gateway. */
import { describe, it, vi } from 'vitest';
import { jsonOf, send } from '../support/http.js';
import { AUTHORIZED, classicDoor, DOORS, PAGE_URL, storyOf } from './doors.js';
import { openScene, type Scene, type SceneOptions } from './scene.js';

const SERVICES = [
  { use: 'deathbycaptcha', apiKey: 'anna-karenina:pass-phrase' },
  { use: 'deathbycaptcha', apiKey: 'token-0123456789abcdef' },
  { use: 'bestcaptchasolver', apiKey: 'token-0123456789abcdef' },
] as const;

type Service = (typeof SERVICES)[number];

/** One service of each sort first, one with the classic wire behind it; both would do. */
function open({ use, apiKey }: Service, scripts: SceneOptions['scripts'] = [{}, {}]): Promise<Scene> {
  return openScene({ scripts, entries: [{ use, apiKey }, {}] });
}

describe.each(SERVICES)('$use with the key $apiKey', (service) => {
  it.concurrent.for(DOORS)(
    'solves what comes in at the $id door',
    async (door, { expect, onTestFinished }) => {
      const { url, first, gateway, close } = await open(service);
      onTestFinished(close);
      const told = await door.solve(url);
      const [task] = first.tasks();
      expect(told).toMatchObject({ token: task?.solution.token });
      expect(task).toMatchObject({ wire: service.use });
      expect(new Set(first.requests().flatMap(({ key }) => (key === '' ? [] : [key])))).toEqual(
        new Set([service.apiKey]),
      );
      const lines = JSON.stringify(gateway.lines());
      for (const half of [service.apiKey, ...service.apiKey.split(':')]) expect(lines).not.toContain(half);
    },
  );

  it.concurrent.for([
    ['sandbox-no-slot', 'no_slot'],
    ['sandbox-zero-balance', 'zero_balance'],
    ['sandbox-unsolvable', 'unsolvable'],
  ] as const)(
    '%s is heard as %s, and the next provider asked',
    async ([siteKey, code], { expect, onTestFinished }) => {
      const { url, close } = await open(service);
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
    const { url, first, second, close } = await open(service, [{}, {}]);
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
