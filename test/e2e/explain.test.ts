/** The story of one task: over HTTP, in the terminal, and after a kill -9. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSandbox } from '../../src/app.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { ADMIN_KEY, type ConfigFolder, configFor, writeConfig } from '../support/gateway-in-process.js';
import { type GatewayProcess, runCommand, startGatewayProcess } from '../support/gateway-process.js';
import { jsonOf, send } from '../support/http.js';
import { openReceiver, type Receiver } from '../support/receiver.js';
import { AUTHORIZED, PAGE_URL } from './doors.js';

interface Entry {
  readonly at: string | null;
  readonly step: string;
  readonly provider: string | null;
  readonly text: string;
}

let full: Sandbox;
let well: Sandbox;
let receiver: Receiver;
let folder: ConfigFolder;
let gateway: GatewayProcess;
/** What /v1/solve answered. */
let solved: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  full = await openSandbox({ script: { submit: { code: 'ERROR_NO_SLOT_AVAILABLE' } } });
  well = await openSandbox({ script: { solve: { default: { fixedMs: 10 } } } });
  receiver = await openReceiver();
  const accounts = [
    { url: full.url },
    { url: well.url },
    { url: well.url, entry: { kinds: ['image_to_text'] } },
  ];
  const callbacks = { allowPrivate: ['127.0.0.0/8'] };
  folder = writeConfig(configFor(accounts, { admin: { key: ADMIN_KEY }, callbacks }));
  gateway = await startGatewayProcess(folder.configPath);
  const task = {
    kind: 'recaptcha_v2',
    siteKey: 'sk',
    pageUrl: PAGE_URL,
    callbackUrl: `${receiver.url}/hook`,
  };
  solved = jsonOf(await send(gateway.url, '/v1/solve', { json: task, headers: AUTHORIZED }));
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([full.close(), well.close(), receiver.close()]);
  folder.remove();
});

const id = () => String(solved.taskId);
const direct = () => ['--url', gateway.url, '--key', ADMIN_KEY];

async function timelineAt(
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<readonly Entry[]> {
  return jsonOf(await send(gateway.url, path, { headers })).timeline as readonly Entry[];
}

it('is told to its client and to the operator, and nobody else is bothered with it', async () => {
  const told = await timelineAt(`/v1/tasks/${id()}`, AUTHORIZED);
  expect(told.map(({ step, provider }) => [step, provider])).toEqual([
    ['created', null],
    ['attempt-begun', 'first'],
    ['attempt-ended', 'first'],
    ['passed-over', 'third'],
    ['failover', 'second'],
    ['attempt-begun', 'second'],
    ['attempt-accepted', 'second'],
    ['attempt-ended', 'second'],
    ['ended', 'second'],
  ]);
  expect(await timelineAt(`/admin/tasks/${id()}`, { 'x-api-key': ADMIN_KEY })).toEqual(told);
  expect(solved).toMatchObject({ status: 'solved', provider: 'second' });
  expect(solved).not.toHaveProperty('timeline');
  const [callback] = await receiver.until(1);
  expect(JSON.parse(callback?.body ?? '')).toMatchObject({ taskId: id(), status: 'solved' });
  expect(callback?.body).not.toContain('timeline');
});

it('is printed by explain, a line each', async () => {
  const { code, stdout, stderr } = await runCommand(['explain', id(), ...direct()]);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.split('\n');
  expect(lines[0]).toBe(`task ${id()}: solved`);
  expect(lines).toHaveLength(11);
  expect(lines[1]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z\s+Client qa asked for recaptcha_v2 /);
  expect(stdout).toContain('first ended with no_slot (ERROR_NO_SLOT_AVAILABLE)');
  expect(stdout).not.toContain('\u001b');
  expect(stdout).not.toContain(String((solved.solution as { token: string }).token));
});

it('is printed as one JSON object on request', async () => {
  const { code, stdout } = await runCommand(['explain', '--json', id(), ...direct()]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    taskId: id(),
    clientId: 'qa',
    timeline: expect.arrayContaining([expect.objectContaining({ step: 'created' })]),
  });
});

it.each([
  ['no such task', () => ['explain', '2147483647', ...direct()], 1, 'There is no such task'],
  ['no id', () => ['explain', 'task', ...direct()], 1, 'There is no such task'],
  ['no task named', () => ['explain', ...direct()], 2, 'Usage: captcha-gateway explain TASK'],
  ['two of them', () => ['explain', '1', '2', ...direct()], 2, 'Name one task'],
] as const)('%s is said on stderr', async (_name, args, code, words) => {
  const ended = await runCommand(args());
  expect([ended.code, ended.stdout]).toEqual([code, '']);
  expect(ended.stderr).toContain(words);
});

it('is the same after a kill -9, and ends with the report', async () => {
  const before = await timelineAt(`/v1/tasks/${id()}`, AUTHORIZED);
  await gateway.kill();
  gateway = await startGatewayProcess(folder.configPath);
  expect(await timelineAt(`/v1/tasks/${id()}`, AUTHORIZED)).toEqual(before);
  await send(gateway.url, `/v1/tasks/${id()}/report`, { json: { accepted: false }, headers: AUTHORIZED });
  const after = await timelineAt(`/v1/tasks/${id()}`, AUTHORIZED);
  expect(after.slice(0, -1)).toEqual(before);
  expect(after.at(-1)).toMatchObject({ at: null, step: 'reported', outcome: 'rejected' });
});
