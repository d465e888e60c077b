/** The files of the config are looked at: whatever way they change, it is noticed, once, when it has settled. */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigFiles } from '../../src/app/config-files.js';
import { FakeClock } from '../support/fake-clock.js';

const EVERY_MS = 500;

let folder: string;
let clock: FakeClock;
let changes: number;
let files: ConfigFiles;
/** What is read when something has changed. */
let paths: string[];

const at = (...names: readonly string[]) => join(folder, ...names);

async function read(): Promise<void> {
  await files.read.during(async (onFile) => {
    for (const path of paths) {
      onFile(path);
      readFileSync(path);
    }
  });
}

/** Real files, and time that a test moves: enough of it for several looks. */
async function look(ms = 3 * EVERY_MS): Promise<number> {
  for (let left = ms; left > 0; left -= 50) {
    await clock.advance(50);
    await files.looking;
  }
  return changes;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'captcha-gateway-files-'));
  clock = new FakeClock();
  changes = 0;
  files = new ConfigFiles({
    clock,
    everyMs: EVERY_MS,
    onChange: async () => {
      changes += 1;
      await read().catch(() => {});
    },
  });
  writeFileSync(at('config.json'), '{}');
  writeFileSync(at('key'), 'k');
  paths = [at('config.json'), at('key')];
  await read();
  files.start();
});

afterEach(() => {
  files.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a change', () => {
  it('is none while nothing is written', async () => {
    expect(await look()).toBe(0);
  });

  it.each([
    ['in place', () => writeFileSync(at('config.json'), '{"a":1}')],
    [
      'by a rename over it',
      () => {
        writeFileSync(at('draft'), '{}');
        renameSync(at('draft'), at('config.json'));
      },
    ],
    ['of a file that it refers to', () => writeFileSync(at('key'), 'other')],
    ['by its end', () => rmSync(at('key'))],
  ])('%s is noticed once', async (_name, change) => {
    change();
    expect(await look()).toBe(1);
    expect(await look()).toBe(1);
  });

  it('by a link that is swapped above it is noticed, as secrets are mounted', async () => {
    for (const version of ['v1', 'v2']) {
      mkdirSync(at(version));
      writeFileSync(at(version, 'config.json'), '{}');
    }
    symlinkSync('v1', at('..data'));
    symlinkSync(join('..data', 'config.json'), at('linked.json'));
    paths = [at('linked.json')];
    await read();
    expect(await look()).toBe(0);
    symlinkSync('v2', at('..data_tmp'));
    renameSync(at('..data_tmp'), at('..data'));
    expect(await look()).toBe(1);
    expect(await look()).toBe(1);
  });

  it('between the reading and the first look is noticed', async () => {
    await files.read.during(async (onFile) => {
      onFile(at('config.json'));
      writeFileSync(at('config.json'), '{"written":"meanwhile"}');
    });
    expect(await look()).toBe(1);
  });

  it('is left alone while somebody writes, but not for ever', async () => {
    let text = '';
    for (let written = 0; written < 10; written += 1) {
      text += 'x';
      writeFileSync(at('config.json'), text);
      await look(100);
    }
    expect(changes).toBe(0);
    expect(await look()).toBe(1);
    for (let written = 0; written < 40; written += 1) {
      text += 'x';
      writeFileSync(at('config.json'), text);
      await look(100);
    }
    expect(changes).toBeGreaterThan(1);
  });

  it('of a file that could not be read is noticed when it is there', async () => {
    rmSync(at('key'));
    await look();
    writeFileSync(at('key'), 'back');
    expect(await look()).toBe(2);
  });

  it('is nobody’s business after the stop', async () => {
    files.stop();
    writeFileSync(at('config.json'), '{"late":1}');
    expect(await look()).toBe(0);
    expect(clock.pending).toBe(0);
  });
});
