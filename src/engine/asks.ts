/** When clients that are not held come back for a task: between two of their polls nobody hears of its result. */

/** A client's polls of one task, as they come. */
export interface Rhythm {
  readonly lastAt: number;
  /** Undefined after the first one. */
  readonly beforeAt: number | undefined;
}

/** After so many of its intervals without a poll a client has stopped asking. */
const GONE_AFTER = 2;

export class Asks {
  readonly #rhythms = new Map<number, Rhythm>();

  /** A client has asked for this task, and was answered at once. */
  asked(id: number, now: number): void {
    this.#rhythms.set(id, { lastAt: now, beforeAt: this.#rhythms.get(id)?.lastAt });
  }

  /** A client is listening, or nothing is to be heard any more. */
  forget(id: number): void {
    this.#rhythms.delete(id);
  }

  rhythmOf(id: number): Rhythm | undefined {
    return this.#rhythms.get(id);
  }
}

/** A poll to be placed between two others. */
export interface Slot {
  readonly earliestAt: number;
  readonly dueAt: number;
  readonly latestAt: number;
  /** So long before the client asks. */
  readonly leadMs: number;
}

/**
 * The same poll just before the client asks: rather sooner than due, for what is not known when the client asks costs it
 * an interval; else later, for nobody hears of it meanwhile. Clients pause before their first poll as between two.
 */
export function beforeAsk(slot: Slot, rhythm: Rhythm | undefined, acceptedAt: number): number {
  const { earliestAt, dueAt, latestAt, leadMs } = slot;
  if (!rhythm) return dueAt;
  const everyMs = rhythm.lastAt - (rhythm.beforeAt ?? acceptedAt);
  const isGone = earliestAt > rhythm.lastAt + (GONE_AFTER + 1) * everyMs;
  if (everyMs <= leadMs || isGone) return dueAt;
  const origin = rhythm.lastAt - leadMs;
  const sooner = origin + Math.floor((dueAt - origin) / everyMs) * everyMs;
  if (sooner >= earliestAt) return sooner;
  const later = origin + Math.ceil((earliestAt - origin) / everyMs) * everyMs;
  return later <= latestAt ? later : dueAt;
}
