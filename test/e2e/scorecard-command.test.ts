/** Who may see a scorecard, from where, after what; and the command that prints it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox } from '../../src/app.js';
import { ADMIN_KEY, CLIENT_KEY, configFor, openGateway, writeConfig } from '../support/gateway-in-process.js';
import { runCommand, startGatewayProcess } from '../support/gateway-process.js';
import { jsonOf, send } from '../support/http.js';
import { nativeDoor } from './doors.js';
import { openRun, type Run } from './scorecard-run.js';

let run: Run;

beforeAll(async () => {
  run = await openRun();
});
afterAll(() => run.close());

const command = (...args: readonly string[]) =>
  runCommand(['scorecard', '--url', run.gateway.url, '--key', ADMIN_KEY, ...args]);

describe('captcha-gateway scorecard', () => {
  it('prints a table', async () => {
    const { code, stdout, stderr } = await command(
      '--since',
      '3h',
      '--by',
      'provider',
      '--kind',
      'turnstile',
    );
    expect([code, stderr]).toEqual([0, '']);
    const [span, , heading = '', ...rows] = stdout.split('\n');
    expect(span).toMatch(/^Tasks that ended from \S+Z to \S+Z$/);
    expect(heading.trim().split(/ {2,}/).slice(0, 4)).toEqual(['provider', 'tasks', 'solved', 'accepted']);
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 4))).toEqual([
      ['first', '1', '0', '-'],
      ['second', '2', '2', '-'],
      [''],
    ]);
  });

  it('prints what the route answers, as JSON or CSV', async () => {
    const json = await command('--by', 'kind', '--json');
    const { by, rows } = JSON.parse(json.stdout);
    expect([by, rows.length]).toEqual([['kind'], 4]);
    const csv = await command('--by', 'kind', '--csv', '--host', 'shop.example.com');
    expect(csv.stdout.split('\r\n').map((line) => line.split(',').slice(0, 2))).toEqual([
      ['kind', 'tasks'],
      ['hcaptcha', '1'],
      ['recaptcha_v2', '5'],
      ['turnstile', '2'],
      [''],
    ]);
  });

  it('says what is wrong', async () => {
    const refused = await command('--since', 'yesterday');
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(
      /^--since must be a span such as 24h[^\n]*\n\nUsage: captcha-gateway scorecard /,
    );
    const both = await command('--json', '--csv');
    expect(both.code).toBe(2);
    expect(both.stderr).toContain('Give either --json or --csv');
    const none = await command('--since', '2020-01-01', '--until', '2020-01-02');
    expect(none.stdout).toMatch(/: none\.\n$/);
  });
});

describe('a gateway without an admin key', () => {
  it('shows everything to its own machine, a client’s own to the client, and nothing to others', async ({
    onTestFinished,
  }) => {
    const sandbox = await openSandbox();
    onTestFinished(() => sandbox.close());
    const gateway = await openGateway(configFor([{ url: sandbox.url }]));
    onTestFinished(() => gateway.close());
    const statusOf = async (headers: Readonly<Record<string, string>>) =>
      (await send(gateway.url, '/v1/scorecard', { headers })).status;
    expect(await statusOf({})).toBe(200);
    expect(await statusOf({ 'x-api-key': CLIENT_KEY })).toBe(200);
    expect(await statusOf({ 'x-api-key': 'nobodys' })).toBe(401);
    expect(await statusOf({ 'x-forwarded-for': '203.0.113.9' })).toBe(401);
  });
});

it('counts after kill -9 what it counted before', async ({ onTestFinished }) => {
  const sandbox = await openSandbox({ script: { solve: { default: { fixedMs: 10 } } } });
  onTestFinished(() => sandbox.close());
  const folder = writeConfig(configFor([{ url: sandbox.url }]));
  onTestFinished(folder.remove);
  const before = await startGatewayProcess(folder.configPath);
  await nativeDoor.solve(before.url, 'one');
  await nativeDoor.solve(before.url, 'sandbox-bad-sitekey');
  const rowsOf = async (url: string) => jsonOf(await send(url, '/admin/scorecard')).rows;
  const rows = await rowsOf(before.url);
  expect(rows).toMatchObject([
    { provider: 'first', kind: 'recaptcha_v2', tasks: 2, solved: 1, invalidParameters: 1 },
  ]);
  await before.kill();
  const after = await startGatewayProcess(folder.configPath);
  onTestFinished(async () => void (await after.kill()));
  expect(await rowsOf(after.url)).toEqual(rows);
});
