/** Group commit over a network: one batch is under way, the next one collects meanwhile. */

interface Entry<Job, Result> {
  readonly job: Job;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Longer batches would keep their rows locked for long. */
const LARGEST_BATCH = 256;
/** Characters; one larger job goes alone. */
const LARGEST_TEXT = 4_000_000;

export interface BatchOptions<Job, Result> {
  /** Does all jobs, or throws with none done that it knows of; one result for each. */
  readonly run: (jobs: readonly Job[]) => Promise<readonly Result[]>;
  readonly sizeOf: (job: Job) => number;
  /** Whether the jobs that wait would meet the same fault. */
  readonly isFatal: (error: unknown) => boolean;
  /** Whether the fault may be about a single job. */
  readonly isAboutOne: (error: unknown) => boolean;
}

/** Queues jobs and does them in their order, many at a time. */
export class Batches<Job, Result> {
  #queue: Entry<Job, Result>[] = [];
  #running: Promise<void> | undefined;

  constructor(private readonly options: BatchOptions<Job, Result>) {}

  /** Resolves when the job is done. */
  add(job: Job): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, resolve, reject });
      this.#running ??= this.#runAll();
    });
  }

  /** Resolves when everything that was queued is done or has failed. */
  async drain(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #runAll(): Promise<void> {
    // Whatever else this turn of the event loop writes comes along.
    await new Promise(setImmediate);
    while (this.#queue.length > 0) await this.#run(this.#take());
    this.#running = undefined;
  }

  #take(): Entry<Job, Result>[] {
    let size = 0;
    const end = this.#queue.findIndex(({ job }, index) => {
      size += this.options.sizeOf(job);
      return index === LARGEST_BATCH || (index > 0 && size > LARGEST_TEXT);
    });
    return this.#queue.splice(0, end === -1 ? this.#queue.length : end);
  }

  async #run(batch: readonly Entry<Job, Result>[]): Promise<void> {
    try {
      const results = await this.options.run(batch.map(({ job }) => job));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (error) {
      if (batch.length > 1 && this.options.isAboutOne(error)) {
        for (const entry of batch) await this.#run([entry]);
        return;
      }
      const all = this.options.isFatal(error) ? [...batch, ...this.#queue.splice(0)] : batch;
      for (const { reject } of all) reject(error);
    }
  }
}
