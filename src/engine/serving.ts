/** Who serves each kind now: the decision that a task of the kind would get, made without a task. */
import type { Clock } from '../core/clock.js';
import type { RoutingSettings } from '../core/gateway.js';
import type { KindServing } from '../core/status.js';
import { KIND_NAMES } from '../core/task.js';
import type { AccountState } from './account.js';
import { planOrder } from './next-step.js';
import { newRecord } from './records.js';

export interface ServingTools {
  readonly accounts: readonly AccountState[];
  readonly routing: RoutingSettings;
  readonly clock: Clock;
}

/** Of the task only the kind is known, and nobody has sent it. */
const NOBODY = { id: '' };

/** Every kind that any account takes, with the accounts that take it. Changes nothing. */
export function servingOf({ accounts, routing, clock }: ServingTools): readonly KindServing[] {
  const now = clock.now();
  return KIND_NAMES.flatMap((kind) => {
    // The others would be passed over for not taking it, which everybody knows.
    const able = accounts.filter(({ account }) => account.kinds.includes(kind));
    if (able.length === 0) return [];
    const record = newRecord(
      0,
      NOBODY,
      { task: { kind }, origin: { dialect: 'native' } },
      { clock, routing },
    );
    const retries = { hasSome: true, nextAt: now };
    const situation = { record, accounts: able, client: undefined, routing, retries, now };
    const { ids, passedOver } = planOrder({ ...situation, isForKind: true });
    const [provider = null, ...next] = ids;
    return [{ kind, provider, next, passedOver }];
  });
}
