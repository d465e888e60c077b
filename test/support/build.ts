/** Builds dist/ once before the tests, because some of them run the gateway as a process of its own. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = join(root, 'dist');
/** tsc's exit code for faults that did not keep it from writing. */
const WRITTEN_WITH_FAULTS = 2;

/** Compiles what has changed; a type fault is told and does not stop the tests, checking types has its own step. */
export function setup(): void {
  compile('tsconfig.build.json', '.tsbuildinfo');
  compile('src/ops/dashboard/tsconfig.json', '.tsbuildinfo-dashboard');
  removeOrphans();
  run(join(root, 'src/ops/dashboard/copy.mjs'));
}

function compile(project: string, buildInfo: string): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const incremental = ['--incremental', '--tsBuildInfoFile', join(dist, buildInfo)];
  const status = run(tsc, '-p', join(root, project), ...incremental);
  if (status !== 0 && status !== WRITTEN_WITH_FAULTS) throw new Error(`tsc ended with ${status}`);
}

function run(...args: readonly string[]): number | null {
  return spawnSync(process.execPath, args, { stdio: 'inherit', timeout: 120_000 }).status;
}

/** A provider, dialect or command is found by its file: what has no source any more would still be found. */
function removeOrphans(): void {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true });
  for (const file of files.filter(({ name }) => name.endsWith('.js'))) {
    const path = join(file.parentPath, file.name);
    const source = join(root, dirname(relative(dist, path)), file.name.replace(/\.js$/, '.ts'));
    if (!existsSync(source)) for (const orphan of [path, `${path}.map`]) rmSync(orphan, { force: true });
  }
}
