/** Tells how long each write to the ledger takes, and how it ends. */
import type { Events } from '../core/events.js';
import { BudgetSpent, KeyTaken, LeaseLost, type TaskStore } from '../core/store.js';

/** The same store; everything but `write` is its own. */
export function timedLedger(store: TaskStore, events: Events): TaskStore {
  const write: TaskStore['write'] = async (id, moves) => {
    const startedAt = performance.now();
    const tell = (outcome: 'done' | 'refused' | 'failed') =>
      events.emit('ledger-written', { outcome, tookMs: performance.now() - startedAt });
    try {
      const isFirst = await store.write(id, moves);
      tell('done');
      return isFirst;
    } catch (error) {
      tell(isAnswer(error) ? 'refused' : 'failed');
      throw error;
    }
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === 'write') return write;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** The ledger works, and says no. */
function isAnswer(error: unknown): boolean {
  return error instanceof LeaseLost || error instanceof KeyTaken || error instanceof BudgetSpent;
}
