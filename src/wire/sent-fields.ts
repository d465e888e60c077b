/** What a client sent, by name in any case; empty text and null count as not sent. */
import type { Spellings } from './rows.js';
import { isObject } from './values.js';

export class SentFields {
  readonly #values = new Map<string, unknown>();
  readonly #names = new Map<string, string>();
  readonly #read = new Set<string>();

  constructor(sent: Readonly<Record<string, unknown>>) {
    for (const [name, value] of Object.entries(sent)) {
      if (value === null || value === undefined || value === '') continue;
      const key = name.toLowerCase();
      this.#values.set(key, value);
      this.#names.set(key, name);
    }
  }

  /** The value of the first of these spellings that was sent. */
  get(spellings: Spellings): unknown {
    for (const path of typeof spellings === 'string' ? [spellings] : spellings) {
      const [name = '', ...nested] = path.toLowerCase().split('.');
      const value = this.#values.get(name);
      if (value === undefined) continue;
      const found = nested.length === 0 ? value : nested.reduce(memberOf, value);
      if (found === undefined || found === null || found === '') continue;
      this.#read.add(name);
      return found;
    }
    return undefined;
  }

  has(spellings: Spellings): boolean {
    return this.get(spellings) !== undefined;
  }

  /** The names that nobody asked for, as the client spelled them; `known` names do not count. */
  unread(known: ReadonlySet<string>): readonly string[] {
    const names = [...this.#names].filter(([key]) => !this.#read.has(key) && !known.has(key));
    return names.map(([, name]) => name);
  }

  /** What was sent, by the client's own names. */
  all(): Readonly<Record<string, unknown>> {
    return Object.fromEntries([...this.#names].map(([key, name]) => [name, this.#values.get(key)]));
  }

  /** What was sent as `name[inner]`, by inner name: that one is the site's own and keeps its case. */
  bracketed(name: string): Readonly<Record<string, unknown>> {
    const found: Record<string, unknown> = {};
    for (const [key, value] of this.#values) {
      if (!key.startsWith(`${name}[`) || !key.endsWith(']')) continue;
      this.#read.add(key);
      const inner = this.#names.get(key)?.slice(name.length + 1, -1);
      if (inner) found[inner] = value;
    }
    return found;
  }

  /** What was sent as `prefix1`, `prefix2` …, in that order, up to the first that is missing. */
  numbered(prefix: string): readonly unknown[] {
    const found: unknown[] = [];
    for (
      let value = this.get(`${prefix}1`);
      value !== undefined;
      value = this.get(`${prefix}${found.length + 1}`)
    ) {
      found.push(value);
    }
    return found;
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  const key = Object.keys(value).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? undefined : value[key];
}
