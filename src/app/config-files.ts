/**
 * The files that the config was read from, looked at again and again: where a folder is mounted, renamed over or
 * swapped by a link, asking for a file's own facts is what always tells.
 */
import { type BigIntStats, promises, statSync } from 'node:fs';
import type { Cancel, Clock } from '../core/clock.js';

export interface ConfigFilesOptions {
  readonly clock: Clock;
  readonly everyMs: number;
  /** What was read is not what is there any more. */
  readonly onChange: () => Promise<void>;
}

/** A file that is being written is left alone until it has not changed for this long, */
const SETTLED_MS = 100;
/** and no longer than so many times that. */
const MOST_LOOKS = 20;

/** Collects files as they are read. */
export class FilesRead {
  #facts = new Map<string, string>();

  /** Runs what reads files; those of a reading that fails are added to those known before. */
  async during<Result>(read: (onFile: (path: string) => void) => Promise<Result>): Promise<Result> {
    const before = this.#facts;
    const found = new Map<string, string>();
    // Taken before the file is read: what is written meanwhile is a change.
    const onFile = (path: string) => void found.set(path, factsNow(path));
    try {
      const result = await read(onFile);
      this.#facts = found;
      return result;
    } catch (error) {
      this.#facts = new Map([...before, ...found]);
      throw error;
    }
  }

  /** What differs now from what was read, as one text; empty when nothing does. */
  async differences(): Promise<string> {
    const known = [...this.#facts];
    const now = await Promise.all(known.map(async ([path]) => `${path} ${await factsOf(path)}`));
    return now.filter((facts, index) => facts !== known[index]?.join(' ')).join('\n');
  }
}

export class ConfigFiles {
  readonly read = new FilesRead();
  #cancel: Cancel = () => {};
  #isStopped = false;
  #looking: Promise<void> = Promise.resolve();
  #seen = '';
  #looks = 0;

  constructor(private readonly options: ConfigFilesOptions) {}

  /** Looks from now on. */
  start(): void {
    this.#after(this.options.everyMs);
  }

  /** Settles when the look under way, and what it has set off, is over. */
  get looking(): Promise<void> {
    return this.#looking;
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #after(ms: number): void {
    if (this.#isStopped) return;
    this.#cancel = this.options.clock.after(ms, () => {
      this.#looking = this.#look();
    });
  }

  async #look(): Promise<void> {
    const differences = await this.read.differences();
    const isSettled = differences === this.#seen || this.#looks >= MOST_LOOKS;
    if (differences !== '' && !isSettled) {
      this.#seen = differences;
      this.#looks += 1;
      this.#after(SETTLED_MS);
      return;
    }
    this.#seen = '';
    this.#looks = 0;
    if (differences !== '' && !this.#isStopped) await this.options.onChange();
    this.#after(this.options.everyMs);
  }
}

async function factsOf(path: string): Promise<string> {
  return await promises.stat(path, { bigint: true }).then(spell, () => NOT_THERE);
}

function factsNow(path: string): string {
  try {
    return spell(statSync(path, { bigint: true }));
  } catch {
    return NOT_THERE;
  }
}

const NOT_THERE = '-';

function spell({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
