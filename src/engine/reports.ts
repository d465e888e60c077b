/** Whether answers worked: written down, and told to the provider once, while it still wants to know. */
import type { Clock } from '../core/clock.js';
import type { Attempt, TaskRecord, TaskStore } from '../core/store.js';
import { targetHost } from '../core/task.js';
import type { AccountState } from './account.js';
import type { Accounts } from './accounts.js';

export interface ReportTools {
  readonly clock: Clock;
  readonly store: TaskStore;
  readonly accounts: Accounts;
  /** Told when a report is on disk. */
  readonly onReported: (id: number, isAccepted: boolean) => void;
}

export class Reports {
  /** Tasks whose report is on its way to the ledger. */
  readonly #underWay = new Set<number>();

  constructor(private readonly tools: ReportTools) {}

  /** Takes the first report on a solved task; every later one changes nothing. Rejects when it cannot be written. */
  async take(record: TaskRecord, isAccepted: boolean): Promise<void> {
    const { id } = record;
    if (record.reported !== null || record.status !== 'solved' || this.#underWay.has(id)) return;
    this.#underWay.add(id);
    try {
      await this.tools.store.write(id, [{ move: 'reported', isAccepted }]);
      this.#account(record)
        ?.gates.kind(record.task.kind)
        .acceptance.reported(targetHost(record.task), isAccepted);
      this.tools.onReported(id, isAccepted);
    } finally {
      this.#underWay.delete(id);
    }
    void this.#tellProvider(record, isAccepted);
  }

  #account(record: TaskRecord): AccountState | undefined {
    const attempt = solvingAttempt(record);
    return attempt && this.tools.accounts.of(attempt);
  }

  async #tellProvider(record: TaskRecord, isAccepted: boolean): Promise<void> {
    const { clock, store } = this.tools;
    const account = this.#account(record);
    const attempt = solvingAttempt(record);
    if (!account || attempt?.upstreamId == null) return;
    const ageMs = clock.now() - (attempt.endedAt ?? record.createdAt);
    if (ageMs > (account.account.provider.reportWithinMs ?? Number.POSITIVE_INFINITY)) return;
    try {
      const isTaken = await account.report({ upstreamId: attempt.upstreamId, task: record.task, isAccepted });
      if (isTaken)
        await store.write(record.id, [{ move: 'report-taken', attempt: record.attempts.indexOf(attempt) }]);
    } catch {
      // The verdict is in the ledger; a provider that does not take it changes nothing for the client.
    }
  }
}

function solvingAttempt({ attempts, provider: solver }: TaskRecord): Attempt | undefined {
  return attempts.find(({ outcome, provider }) => outcome === 'solved' && provider === solver);
}
