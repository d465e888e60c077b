/** The places that one account has for tasks: how many there are, who holds them, who waits for one. */
import type { Clock } from '../core/clock.js';
import type { Account } from '../core/provider.js';
import type { TaskKind } from '../core/task.js';
import type { AccountGates } from './account-gates.js';
import type { KindState } from './kind-states.js';
import { ThreadCount } from './thread-count.js';
import type { Awaited } from './voice.js';

export interface PlacesTools {
  readonly clock: Clock;
  readonly room: Awaited;
  readonly gates: AccountGates;
  /** Asks the service for the threads of the plan; undefined where it does not tell. */
  readonly askThreads: (() => Promise<number | null>) | undefined;
}

/** One place taken for one task. */
export interface TakenPlace {
  /** The provider has taken the task. */
  readonly held: () => void;
  /** Gives the place back: the task has left the provider, or was never handed in. */
  readonly release: () => void;
}

/** Plans change seldom: their threads are asked for once in so many pauses between balance checks. */
const THREADS_EVERY = 10;

export class Places {
  /** Tasks at the provider or on their way to it. */
  inFlight = 0;
  readonly #told: ThreadCount | undefined;

  constructor(
    private readonly owner: { readonly account: Account },
    private readonly tools: PlacesTools,
  ) {
    const { askThreads, clock, gates } = tools;
    this.#told =
      askThreads &&
      new ThreadCount(clock, {
        everyMs: () => owner.account.balanceCheckMs * THREADS_EVERY,
        mayAsk: () => gates.closedBy.length === 0,
        ask: askThreads,
        onTold: () => this.offer(),
      });
  }

  /** Most tasks in flight at once, by the config and by what the service says of the plan; undefined for no limit. */
  get most(): number | undefined {
    const told = this.#told?.value ?? Number.POSITIVE_INFINITY;
    const most = Math.min(this.owner.account.threads ?? Number.POSITIVE_INFINITY, told);
    return most === Number.POSITIVE_INFINITY ? undefined : most;
  }

  /** Whether one more task of this kind may be handed in now. */
  hasRoomFor(kind: TaskKind, { limit }: KindState = this.tools.gates.kind(kind)): boolean {
    const { most } = this;
    return (most === undefined || this.inFlight < most) && limit.hasRoom;
  }

  /** Tells whoever waits for this account that there is room. */
  offer(): void {
    this.tools.room.freed(this.owner.account.id, (kind) => this.hasRoomFor(kind));
  }

  /** Takes a place, whether there is one or not; `onRelease` is called when it is given back. */
  take(kind: TaskKind, onRelease: () => void): TakenPlace {
    this.#told?.refresh();
    const { limit } = this.tools.gates.kind(kind);
    this.inFlight += 1;
    limit.inFlight += 1;
    let isTaken = true;
    let letGo = () => {};
    return {
      held: () => {
        if (isTaken) letGo = limit.accepted();
        this.offer();
      },
      release: () => {
        if (!isTaken) return;
        isTaken = false;
        this.inFlight -= 1;
        limit.inFlight -= 1;
        letGo();
        onRelease();
        this.offer();
      },
    };
  }
}
