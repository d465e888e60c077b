/** How many tries each receiver gets at once: one that does not answer holds up only itself. */

/** For one that answers, and for one that did not answer last time. */
const WELL = 8;
const UNWELL = 1;
const MOST_REMEMBERED = 1_000;
/** Until one that has enough to do is looked at again. */
const WELL_PAUSE_MS = 1_000;
const UNWELL_PAUSE_MS = 5_000;

export class Hosts {
  readonly #busy = new Map<string, number>();
  readonly #unwell = new Set<string>();

  /** False when it has enough to do; what is true is to be released. */
  take(host: string): boolean {
    const busy = this.#busy.get(host) ?? 0;
    if (busy >= (this.#unwell.has(host) ? UNWELL : WELL)) return false;
    this.#busy.set(host, busy + 1);
    return true;
  }

  pauseMs(host: string): number {
    return this.#unwell.has(host) ? UNWELL_PAUSE_MS : WELL_PAUSE_MS;
  }

  release(host: string): void {
    const busy = (this.#busy.get(host) ?? 1) - 1;
    if (busy > 0) this.#busy.set(host, busy);
    else this.#busy.delete(host);
  }

  judge(host: string, hasAnswered: boolean): void {
    this.#unwell.delete(host);
    if (hasAnswered) return;
    this.#unwell.add(host);
    const [oldest] = this.#unwell;
    if (this.#unwell.size > MOST_REMEMBERED && oldest !== undefined) this.#unwell.delete(oldest);
  }
}
