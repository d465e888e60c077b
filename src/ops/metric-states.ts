/** Metrics of who takes tasks and who does not, read when somebody scrapes. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { ProviderState, ProviderStatus } from '../core/status.js';
import { isKind } from '../core/task.js';
import { causeLabel } from './metric-words.js';

/** What is read at the moment of a scrape. */
export interface States {
  readonly providers: readonly ProviderStatus[];
  /** Faults of the gateway's own since it started. */
  readonly faults?: number | undefined;
  readonly version?: string | undefined;
}

const STATES: readonly ProviderState[] = ['closed', 'open', 'half-open', 'ramping', 'held-out'];
const TAKING: ReadonlySet<ProviderState> = new Set(['closed', 'ramping']);

/** Returns what sets every gauge; a provider that is no longer configured disappears. */
export function openStates(registry: Registry): (states: States) => void {
  const { state, cause, kindUp, limit, faults, info } = openGauges([registry]);
  return ({ providers, faults: count = 0, version = 'unknown' }) => {
    for (const gauge of [state, cause, kindUp, limit, info]) gauge.reset();
    for (const { id: provider, ...status } of providers) {
      for (const each of STATES) state.set({ provider, state: each }, status.state === each ? 1 : 0);
      if (status.state !== 'closed')
        cause.set({ provider, cause: causeLabel(status.state, status.cause) }, 1);
      if (status.limit !== null) limit.set({ provider }, status.limit);
      for (const { kind, state: own } of status.kinds) {
        const isUp = TAKING.has(status.state) && TAKING.has(own);
        if (isKind(kind)) kindUp.set({ provider, kind }, isUp ? 1 : 0);
      }
    }
    faults.reset();
    faults.inc(count);
    info.set({ version }, 1);
  };
}

function openGauges(registers: Registry[]) {
  return {
    state: new Gauge({
      name: 'captcha_gateway_provider_state',
      help: '1 for the state that the account is in, 0 for the others.',
      labelNames: ['provider', 'state'],
      registers,
    }),
    cause: new Gauge({
      name: 'captcha_gateway_provider_cause',
      help: '1 with the cause of a state that is not closed: a code, operator, or other.',
      labelNames: ['provider', 'cause'],
      registers,
    }),
    kindUp: new Gauge({
      name: 'captcha_gateway_provider_kind_up',
      help: '1 while the account takes tasks of this kind.',
      labelNames: ['provider', 'kind'],
      registers,
    }),
    limit: new Gauge({
      name: 'captcha_gateway_provider_limit',
      help: 'Tasks that the account takes at once; absent without a limit.',
      labelNames: ['provider'],
      registers,
    }),
    faults: new Counter({
      name: 'captcha_gateway_faults_total',
      help: "Faults of the gateway's own, its ledger's among them; each is a line of the log.",
      registers,
    }),
    info: new Gauge({
      name: 'captcha_gateway_info',
      help: '1, with the version that runs.',
      labelNames: ['version'],
      registers,
    }),
  };
}
