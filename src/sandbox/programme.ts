/** A script that changes by itself: act after act, each when its time has come. */
import type { Act } from './script.js';

/** An act and when it began. */
export interface DueAct extends Pick<Act, 'changes'> {
  readonly at: number;
}

export class Programme {
  readonly #acts: readonly Act[];
  readonly #since: number;
  #done = 0;

  constructor(acts: readonly Act[] = [], since: number) {
    this.#acts = [...acts].sort((one, other) => one.afterMs - other.afterMs);
    this.#since = since;
  }

  /** The next act whose time has come, each once; undefined when there is none. */
  next(now: number): DueAct | undefined {
    const act = this.#acts[this.#done];
    if (!act || now - this.#since < act.afterMs) return undefined;
    this.#done += 1;
    return { at: this.#since + act.afterMs, changes: act.changes };
  }
}
