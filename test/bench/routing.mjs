/** What one routing decision costs: `npm run bench:routing`. Candidates, ranking, reasons and verdict, nothing mocked. */
import { writeFileSync } from 'node:fs';
import { systemClock } from '../../dist/src/core/clock.js';
import { Events } from '../../dist/src/core/events.js';
import { AccountState } from '../../dist/src/engine/account.js';
import { planNext } from '../../dist/src/engine/next-step.js';
import { Room } from '../../dist/src/engine/room.js';
import { loadFolder } from '../../dist/src/registry.js';
import { machineLine, median, table } from './page.mjs';

const ACCOUNTS = 20;
const BATCH = 2_000;
const BATCHES = 60;
const GOAL_US = 5;
const KIND = 'recaptcha_v2';

const breaker = {
  failures: 3,
  cooldownMs: 5_000,
  maxCooldownMs: 300_000,
  balanceCheckMs: 60_000,
  rampMs: 10_000,
};
const routing = {
  strategy: 'priority',
  explore: 0.05,
  retryBudget: { ratio: 0.2, floorPerMinute: 60 },
  kinds: {},
  maxAttempts: 3,
  deadlineMs: 180_000,
  acceptWithinMs: 3_500,
  maxUsdPerTask: 0.02,
};
const services = await loadFolder(new URL('../../dist/providers/', import.meta.url));
const able = [...services.values()].filter(({ kinds, baseUrl }) => kinds.includes(KIND) && baseUrl !== '');

/** Accounts at every service there is, with something learnt of each. */
function openAccounts() {
  const tools = {
    clock: systemClock,
    events: new Events(
      () => Date.now(),
      (error) => {
        throw error;
      },
    ),
    room: new Room(),
    breaker,
    transport: { send: () => Promise.reject(new Error('nothing is sent')), close: () => Promise.resolve() },
  };
  return Array.from({ length: ACCOUNTS }, (_, index) => {
    const provider = able[index % able.length];
    const timing = provider.timing(KIND);
    const state = new AccountState(
      {
        id: `account-${index}`,
        provider,
        baseUrl: provider.baseUrl,
        apiKey: 'key',
        priority: index,
        weight: 1 + (index % 3),
        kinds: provider.kinds,
        takesPassed: true,
        timing: () => timing,
        priceUsd: () => 0.001 + index / 10_000,
        balanceCheckMs: 60_000,
        isPublic: true,
      },
      tools,
    );
    const { score, acceptance } = state.gates.kind(KIND);
    for (let made = 0; made < 100; made += 1) {
      score.solved(5_000 + made * 100 + index);
      acceptance.reported('example.com', made % 10 !== 0);
    }
    return state;
  });
}

const record = {
  id: 1,
  clientId: 'qa',
  origin: { dialect: 'native' },
  task: {
    kind: KIND,
    siteKey: '6Le-wvkSAAAAAPBMRTvw0Q4Muexq9bi0DJwx_mJ-',
    pageUrl: 'https://example.com/login',
  },
  options: {},
  status: 'queued',
  createdAt: Date.now(),
  deadlineAt: Date.now() + 180_000,
  finishedAt: null,
  attempts: [],
  passedOver: [],
  provider: null,
  solution: null,
  error: null,
  reported: null,
};

/** Microseconds that a decision takes: the median of batches. */
function measure(accounts, strategy) {
  const common = { accounts, client: undefined, routing: { ...routing, strategy }, now: Date.now() };
  const retries = { hasSome: true, nextAt: 0 };
  const samples = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    // A task of its own for each decision, made beforehand.
    const situations = Array.from({ length: BATCH }, (_, made) => {
      const id = batch * BATCH + made;
      return { ...common, retries, record: { ...record, id, task: { ...record.task } } };
    });
    const startedAt = performance.now();
    for (const situation of situations) planNext(situation);
    samples.push(((performance.now() - startedAt) * 1_000) / BATCH);
  }
  return median(samples.slice(BATCHES / 3));
}

const open = openAccounts();
const halfShut = openAccounts();
for (const [index, state] of halfShut.entries()) if (index % 2 === 0) state.hold('maintenance');
const shut = openAccounts();
for (const state of shut) state.hold('maintenance');

const rows = [];
let worst = 0;
for (const [name, accounts, strategies] of [
  ['all open', open, ['priority', 'weighted', 'cheapest', 'fastest', 'best']],
  ['every other one closed', halfShut, ['priority', 'best']],
  ['all closed', shut, ['priority']],
]) {
  for (const strategy of strategies) {
    const us = measure(accounts, strategy);
    worst = Math.max(worst, us);
    rows.push([name, strategy, us.toFixed(2), us <= GOAL_US ? 'yes' : 'no']);
  }
}
for (const state of [...open, ...halfShut, ...shut]) state.close();
const page = `# One routing decision

${ACCOUNTS} accounts at ${able.length} services, one task: \`planNext\` whole (every account as a candidate, the order, why others are passed
over). Garbage
collection included: medians of ${BATCHES - BATCHES / 3} batches of ${BATCH.toLocaleString('en-US')} decisions; the goal is ${GOAL_US} µs. ${machineLine()}

${table(['accounts', 'strategy', 'µs a decision', `≤ ${GOAL_US} µs`], rows)}
`;
writeFileSync(new URL('./results/routing.md', import.meta.url), page);
process.stdout.write(page);
process.exitCode = worst <= GOAL_US ? 0 : 1;
