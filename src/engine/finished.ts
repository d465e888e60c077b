/** Tasks that have ended lately, kept in memory for the polls that follow; older ones come from the store. */
import type { TaskRecord } from '../core/store.js';
import { withoutImages } from './records.js';

const MOST_KEPT = 5_000;

export class Finished {
  readonly #records = new Map<number, TaskRecord>();

  get(id: number): TaskRecord | undefined {
    return this.#records.get(id);
  }

  keep(record: TaskRecord): void {
    this.#records.set(record.id, withoutImages(record));
    const [oldest] = this.#records.keys();
    if (this.#records.size > MOST_KEPT && oldest !== undefined) this.#records.delete(oldest);
  }

  /** Changes what is kept of a task, if it is. */
  change(id: number, change: Partial<TaskRecord>): void {
    const kept = this.#records.get(id);
    if (kept) this.#records.set(id, { ...kept, ...change });
  }

  /** What another process has changed is read from the store again. */
  drop(id: number): void {
    this.#records.delete(id);
  }
}
