/** Metrics of what is bought: what it costs, what is bought again, and what nobody can be sure of. */
import { Counter, type Registry } from 'prom-client';
import type { Events } from '../core/events.js';
import { type Attempt, HEDGE_WHY, type TaskRecord } from '../core/store.js';
import { kindLabel, limitWords } from './metric-words.js';

/** Counts from the events; returns what ends that. */
export function countMoney(events: Events, registry: Registry): readonly (() => void)[] {
  const { cost, unpriced, again, ambiguous, late } = openCounters([registry]);
  const account = limitWords();
  return [
    // Each attempt once, with what is known of it when its task is over.
    events.on('task-ended', ({ record }) => {
      const kind = kindLabel(record);
      for (const { provider, mayBeCharged, costUsd } of record.attempts) {
        if (!mayBeCharged) continue;
        if (costUsd === null) unpriced.inc({ provider: account(provider), kind });
        else cost.inc({ provider: account(provider), kind }, costUsd);
      }
    }),
    events.on('attempt-ended', ({ record, attempt, isLate }) => {
      const provider = account(attempt.provider);
      if (isLate) {
        if (attempt.outcome === 'solved') late.inc({ provider });
        return;
      }
      if (isAmbiguous(attempt)) ambiguous.inc({ provider });
      if (isSecondPurchase(record, attempt))
        again.inc({ provider, purpose: attempt.why === HEDGE_WHY ? 'hedge' : 'again' });
    }),
  ];
}

function isAmbiguous({ mayBeCharged, acceptedAt }: Attempt): boolean {
  return mayBeCharged && acceptedAt === null;
}

function isSecondPurchase({ attempts }: TaskRecord, attempt: Attempt): boolean {
  const earlier = attempts.some(
    ({ mayBeCharged, startedAt }) => mayBeCharged && startedAt < attempt.startedAt,
  );
  return attempt.mayBeCharged && earlier;
}

function openCounters(registers: Registry[]) {
  return {
    cost: new Counter({
      name: 'captcha_gateway_cost_usd_total',
      help: 'USD that providers may have charged for tasks that ended.',
      labelNames: ['provider', 'kind'],
      registers,
    }),
    unpriced: new Counter({
      name: 'captcha_gateway_unpriced_attempts_total',
      help: 'Attempts that may be charged at a price that nobody knows.',
      labelNames: ['provider', 'kind'],
      registers,
    }),
    again: new Counter({
      name: 'captcha_gateway_second_purchases_total',
      help: 'Attempts that may be charged beside an earlier one of their task: again after a failure, or hedge.',
      labelNames: ['provider', 'purpose'],
      registers,
    }),
    ambiguous: new Counter({
      name: 'captcha_gateway_ambiguous_attempts_total',
      help: 'Submits that may have arrived although no answer came; they may be charged.',
      labelNames: ['provider'],
      registers,
    }),
    late: new Counter({
      name: 'captcha_gateway_late_answers_total',
      help: 'Solutions that came after the provider was given up on.',
      labelNames: ['provider'],
      registers,
    }),
  };
}
