/** kill -9 with a passed-through task under way: it is asked for, not bought again, and nothing of it is lost. */
import { it, type TestContext } from 'vitest';
import { openSandbox } from '../../src/app.js';
import type { Sandbox, Script } from '../../src/sandbox/sandbox.js';
import { CLIENT_KEY, configFor, writeConfig } from '../support/gateway-in-process.js';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.js';
import { classicPoll, storyOf } from './doors.js';
import { PASSING_DOORS, SECRET } from './passed.js';

const LATE = { timeout: 5_000, interval: 10 };

interface Place {
  readonly first: Sandbox;
  readonly second: Sandbox;
  /** Starts the gateway on the same ledger; the one before has to be gone. */
  start(): Promise<GatewayProcess>;
}

/** Two providers of one wire that take what is passed, and the config of the gateway before them. */
async function openPlace(
  onTestFinished: TestContext['onTestFinished'],
  use: 'classic' | 'json',
  script: Script,
): Promise<Place> {
  const passes = PASSING_DOORS.map((door) => door.passes);
  const [first, second] = await Promise.all([
    openSandbox({ script: { passes, ...script } }),
    openSandbox({ script: { passes, solve: { default: { fixedMs: 10 } } } }),
  ]);
  for (const sandbox of [first, second]) onTestFinished(() => sandbox.close());
  const folder = writeConfig(configFor([first, second].map(({ url }) => ({ url, use }))));
  onTestFinished(folder.remove);
  const start = async () => {
    const gateway = await startGatewayProcess(folder.configPath);
    onTestFinished(async () => {
      if (!gateway.hasEnded()) await gateway.kill();
    });
    return gateway;
  };
  return { first, second, start };
}

it.concurrent.for(PASSING_DOORS)(
  'over the $wire wire it polls on',
  async (door, { expect, onTestFinished }) => {
    const { first, second, start } = await openPlace(onTestFinished, door.wire, {
      solve: { default: { fixedMs: 1_000 } },
    });
    const before = await start();
    const taskId = await door.submit(before.url);
    await expect.poll(() => first.stats().calls.poll, LATE).toBeGreaterThan(0);
    await before.kill();
    const after = await start();
    const said = await door.poll(after.url, taskId);
    const [task] = first.tasks();
    expect(said).toEqual(door.wire === 'classic' ? task?.solution.request : task?.solution);
    expect(first.stats()).toMatchObject({ accepted: 1, calls: { submit: 1 } });
    expect(second.stats().calls.submit).toBe(0);
    expect(await storyOf(after.url, taskId)).toMatchObject({
      kind: door.kind,
      status: 'solved',
      attempts: [{ provider: 'first', outcome: 'solved' }],
    });
    expect(before.output() + after.output()).not.toContain(SECRET);
  },
);

it.concurrent('the next provider still gets all of it, files as files', async ({
  expect,
  onTestFinished,
}) => {
  const { first, second, start } = await openPlace(onTestFinished, 'classic', { verdict: 'never' });
  const before = await start();
  const bytes = Buffer.from(Array.from({ length: 3_000 }, (_, index) => index % 256));
  const form = new FormData();
  const fields = { method: 'vision', scene: SECRET, long: 'x'.repeat(2_000), empty: '' };
  for (const [name, value] of Object.entries({ key: CLIENT_KEY, ...fields })) form.set(name, value);
  form.set('photo', new Blob([bytes]), 'beach.png');
  const sent = await fetch(`${before.url}/in.php`, { method: 'POST', body: form });
  const taskId = (await sent.text()).replace('OK|', '');
  await before.kill();
  first.set({ poll: { code: 'ERROR_CAPTCHA_UNSOLVABLE' } });
  const after = await start();
  expect(await classicPoll(after.url, taskId)).toMatch(/^OK\|passed-sandbox-\d+$/);
  const passed = {
    wire: 'classic',
    fields: { ...fields, photo: bytes.toString('base64') },
    files: ['photo'],
  };
  expect([first.tasks(), second.tasks()]).toMatchObject([[{ task: { passed } }], [{ task: { passed } }]]);
});
