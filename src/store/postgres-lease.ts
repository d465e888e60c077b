/** One run of one process in the list of owners: its lease, and the connection on which it hears from the others. */
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { type ConnectionOptions, connect, hangUp } from './postgres-connection.js';

export interface LeaseOptions {
  readonly owner: string;
  readonly connection: ConnectionOptions;
  readonly leaseMs: number;
  readonly renewEveryMs: number;
  /** What another process has notified. */
  readonly onNotice: (text: string) => void;
  /** After a renewal; `isNew` when the connection is another one than before, and notices may have been missed. */
  readonly onRenewed: (isNew: boolean) => void;
}

/** The lease counts as lost this long before it is: whoever acts now still has to reach the provider. */
const MARGIN_MS = 500;
export const CHANNEL = 'captcha_gateway';

/** Renews the lease until it is closed, on a connection of its own that is made again when it is lost. */
export class Lease {
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;
  #renewed: Instant | undefined;
  #isClosed = false;
  /** How often a renewal came too late. */
  lapses = 0;

  constructor(private readonly options: LeaseOptions) {}

  /** Resolves when the lease is there. @throws Error that says what to do. */
  async open(): Promise<void> {
    await this.#renew();
    this.#plan();
  }

  get isHeld(): boolean {
    const { leaseMs } = this.options;
    return !this.#isClosed && this.#renewed !== undefined && sinceThen(this.#renewed) <= leaseMs - MARGIN_MS;
  }

  /** Ends the lease at once, when the database can be reached. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#renewing;
    const client = this.#client;
    if (!client) return;
    const sql = `UPDATE captcha_gateway.replicas SET lease_until = '-infinity' WHERE id = $1`;
    await client.query(sql, [this.options.owner]).catch(() => {});
    this.#drop(client);
  }

  #plan(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#renewing = this.#renew()
        .catch(() => {})
        .finally(() => this.#plan());
    }, this.options.renewEveryMs);
  }

  async #renew(): Promise<void> {
    const started = now();
    const isNew = this.#client === undefined;
    this.#client ??= await this.#connect();
    const client = this.#client;
    try {
      const { owner, leaseMs } = this.options;
      await client.query('SELECT captcha_gateway.renew_lease($1, $2)', [owner, leaseMs]);
    } catch (error) {
      this.#drop(client);
      throw error;
    }
    if (this.#renewed !== undefined && !this.isHeld) this.lapses += 1;
    this.#renewed = started;
    if (!this.#isClosed) this.options.onRenewed(isNew);
  }

  async #connect(): Promise<pg.Client> {
    const { connection, onNotice } = this.options;
    const client = await connect(connection, (lost) => this.#drop(lost));
    client.on('notification', ({ payload = '' }) => {
      if (!this.#isClosed) onNotice(payload);
    });
    try {
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      hangUp(client);
      throw error;
    }
    return client;
  }

  #drop(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
    hangUp(client);
  }
}

interface Instant {
  readonly steadyMs: number;
  readonly wallMs: number;
}

function now(): Instant {
  return { steadyMs: performance.now(), wallMs: Date.now() };
}

/** The steady clock goes on while the process is stopped, the wall clock while the machine is: the longer one counts. */
function sinceThen(then: Instant): number {
  const { steadyMs, wallMs } = now();
  return Math.max(steadyMs - then.steadyMs, wallMs - then.wallMs);
}
