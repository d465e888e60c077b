/** What is under way upstream and has to be written down before a task may be left. */
export class Booking {
  #last: Promise<unknown> = Promise.resolve();

  /** Whatever comes of it, it is over then. */
  add(work: Promise<unknown>): void {
    this.#last = work.catch(() => {});
  }

  /** Resolves when nothing is under way, also of what came meanwhile. */
  async settled(): Promise<void> {
    let last: Promise<unknown> | undefined;
    while (last !== this.#last) {
      last = this.#last;
      await last;
    }
  }
}
