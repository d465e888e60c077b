/** How long polls are held open: as long as each client's own patience, which it shows by hanging up. */
import type { Clock } from './clock.js';
import type { Client } from './gateway.js';

/** What is known of a client that has hung up; there are no more of them than clients in the config. */
interface Impatience {
  readonly holdMs: number;
  readonly since: number;
  /** Hanging up again and again makes the way back longer. */
  readonly times: number;
}

/** Answered well before the client would hang up again. */
const SHARE = 0.75;
/** No known client has so little patience: a program was ended, unless it happens again. */
const DOUBTED_MS = 1_000;
/** Below this, holding brings nothing. */
const SHORTEST_MS = 100;
const FIRST_RECOVERY_MS = 10 * 60_000;
const LONGEST_RECOVERY_MS = 24 * 60 * 60_000;

export class Holds {
  readonly #impatient = new Map<string, Impatience>();

  constructor(private readonly clock: Clock) {}

  /** Clients whose hold is shorter than theirs would be. */
  get size(): number {
    return this.#impatient.size;
  }

  /** How long a poll of this client is held now: the way back to its full hold is a straight line. */
  holdMs(client: Client): number {
    const found = this.#impatient.get(client.id);
    if (!found) return client.holdMs;
    const part = (this.clock.now() - found.since) / recoveryMs(found);
    if (part < 1) {
      const heldMs = Math.round(found.holdMs + Math.max(0, part) * (client.holdMs - found.holdMs));
      return heldMs < SHORTEST_MS ? 0 : Math.min(heldMs, client.holdMs);
    }
    this.#impatient.delete(client.id);
    return client.holdMs;
  }

  /** Holds one poll with `wait`, and learns from a client that hangs up meanwhile. */
  async during<Result>(
    client: Client,
    signal: AbortSignal,
    wait: (waitMs: number) => Promise<Result>,
  ): Promise<Result> {
    const waitMs = this.holdMs(client);
    const since = this.clock.now();
    try {
      return await wait(waitMs);
    } finally {
      if (signal.aborted && waitMs > 0) this.#hungUp(client, this.clock.now() - since);
    }
  }

  /** Many polls of one client that end together are one hint, and the longest of them tells most. */
  #hungUp({ id, holdMs: fullMs }: Client, heldMs: number): void {
    const now = this.clock.now();
    const found = this.#impatient.get(id);
    if (found && found.since > now - heldMs) {
      this.#impatient.set(id, { ...found, holdMs: Math.max(found.holdMs, Math.floor(heldMs * SHARE)) });
      return;
    }
    const times = (found?.times ?? 0) + 1;
    const leastMs = Math.min(DOUBTED_MS, fullMs / 2) / 2 ** (times - 1);
    this.#impatient.set(id, { holdMs: Math.floor(Math.max(heldMs * SHARE, leastMs)), since: now, times });
  }
}

function recoveryMs({ times }: Impatience): number {
  return Math.min(FIRST_RECOVERY_MS * 2 ** (times - 1), LONGEST_RECOVERY_MS);
}
