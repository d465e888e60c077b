/**
 * opossum, used for what it is good at: a switch in front of single short calls that fails fast while open.
 * It never decides by itself: its window counts calls in flight as successes and its half-open trial has no
 * time limit, so opening by cause, the time until the way back, and the probe are ours (see gate.ts).
 */
import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';

/** Above 100 % no error rate can open it. */
const NEVER_BY_ITSELF = 100;
/** The longest timer there is: coming back is decided elsewhere. */
const NEVER_MS = 2_147_483_647;

/** One timer for the statistics of all circuits; opossum would start one each. */
const rotation = new EventEmitter().setMaxListeners(0);
setInterval(() => rotation.emit('rotate'), 1_000).unref();

type Call = () => Promise<unknown>;

export class Circuit {
  readonly #breaker: CircuitBreaker<[Call], unknown>;

  constructor(name: string) {
    const options = {
      name,
      timeout: false as const,
      errorThresholdPercentage: NEVER_BY_ITSELF,
      resetTimeout: NEVER_MS,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      rotateBucketController: rotation,
    };
    this.#breaker = new CircuitBreaker((call: Call) => call(), options);
  }

  /** Runs one call; rejects with opossum's EOPENBREAKER, without calling, while the circuit is open. */
  run<Result>(call: () => Promise<Result>): Promise<Result> {
    return this.#breaker.fire(call) as Promise<Result>;
  }

  get isOpen(): boolean {
    return this.#breaker.opened;
  }

  open(): void {
    this.#breaker.open();
  }

  close(): void {
    this.#breaker.close();
  }

  /** Stops its timers for good. */
  shutdown(): void {
    this.#breaker.shutdown();
  }
}

/** Whether an error is opossum's own refusal to call. */
export function isOpenCircuit(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EOPENBREAKER';
}
