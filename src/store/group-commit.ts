/** Group commit: the writes of one event-loop turn share one transaction, so durability costs little. */

/** Runs `work` in one transaction: all of it stands, or, when it throws, none. */
export type Transact = <Result>(work: () => Result) => Result;

/**
 * Does one job in the transaction. It returns why it refused the job, having written nothing of it: that costs the
 * others nothing. When it throws, having written who knows what, the transaction is undone and tried again without it.
 */
export type Apply<Job> = (job: Job) => Error | undefined;

interface Entry<Job> {
  readonly job: Job;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** More than this at once would hold up the event loop for too long. */
const LARGEST_BATCH = 128;

/** Queues jobs and commits them together; a job that fails takes only itself down. */
export class GroupCommit<Job> {
  #queue: Entry<Job>[] = [];

  constructor(
    private readonly transact: Transact,
    private readonly apply: Apply<Job>,
  ) {}

  /** Resolves when the job is committed. @throws whatever `apply` returned or threw, with nothing of the job written. */
  add(job: Job): Promise<void> {
    return new Promise((resolve, reject) => {
      const length = this.#queue.push({ job, resolve, reject });
      if (length === 1) setImmediate(() => this.#commitNext());
    });
  }

  /** Commits everything that is queued, now. */
  flush(): void {
    while (this.#queue.length > 0) this.#commit(this.#queue.splice(0, LARGEST_BATCH));
  }

  #commitNext(): void {
    this.#commit(this.#queue.splice(0, LARGEST_BATCH));
    if (this.#queue.length > 0) setImmediate(() => this.#commitNext());
  }

  /** Savepoints would tax every good batch for a rare bad one; halving a bad one finds the culprit in a few steps. */
  #commit(batch: readonly Entry<Job>[]): void {
    let refusals: readonly (Error | undefined)[];
    try {
      refusals = this.transact(() => batch.map(({ job }) => this.apply(job)));
    } catch (error) {
      this.#retry(batch, error);
      return;
    }
    for (const [index, { resolve, reject }] of batch.entries()) {
      const refusal = refusals[index];
      if (refusal) reject(refusal);
      else resolve();
    }
  }

  #retry(batch: readonly Entry<Job>[], error: unknown): void {
    if (batch.length <= 1) {
      for (const { reject } of batch) reject(error);
      return;
    }
    const half = batch.length >> 1;
    this.#commit(batch.slice(0, half));
    this.#commit(batch.slice(half));
  }
}
