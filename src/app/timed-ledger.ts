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
  // Asked at every request: a method is bound once.
  const methods = new Map<PropertyKey, unknown>([['write', write]]);
  return new Proxy(store, {
    get(target, name) {
      const known = methods.get(name);
      if (known !== undefined) return known;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const bound: unknown = value.bind(target);
      methods.set(name, bound);
      return bound;
    },
  });
}

/** The ledger works, and says no. */
function isAnswer(error: unknown): boolean {
  return error instanceof LeaseLost || error instanceof KeyTaken || error instanceof BudgetSpent;
}
