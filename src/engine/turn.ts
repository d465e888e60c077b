/** One task's turn in the queue for room: kept however often it is woken in vain. */
import type { Clock } from '../core/clock.js';
import type { TaskRecord } from '../core/store.js';
import type { Hope } from './next-step.js';
import type { Room, Ticket } from './room.js';

export interface TurnTools {
  readonly clock: Clock;
  readonly room: Room;
}

export class Turn {
  #ticket: Ticket | undefined;

  constructor(
    private readonly tools: TurnTools,
    private readonly owner: Pick<TaskRecord, 'clientId' | 'task'>,
    /** Aborts when the task is over. */
    private readonly signal: AbortSignal,
  ) {}

  /** Waits until an account has room, and tells which; undefined when something else is worth deciding anew. */
  async wait({ full, shut, until }: Hope, alsoFor: Iterable<Promise<void>>): Promise<string | undefined> {
    const { clock, room } = this.tools;
    this.#ticket ??= room.takeTurn(this.owner.clientId, this.owner.task.kind);
    const { woken, wake } = room.wait({ full, shut }, this.#ticket);
    const cancel = until === undefined ? wake : clock.after(until - clock.now(), wake);
    for (const other of alsoFor) void other.then(wake);
    this.signal.addEventListener('abort', wake, { once: true });
    const account = await woken;
    cancel();
    this.signal.removeEventListener('abort', wake);
    return account;
  }
}
