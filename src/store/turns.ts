/** One after the other, in the order of asking. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when all that was asked for before has ended. */
  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
