/** Prometheus metrics: counted from events, gauges read when somebody scrapes. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Events } from '../core/events.js';
import { outcomeOf, solveMs } from './facts.js';
import { countMoney } from './metric-money.js';
import { openStates, type States } from './metric-states.js';
import { countTimes } from './metric-times.js';
import { kindLabel, limitWords } from './metric-words.js';

/** What is read at the moment of a scrape. */
export interface Gauges extends States {
  readonly inFlight: number;
  /** Requests of clients that are held open. */
  readonly held: number;
}

/** Where the figures come from. */
export interface MetricsOptions {
  readonly events: Events;
  readonly gauges: () => Gauges;
}

/** What there is to know of one metric. */
export interface MetricFacts {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** The metrics of one gateway. */
export interface Metrics {
  readonly contentType: string;
  /** The text of one scrape. */
  render(): Promise<string>;
  /** The gateway's own metrics, without those of its process. */
  describe(): readonly MetricFacts[];
  /** Stops listening to the events. */
  close(): void;
}

const SOLVE_SECONDS = [0.1, 0.5, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300];
const EXCHANGE_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

/** Opens the metrics of one gateway, in a registry of their own. */
export function openMetrics({ events, gauges }: MetricsOptions): Metrics {
  const registry = new Registry();
  const counting = [countEvents, countMoney, countTimes].flatMap((count) => count(events, registry));
  const showing = [openGauges(registry), openStates(registry)];
  const all = Registry.merge([processMetrics(), registry]);
  return {
    contentType: all.contentType,
    render() {
      const now = gauges();
      for (const show of showing) show(now);
      return all.metrics();
    },
    describe: () => registry.getMetricsAsArray().map(factsOf),
    close() {
      for (const unsubscribe of counting) unsubscribe();
    },
  };
}

/** prom-client's types leave out what its metrics are made of. */
function factsOf(metric: object): MetricFacts {
  const { name, help, labelNames } = metric as { name: string; help: string; labelNames: readonly string[] };
  return { name, help, type: metric.constructor.name.toLowerCase(), labels: labelNames };
}

function countEvents(events: Events, registry: Registry): readonly (() => void)[] {
  const { tasks, attempts, failovers, callbacks, webhooks, providerCalls, ...times } = openCounters([
    registry,
  ]);
  const { solveSeconds, exchangeSeconds } = times;
  const [account, cause, call, outcome] = [limitWords(), limitWords(), limitWords(), limitWords()];
  return [
    events.on('task-ended', ({ record }) =>
      tasks.inc({ kind: kindLabel(record), outcome: outcomeOf(record) }),
    ),
    events.on('attempt-ended', ({ record, attempt, isLate }) => {
      // It was counted when it was given up.
      if (isLate) return;
      const labels = { provider: account(attempt.provider), kind: kindLabel(record) };
      attempts.inc({ ...labels, outcome: attempt.outcome });
      const tookMs = attempt.outcome === 'solved' ? solveMs(attempt) : null;
      if (tookMs !== null) solveSeconds.observe(labels, tookMs / 1_000);
    }),
    events.on('callback-tried', ({ outcome: result }) => callbacks.inc({ outcome: result })),
    events.on('webhook-tried', ({ told, outcome: result }) => webhooks.inc({ event: told, outcome: result })),
    events.on('provider-called', ({ provider }) => providerCalls.inc({ provider: account(provider) })),
    ...countReloads(events, registry),
    events.on('failover', (failover) => {
      const { from, to } = failover;
      failovers.inc({ from: account(from), to: account(to), cause: cause(failover.cause) });
    }),
    events.on('exchange', (exchange) => {
      const { provider, tookMs } = exchange;
      const labels = {
        provider: account(provider),
        call: call(exchange.call),
        outcome: outcome(exchange.outcome),
      };
      exchangeSeconds.observe(labels, tookMs / 1_000);
    }),
  ];
}

/** A file that was written anew and says the same is a success, too. */
function countReloads(events: Events, registry: Registry): readonly (() => void)[] {
  const registers = [registry];
  const reloads = new Counter({
    name: 'captcha_gateway_config_reloads_total',
    help: 'How often the config was read again: reloaded, unchanged, refused.',
    labelNames: ['outcome'],
    registers,
  });
  const isGood = new Gauge({
    name: 'captcha_gateway_config_last_reload_successful',
    help: '1 while the gateway runs on the config as it was read last, 0 while that one is refused.',
    registers,
  });
  for (const outcome of ['reloaded', 'unchanged', 'refused']) reloads.inc({ outcome }, 0);
  isGood.set(1);
  const count = (outcome: string) => {
    reloads.inc({ outcome });
    isGood.set(outcome === 'refused' ? 0 : 1);
  };
  return [
    events.on('config-reloaded', ({ changed }) => count(changed.length > 0 ? 'reloaded' : 'unchanged')),
    events.on('config-unchanged', () => count('unchanged')),
    events.on('config-refused', () => count('refused')),
  ];
}

function openCounters(registers: Registry[]) {
  return {
    tasks: new Counter({
      name: 'captcha_gateway_tasks_total',
      help: 'Tasks that ended: solved, cancelled, or the code of the error.',
      labelNames: ['kind', 'outcome'],
      registers,
    }),
    attempts: new Counter({
      name: 'captcha_gateway_attempts_total',
      help: 'Attempts that ended: solved, or the code of the error.',
      labelNames: ['provider', 'kind', 'outcome'],
      registers,
    }),
    callbacks: new Counter({
      name: 'captcha_gateway_callbacks_total',
      help: "Tries to tell a client's server of the end of its task: delivered, failed, given_up.",
      labelNames: ['outcome'],
      registers,
    }),
    webhooks: new Counter({
      name: 'captcha_gateway_webhooks_total',
      help: "Tries to tell the operator's server of an event: delivered, failed, given_up.",
      labelNames: ['event', 'outcome'],
      registers,
    }),
    providerCalls: new Counter({
      name: 'captcha_gateway_provider_calls_total',
      help: 'Calls by which a provider said that one of its tasks is done.',
      labelNames: ['provider'],
      registers,
    }),
    failovers: new Counter({
      name: 'captcha_gateway_failovers_total',
      help: 'Tasks handed from one provider to the next.',
      labelNames: ['from', 'to', 'cause'],
      registers,
    }),
    solveSeconds: new Histogram({
      name: 'captcha_gateway_solve_seconds',
      help: 'From the acceptance by a provider to its solution.',
      labelNames: ['provider', 'kind'],
      buckets: SOLVE_SECONDS,
      registers,
    }),
    exchangeSeconds: new Histogram({
      name: 'captcha_gateway_exchange_seconds',
      help: 'One request to a provider, from sending to the whole answer.',
      labelNames: ['provider', 'call', 'outcome'],
      buckets: EXCHANGE_SECONDS,
      registers,
    }),
  };
}

/** Returns what sets every gauge; a provider that is no longer configured disappears. */
function openGauges(registry: Registry): (gauges: Gauges) => void {
  const registers = [registry];
  const labelNames = ['provider'] as const;
  const inFlight = new Gauge({
    name: 'captcha_gateway_tasks_in_flight',
    help: 'Tasks not ended yet.',
    registers,
  });
  const held = new Gauge({
    name: 'captcha_gateway_requests_held',
    help: 'Requests of clients that wait for an answer.',
    registers,
  });
  const up = new Gauge({
    name: 'captcha_gateway_provider_up',
    help: '1 while the account takes tasks (closed or ramping).',
    labelNames,
    registers,
  });
  const balance = new Gauge({
    name: 'captcha_gateway_provider_balance_usd',
    help: 'Money left at the provider; absent while unknown.',
    labelNames,
    registers,
  });
  const timeLeft = new Gauge({
    name: 'captcha_gateway_provider_seconds_to_empty',
    help: 'Seconds until the money is gone at the present pace; absent while unknown.',
    labelNames,
    registers,
  });
  const providerInFlight = new Gauge({
    name: 'captcha_gateway_provider_in_flight',
    help: 'Tasks at the provider now.',
    labelNames,
    registers,
  });
  return (gauges) => {
    inFlight.set(gauges.inFlight);
    held.set(gauges.held);
    for (const gauge of [up, balance, timeLeft, providerInFlight]) gauge.reset();
    for (const { id: provider, state, balanceUsd, hoursToEmpty, inFlight: taken } of gauges.providers) {
      up.set({ provider }, state === 'closed' || state === 'ramping' ? 1 : 0);
      if (balanceUsd !== null) balance.set({ provider }, balanceUsd);
      if (hoursToEmpty !== null) timeLeft.set({ provider }, Math.round(hoursToEmpty * 3_600));
      providerInFlight.set({ provider }, taken);
    }
  };
}

let shared: Registry | undefined;

/**
 * prom-client's default metrics start observers that cannot be stopped (15.1, lib/metrics/gc.js and
 * eventLoopLag.js), so a process starts them once; they hold no process open. Every registry shows them.
 */
function processMetrics(): Registry {
  if (shared === undefined) {
    shared = new Registry();
    collectDefaultMetrics({ register: shared });
    // Gauges with a counter's ending, which `promtool check metrics` objects to; the same figures are there by type.
    for (const what of ['handles', 'requests', 'resources'])
      shared.removeSingleMetric(`nodejs_active_${what}_total`);
  }
  return shared;
}
