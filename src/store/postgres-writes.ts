/** Writes tasks in batches, each exactly once even when the answer to a batch is lost. */
import { createHash } from 'node:crypto';
import type { Move } from '../core/store.js';
import { Batches } from './postgres-batches.js';
import { explainPostgres, isAboutData } from './postgres-faults.js';
import { type Job, readResult, toJob } from './postgres-jobs.js';

/** Runs `write_batch`; throws what the driver throws. */
export type RunBatch = (jobs: string) => Promise<readonly string[]>;

interface Written {
  readonly id: number;
  /** The job and its token as JSON. */
  readonly text: string;
}

/** A write whose answer was lost. */
interface Doubt {
  readonly token: string;
  readonly digest: string;
  readonly isCreation: boolean;
}

/** What is forgotten beyond this many is the oldest: its caller has not come back for it. */
const MOST_DOUBTS = 10_000;

export class PostgresWrites {
  readonly #batches: Batches<Written, string>;
  readonly #doubts = new Map<number, Doubt>();
  #count = 0;

  constructor(
    private readonly owner: string,
    private readonly run: RunBatch,
  ) {
    this.#batches = new Batches({
      run: (jobs) => this.#runTwice(jobs.map(({ text }) => text)),
      sizeOf: ({ text }) => text.length,
      isFatal: (error) => explainPostgres(error).isConnection,
      isAboutOne: isAboutData,
    });
  }

  /** As TaskStore.write has it. A write that failed without an answer may be repeated: it is known again. */
  async write(id: number, moves: readonly Move[]): Promise<boolean> {
    const job = toJob(id, moves);
    const body = JSON.stringify(job);
    const doubt = this.#doubtOf(id, body);
    // From here on it is this call's: it must not be undone while it is being repeated.
    if (doubt) this.#doubts.delete(id);
    const token = doubt?.token ?? this.token();
    try {
      const result = await this.#add(job, token);
      this.#doubts.delete(id);
      return readResult(id, result);
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error;
      this.#keepDoubt(id, { token, digest: digest(body), isCreation: job.record !== undefined });
      throw error.told;
    }
  }

  /** A name for one write that no other write has. */
  token(): string {
    this.#count += 1;
    return `${this.owner}/${this.#count}`;
  }

  /** Takes back creations that failed without an answer and were not repeated: nobody works on those tasks. */
  undoDoubtful(): void {
    for (const [id, doubt] of this.#doubts) {
      if (!doubt.isCreation) continue;
      this.#doubts.delete(id);
      this.#add({ id, isToUndo: true }, doubt.token).catch(() => this.#keepDoubt(id, doubt));
    }
  }

  drain(): Promise<void> {
    return this.#batches.drain();
  }

  async #add(job: Job, token: string): Promise<string> {
    try {
      return await this.#batches.add({ id: job.id, text: JSON.stringify({ ...job, token }) });
    } catch (error) {
      const { error: told, isConnection } = explainPostgres(error);
      throw isConnection ? new LostAnswer(told) : told;
    }
  }

  /** A connection that has broken while it was idle is only found out by using it; tokens make the second try safe. */
  async #runTwice(texts: readonly string[]): Promise<readonly string[]> {
    const jobs = `[${texts.join(',')}]`;
    try {
      return await this.run(jobs);
    } catch (error) {
      if (!isWorthRepeating(error)) throw error;
      return this.run(jobs);
    }
  }

  #doubtOf(id: number, body: string): Doubt | undefined {
    const doubt = this.#doubts.get(id);
    return doubt?.digest === (doubt && digest(body)) ? doubt : undefined;
  }

  #keepDoubt(id: number, doubt: Doubt): void {
    this.#doubts.set(id, doubt);
    const [oldest] = this.#doubts.keys();
    if (this.#doubts.size > MOST_DOUBTS && oldest !== undefined) this.#doubts.delete(oldest);
  }
}

/** Whether the write was done is not known. */
class LostAnswer extends Error {
  override readonly name = 'LostAnswer';

  constructor(readonly told: Error) {
    super(told.message);
  }
}

function digest(body: string): string {
  return createHash('sha256').update(body).digest('base64');
}

/** A reset connection and a deadlock are over at once; a refused connection and a time limit are not. */
function isWorthRepeating(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return /^(ECONNRESET|EPIPE|57P0[12]|40P01|40001)$/.test(code) || /terminated/i.test(error.message);
}
