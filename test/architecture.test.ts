/** The rooms of the house: who may import whom, and which room is the door of which library. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const top = fileURLToPath(new URL('..', import.meta.url));

interface Room {
  readonly imports: readonly string[];
  readonly libraries: readonly string[];
  /** Node's own modules that reach outside the process, and belong to few. */
  readonly outside?: readonly string[];
}

const ROOMS: Readonly<Record<string, Room>> = {
  core: { imports: [], libraries: ['zod'] },
  wire: { imports: ['core'], libraries: ['zod', '@fastify/busboy'] },
  providers: { imports: ['core', 'wire'], libraries: [] },
  dialects: { imports: ['core', 'wire'], libraries: [] },
  ops: { imports: ['core'], libraries: ['pino', 'pino-pretty', 'prom-client', 'uplot'] },
  engine: { imports: ['core'], libraries: ['opossum'] },
  net: { imports: ['core'], libraries: ['undici'], outside: ['node:net', 'node:tls', 'node:dns'] },
  store: { imports: ['core'], libraries: ['libsql', 'pg'], outside: ['node:fs'] },
  config: { imports: ['core'], libraries: ['zod'], outside: ['node:fs'] },
  openapi: { imports: ['core', 'wire', 'ops'], libraries: ['zod'] },
  registry: { imports: [], libraries: [], outside: ['node:fs/promises'] },
  sandbox: { imports: ['core', 'wire'], libraries: [], outside: ['node:http', 'node:net'] },
  app: {
    imports: [
      'core',
      'wire',
      'dialects',
      'ops',
      'openapi',
      'engine',
      'net',
      'store',
      'config',
      'registry',
      'sandbox',
      'terminal',
    ],
    libraries: ['hono', '@hono/node-server', 'node-forge'],
    outside: ['node:fs', 'node:http', 'node:https', 'node:net'],
  },
  terminal: { imports: [], libraries: ['log-update'] },
  demo: { imports: ['app', 'core', 'terminal'], libraries: [], outside: ['node:fs', 'node:fs/promises'] },
  check: { imports: ['core', 'config', 'terminal'], libraries: ['zod'] },
  probe: { imports: ['core', 'wire', 'terminal', 'check'], libraries: [] },
  doctor: { imports: ['config', 'core', 'terminal'], libraries: [] },
  watch: { imports: ['app', 'core', 'terminal'], libraries: [] },
  main: { imports: ['registry', 'app', 'config', 'terminal'], libraries: [] },
  cli: {
    imports: ['app', 'config', 'core', 'main', 'demo', 'probe', 'doctor', 'terminal', 'watch', 'check'],
    libraries: [],
    outside: ['node:fs'],
  },
};

/** Node's modules by which a process reaches files, sockets and other processes. */
const OUTSIDE = /^node:(fs|net|tls|dns|http|https|http2|dgram|child_process|worker_threads|cluster)(\/|$)/;

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(top, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The room of a file: the first folder under src, or the file's own name there; `providers` otherwise. */
function roomOf(file: string): string {
  const [first = '', second = ''] = relative(top, file).split(/[\\/]/);
  return first === 'src' ? second.replace(/\.[jt]s$/, '') : first;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*'([^']+)'|\bimport\s*\(?\s*'([^']+)'/g,
  );
  return [...found].map(([, from, bare]) => ({
    file: relative(top, file),
    room: roomOf(file),
    target: from ?? bare ?? '',
  }));
}

const files = [...sources('src'), ...sources('providers')];
const imports = files.flatMap(importsOf);

function isAllowed({ file, room, target }: Import): boolean {
  const { imports: rooms = [], libraries = [], outside = [] } = ROOMS[room] ?? {};
  if (target.startsWith('.')) {
    const other = roomOf(resolve(top, dirname(file), target));
    return other === room || rooms.includes(other);
  }
  if (OUTSIDE.test(target)) return outside.includes(target);
  return (
    target.startsWith('node:') ||
    libraries.some((library) => target === library || target.startsWith(`${library}/`))
  );
}

describe('the rooms', () => {
  it('are all known and all there', () => {
    expect(new Set(files.map(roomOf))).toEqual(new Set(Object.keys(ROOMS)));
  });

  it('import only whom they may, and only their own libraries', () => {
    const wrong = imports
      .filter((each) => !isAllowed(each))
      .map(({ file, target }) => `${file} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  it('would notice an import that is not allowed', () => {
    expect(isAllowed({ file: 'src/engine/router.ts', room: 'engine', target: '../net/upstream.js' })).toBe(
      false,
    );
    expect(isAllowed({ file: 'src/dialects/native.ts', room: 'dialects', target: 'hono' })).toBe(false);
    expect(isAllowed({ file: 'src/engine/router.ts', room: 'engine', target: 'node:fs' })).toBe(false);
  });
});

describe('the libraries', () => {
  const dependencies = Object.keys(JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')).dependencies);

  it.each(dependencies)('%s has one door', (library) => {
    const doors = imports
      .filter(({ target }) => target === library || target.startsWith(`${library}/`))
      .map(({ room }) => room);
    if (library === 'zod') expect(doors).toContain('core');
    else expect([...new Set(doors)]).toHaveLength(1);
  });
});
