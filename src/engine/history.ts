/** The last changes of what keeps tasks away from one account: one list for the account, one for each kind. */
import type { GateChange } from '../core/status.js';
import type { TaskKind } from '../core/task.js';

const KEPT = 20;

export class History {
  readonly #changes = new Map<TaskKind | null, readonly GateChange[]>();

  /** Newest first; null for the account as a whole. */
  of(kind: TaskKind | null): readonly GateChange[] {
    return this.#changes.get(kind) ?? [];
  }

  add(kind: TaskKind | null, change: GateChange): void {
    this.#changes.set(kind, [change, ...this.of(kind)].slice(0, KEPT));
  }

  /** Takes what an earlier process has noted, behind what has happened since. */
  restore(kind: TaskKind | null, changes: readonly GateChange[]): void {
    this.#changes.set(kind, [...this.of(kind), ...changes].slice(0, KEPT));
  }
}
