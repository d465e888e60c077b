/** Facts, written behind: the newest value of each key, a few times a second. */
import type { Facts } from '../core/store.js';
import { CHANNEL } from './postgres-lease.js';

/** Runs one statement and gives its rows; throws what the driver throws. */
export type RunQuery = <Row>(text: string, values: readonly unknown[]) => Promise<readonly Row[]>;

interface FactRow {
  readonly key: string;
  readonly value: string;
  readonly writer: string;
}

const WRITE_EVERY_MS = 250;
/** The server takes notices of less than 8,000 bytes; keys that do not fit are kept, but told to nobody. */
const LARGEST_NOTICE = 7_000;

export class PostgresFacts {
  /** By key as it is kept, values as JSON. */
  #pending = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(
    private readonly owner: string,
    private readonly query: RunQuery,
  ) {}

  remember(key: string, value: unknown): void {
    const text = toText(value);
    if (text === undefined || this.#isClosed) return;
    this.#pending.set(JSON.stringify(key), text);
    this.#plan();
  }

  /** What is kept, and what is about to be. */
  async recall(): Promise<Facts> {
    const rows = await this.query<FactRow>('SELECT key, value FROM captcha_gateway.facts', []);
    const texts = new Map([...rows.map(({ key, value }) => [key, value] as const), ...this.#pending]);
    return new Map([...texts].map(([key, value]) => [JSON.parse(key), JSON.parse(value)]));
  }

  /** What others have left under these keys (as they are notified), or under any. */
  async ofOthers(keys?: readonly string[]): Promise<Facts> {
    const rows = await this.query<FactRow>(
      'SELECT key, value FROM captcha_gateway.facts WHERE writer <> $1 AND ($2::text[] IS NULL OR key = ANY ($2))',
      [this.owner, keys ?? null],
    );
    return new Map(rows.map(({ key, value }) => [JSON.parse(key), JSON.parse(value)]));
  }

  /** Writes what waits, if it can. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#writing;
    await this.#write();
  }

  #plan(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#writing.then(() => this.#write());
    }, WRITE_EVERY_MS);
  }

  async #write(): Promise<void> {
    const facts = this.#pending;
    if (facts.size === 0) return;
    this.#pending = new Map();
    // In one order everywhere, or two replicas might wait for each other.
    const keys = [...facts.keys()].sort();
    try {
      await this.query(
        `WITH kept AS (
           INSERT INTO captcha_gateway.facts (key, value, writer)
           SELECT key, value, $1 FROM unnest($2::text[], $3::text[]) AS fact (key, value)
           ON CONFLICT (key) DO UPDATE SET value = excluded.value, writer = excluded.writer)
         SELECT pg_notify('${CHANNEL}', notice) FROM unnest($4::text[]) AS notice`,
        [this.owner, keys, keys.map((key) => facts.get(key)), noticesOf(this.owner, keys)],
      );
    } catch {
      // Facts are hints: they wait until the database is back, unless a newer value has come.
      this.#pending = new Map([...facts, ...this.#pending]);
      this.#plan();
    }
  }
}

function noticesOf(owner: string, keys: readonly string[]): readonly string[] {
  const notices: string[] = [];
  let some: string[] = [];
  const tell = () => {
    if (some.length > 0) notices.push(`${owner} f:${JSON.stringify(some)}`);
    some = [];
  };
  for (const key of keys) {
    const size = (keys: readonly string[]) => Buffer.byteLength(JSON.stringify(keys));
    if (size([key]) > LARGEST_NOTICE) continue;
    if (size([...some, key]) > LARGEST_NOTICE) tell();
    some.push(key);
  }
  tell();
  return notices;
}

/** The value as JSON; undefined for what JSON cannot hold. */
function toText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
