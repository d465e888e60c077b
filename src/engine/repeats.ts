/** Submits whose answer nobody heard: the same request, sent again soon after, is the same task. */
import type { Clock } from '../core/clock.js';

interface Unheard {
  readonly id: number;
  readonly until: number;
}

/** More than this are not remembered: the oldest go first. */
const MOST_KEPT = 10_000;

export class Repeats {
  readonly #unheard = new Map<string, Unheard[]>();
  #count = 0;

  constructor(
    private readonly clock: Clock,
    private readonly windowMs: () => number,
  ) {}

  /** The client hung up before it heard the id of this task. */
  keep(clientId: string, request: string, id: number): void {
    const windowMs = this.windowMs();
    if (windowMs <= 0) return;
    const key = `${clientId} ${request}`;
    const unheard = this.#unheard.get(key) ?? [];
    this.#unheard.set(key, [...unheard, { id, until: this.clock.now() + windowMs }]);
    this.#count += 1;
    const [oldest] = this.#unheard.keys();
    if (this.#count > MOST_KEPT && oldest !== undefined) this.#drop(oldest);
  }

  /** The task that this request has made before, each one once: clients send the same request on purpose, too. */
  take(clientId: string, request: string): number | undefined {
    const key = `${clientId} ${request}`;
    const now = this.clock.now();
    const [first, ...rest] = (this.#unheard.get(key) ?? []).filter(({ until }) => until > now);
    this.#drop(key);
    if (rest.length > 0) {
      this.#unheard.set(key, rest);
      this.#count += rest.length;
    }
    return first?.id;
  }

  /** Whether there is anything to be looked for at all. */
  get isEmpty(): boolean {
    return this.#unheard.size === 0;
  }

  #drop(key: string): void {
    this.#count -= this.#unheard.get(key)?.length ?? 0;
    this.#unheard.delete(key);
  }
}
