/** Follows the state of a gateway: asks again when something has happened there, and bears its restarts. */
import { type Cancel, type Clock, sleepUntil } from '../core/clock.js';

/** What is known at one moment. */
export interface Sight<Report> {
  readonly report: Report;
  /** Why the gateway cannot be asked now, and since when; null while it answers. */
  readonly fault: { readonly message: string; readonly since: number } | null;
}

export interface WatchOptions<Report> {
  readonly clock: Clock;
  readonly ask: () => Promise<Report>;
  /** Calls back at every event until its connection breaks or the signal aborts. */
  readonly listen: (onEvent: () => void, signal: AbortSignal) => Promise<void>;
  readonly show: (sight: Sight<Report>) => void;
  /** Shows the same again, for countdowns; absent where nobody looks. */
  readonly redrawEveryMs?: number | undefined;
  readonly signal: AbortSignal;
}

/** However much happens, the gateway is asked twice a second at most. */
const ASK_EVERY_MS = 500;
/** Balances change without an event. */
const ASK_AT_LEAST_EVERY_MS = 5_000;
const TRY_AGAIN_MS = 1_000;

/** Resolves when `signal` aborts. @throws what the first question throws: then there is nothing to watch. */
export async function watch<Report>(options: WatchOptions<Report>): Promise<void> {
  const { clock, ask, signal } = options;
  const askedAt = clock.now();
  const report = await ask();
  if (signal.aborted) return;
  const watching = new Watching(options, { report, fault: null }, askedAt);
  await watching.run();
}

class Watching<Report> {
  readonly #options: WatchOptions<Report>;
  #sight: Sight<Report>;
  #askedAt: number;
  #isAsking = false;
  /** Something has happened since the last question was sent. */
  #isStale = false;
  #cancelAsk: Cancel = () => {};
  #cancelRedraw: Cancel = () => {};

  constructor(options: WatchOptions<Report>, sight: Sight<Report>, askedAt: number) {
    this.#options = options;
    this.#sight = sight;
    this.#askedAt = askedAt;
  }

  async run(): Promise<void> {
    const { clock, listen, signal } = this.#options;
    this.#show();
    this.#askAfter(ASK_AT_LEAST_EVERY_MS);
    while (!signal.aborted) {
      await listen(() => this.#onEvent(), signal).catch(() => {});
      // It may have gone; the next question tells.
      if (!signal.aborted) this.#onEvent();
      await sleepUntil(clock, clock.now() + TRY_AGAIN_MS, signal);
    }
    this.#cancelAsk();
    this.#cancelRedraw();
  }

  #onEvent(): void {
    this.#isStale = true;
    if (!this.#isAsking) this.#askAfter(this.#askedAt + ASK_EVERY_MS - this.#options.clock.now());
  }

  #askAfter(ms: number): void {
    this.#cancelAsk();
    this.#cancelAsk = this.#options.clock.after(ms, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const { clock, ask, signal } = this.#options;
    if (signal.aborted) return;
    this.#isAsking = true;
    this.#isStale = false;
    this.#askedAt = clock.now();
    try {
      this.#sight = { report: await ask(), fault: null };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const since = this.#sight.fault?.since ?? this.#askedAt;
      this.#sight = { ...this.#sight, fault: { message, since } };
    }
    this.#isAsking = false;
    if (signal.aborted) return;
    this.#show();
    const rest = this.#sight.fault ? TRY_AGAIN_MS : ASK_AT_LEAST_EVERY_MS;
    this.#askAfter(this.#askedAt + (this.#isStale ? ASK_EVERY_MS : rest) - clock.now());
  }

  #show(): void {
    const { clock, show, redrawEveryMs } = this.#options;
    show(this.#sight);
    this.#cancelRedraw();
    if (redrawEveryMs !== undefined) this.#cancelRedraw = clock.after(redrawEveryMs, () => this.#show());
  }
}
