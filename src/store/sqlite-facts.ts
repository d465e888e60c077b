/** Facts, written behind: the newest value of each key goes to disk a few times a second, not at every change. */
import type Database from 'libsql';

const WAIT_MS = 250;

/** JSON by key. */
export type WrittenFacts = ReadonlyMap<string, string>;

/** Collects facts and saves them together after a while; a save that fails is tried again with the next one. */
export class WriteBehind {
  #waiting = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly save: (facts: WrittenFacts) => void) {}

  /** Never throws: what JSON cannot hold is not kept. */
  put(key: string, value: unknown): void {
    const text = toText(value);
    if (text === undefined) return;
    this.#waiting.set(key, text);
    this.#timer ??= setTimeout(() => this.#trySave(), WAIT_MS).unref();
  }

  /** Saves what waits, now. @throws whatever `save` threw, and keeps the facts. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    this.save(this.#waiting);
    this.#waiting = new Map();
  }

  #trySave(): void {
    try {
      this.flush();
    } catch {
      this.#timer ??= setTimeout(() => this.#trySave(), WAIT_MS).unref();
    }
  }
}

function toText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

export interface FactRows {
  /** Within the transaction of its caller. */
  save(facts: WrittenFacts): void;
  readAll(): ReadonlyMap<string, unknown>;
}

/** Keys are JSON too: the driver cuts bare text at a NUL. */
export function prepareFacts(database: Database.Database): FactRows {
  const write = database.prepare('INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)');
  const readAll = database.prepare('SELECT key, value FROM facts').raw();
  return {
    save(facts) {
      for (const [key, text] of facts) write.run([JSON.stringify(key), text]);
    },
    readAll() {
      const rows = readAll.all() as readonly (readonly [key: string, value: string])[];
      return new Map(rows.map(([key, value]) => [JSON.parse(key), JSON.parse(value)]));
    },
  };
}
