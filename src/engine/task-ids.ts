/** Task ids, reserved in runs so that the store is not asked for each. */
import type { TaskStore } from '../core/store.js';

const IDS_AT_ONCE = 1_000;

export class TaskIds {
  #next = 0;
  #left = 0;
  #reserving: Promise<void> | undefined;

  constructor(private readonly store: TaskStore) {}

  async take(): Promise<number> {
    while (this.#left === 0) {
      this.#reserving ??= this.#reserve();
      await this.#reserving;
    }
    this.#left -= 1;
    this.#next += 1;
    return this.#next - 1;
  }

  async #reserve(): Promise<void> {
    try {
      this.#next = await this.store.reserveIds(IDS_AT_ONCE);
      this.#left = IDS_AT_ONCE;
    } finally {
      this.#reserving = undefined;
    }
  }
}
