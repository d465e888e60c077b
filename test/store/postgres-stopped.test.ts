/** A process that is stopped past its lease and woken again finds out before it does anything. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openPostgres } from '../../src/store/postgres.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { ended, sampleRecord, settled } from './samples.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const LEASE_MS = 1_000;
let folder: string;
let server: TestPostgres;
let child: ChildProcess | undefined;

/** Creates tasks; when it has slept, tells whether it thinks that it holds them and what its next write meets. */
const CHILD = `
import { openPostgres } from './src/store/postgres.js';
const [url, leaseMs, sample] = process.argv.slice(2);
const store = await openPostgres({ url, leaseMs: Number(leaseMs) });
for (const id of [1, 2, 3]) await store.write(id, [{ move: 'created', record: { ...JSON.parse(sample), id } }]);
const begin = (id) => store.write(id, [{ move: 'attempt-begun', attempt: 0, provider: '2captcha', at: 1 }]);
let last = performance.now();
setInterval(async () => {
  const slept = performance.now() - last;
  last = performance.now();
  if (slept < leaseMs / 2) return;
  const isHeld = store.isHeld;
  const names = await Promise.all([1, 2, 3].map((id) => begin(id).then(String, (error) => error.name)));
  console.log(JSON.stringify({ isHeld, names }));
}, 10);
console.log('ready');
`;

/** The store as plain JavaScript, as a child process can run it. */
function compile(): void {
  const compilerOptions = {
    noEmit: false,
    noCheck: true,
    rootDir: root,
    outDir: folder,
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const files = [join(root, 'src/store/postgres.ts')];
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: [], files };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'child.js'), CHILD);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
    stdio: 'inherit',
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'captcha-gateway-stopped-'));
  compile();
  server = await startPostgres();
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('loses its tasks to another owner within a second of its lease, and writes nothing more', async () => {
  const args = [join(folder, 'child.js'), server.url, String(LEASE_MS), JSON.stringify(sampleRecord(1))];
  const stopped = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  child = stopped;
  const lines = createInterface({ input: stopped.stdout });
  expect(await once(lines, 'line')).toEqual(['ready']);
  const heir = await openPostgres({ url: server.url });
  stopped.kill('SIGSTOP');
  const stoppedAt = performance.now();
  const adopted = await vi.waitUntil(
    async () => {
      const some = await heir.adopt(10);
      return some.length > 0 && some;
    },
    { timeout: LEASE_MS + 2_000, interval: 20 },
  );
  expect(performance.now() - stoppedAt).toBeLessThan(LEASE_MS + 1_000);
  expect(adopted.map(({ id }) => id)).toEqual([1, 2, 3]);
  const line = once(lines, 'line');
  stopped.kill('SIGCONT');
  expect(JSON.parse((await line)[0])).toEqual({
    isHeld: false,
    names: ['LeaseLost', 'LeaseLost', 'LeaseLost'],
  });
  expect(await heir.find(1)).toMatchObject({ attempts: [] });
  await expect(heir.write(1, [ended()])).rejects.toThrow('no attempt');
  expect(await heir.write(1, [settled()])).toBe(true);
  await heir.close();
});
