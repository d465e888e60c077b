/** kill -9 loses nothing that was acknowledged, and the next start works at once. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite.js';
import { sampleRecord } from './samples.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;

/** Takes a task through its moves, 20 at a time, and names each step once `write` has resolved. */
const CHILD = `
import { writeSync } from 'node:fs';
import { openSqlite } from './src/store/sqlite.js';
const [path, sample] = process.argv.slice(2);
const store = openSqlite({ path });
async function live() {
  for (;;) {
    const id = await store.reserveIds(1);
    const write = async (step, moves) => {
      await store.write(id, moves);
      writeSync(1, id + ' ' + step + '\\n');
    };
    await write('created', [{ move: 'created', record: { ...JSON.parse(sample), id } }, { move: 'attempt-begun', attempt: 0, provider: '2captcha', at: 1 }]);
    await write('accepted', [{ move: 'attempt-accepted', attempt: 0, upstreamId: id, at: 2, costUsd: 0.5 }]);
    await write('settled', [{ move: 'settled', status: 'solved', at: 3, provider: '2captcha', solution: { token: 't' + id }, error: null, passedOver: [] }]);
  }
}
for (let each = 0; each < 20; each++) live();
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
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions,
    include: [],
    files: [join(root, 'src/store/sqlite.ts')],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'child.js'), CHILD);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
    stdio: 'inherit',
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-kill-'));
  compile();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the child until it has acknowledged `count` writes, kills it, and lists all it has acknowledged. */
async function runAndKill(path: string, count: number): Promise<string[]> {
  const child = spawn(process.execPath, [join(folder, 'child.js'), path, JSON.stringify(sampleRecord(0))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const acknowledged: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(line);
    if (acknowledged.length === count) child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return acknowledged;
}

it('keeps every acknowledged write through kill -9, five times over', async () => {
  const path = join(folder, 'gateway.db');
  const told = new Map<number, string>();
  for (const count of [1, 500, 37, 3_000, 211]) {
    for (const line of await runAndKill(path, count)) {
      const [id, step] = line.split(' ');
      told.set(Number(id), step ?? '');
    }
    const store = openSqlite({ path });
    for (const [id, step] of told) expect(await store.find(id)).toMatchObject(known(step, id));
    await store.close();
  }
  expect(told.size).toBeGreaterThan(1_000);
});

/** What the store must know of a task once a step is acknowledged; it may be further on. */
function known(step: string, id: number): object {
  const attempt = { provider: '2captcha', startedAt: 1 };
  if (step === 'created') return { id, attempts: [attempt] };
  const accepted = { ...attempt, upstreamId: id, acceptedAt: 2, costUsd: 0.5 };
  if (step === 'accepted') return { id, attempts: [accepted] };
  return { id, status: 'solved', solution: { token: `t${id}` }, attempts: [accepted] };
}
