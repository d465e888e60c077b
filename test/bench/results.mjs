/** What the rounds of the submit bench come to, for the terminal and for test/bench/results. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { PLAN, share, TARGETS } from './rounds.mjs';

const PACKAGES = ['hono', '@hono/node-server', 'undici', 'libsql', 'opossum', 'zod', 'pino'];

/** @typedef {import('./rounds.mjs').Round} Round */

/** The medians over all rounds, beside the targets of DESIGN 12. @param {Round[]} rounds */
export function resultsOf(rounds) {
  const median = (/** @type {(round: Round) => number} */ pick) => share(rounds.map(pick), 0.5);
  const targets = TARGETS.map((target) => ({
    target,
    p50Ms: median((round) => round[target].p50),
    p99Ms: median((round) => round[target].p99),
    perSecond: Math.round(median((round) => round[target].perSecond)),
    cpuUs: Math.round(median((round) => round[target].cpuUs)),
    overheadP50Ms: median((round) => round[target].p50 - round.direct.p50),
    overheadP99Ms: median((round) => round[target].p99 - round.direct.p99),
  }));
  const [, forwarder, gateway] = targets;
  const ofForwarder = median((round) => round.gateway.perSecond / round.forwarder.perSecond);
  return {
    date: new Date().toISOString(),
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, loadAverage: loadavg()[0] ?? 0 },
    versions: { node: process.versions.node, ...versions() },
    plan: PLAN,
    targets,
    judged: [
      judge('one at a time, p50 over direct', gateway?.overheadP50Ms, forwarder?.overheadP50Ms, 0.35, 'ms'),
      judge('one at a time, p99 over direct', gateway?.overheadP99Ms, forwarder?.overheadP99Ms, 2, 'ms'),
      judge(`${PLAN.atATime} at a time, of the forwarder`, ofForwarder * 100, 100, 50, '%'),
      judge(`${PLAN.atATime} at a time`, gateway?.perSecond, forwarder?.perSecond, 6_000, '/s'),
    ],
    tasksInFlight: median((round) => round.inFlight),
    gatewayRssMb: median((round) => round.rss),
    rounds,
  };
}

/** Latencies are to stay below their target, everything else above. */
function judge(what, gateway = Number.NaN, forwarder = Number.NaN, target = 0, unit = '') {
  return {
    what,
    gateway,
    forwarder,
    target,
    unit,
    isMet: unit === 'ms' ? gateway <= target : gateway >= target,
  };
}

function versions() {
  const entries = PACKAGES.map((name) => {
    const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
    return [name, JSON.parse(readFileSync(file, 'utf8')).version];
  });
  return Object.fromEntries(entries);
}

/** @typedef {ReturnType<typeof resultsOf>} Results */

/** The two tables, as Markdown that is readable in a terminal too. @param {Results} results */
export function tables({ judged, targets }) {
  const verdicts = judged.map(({ what, gateway, forwarder, target, unit, isMet }) => {
    const bound = `${unit === 'ms' ? '<=' : '>='} ${said(target, unit)}`;
    return [what, said(gateway, unit), bound, isMet ? 'met' : 'missed', said(forwarder, unit)];
  });
  const figures = targets.map(({ target, p50Ms, p99Ms, perSecond, cpuUs }) => {
    return [target, said(p50Ms, 'ms'), said(p99Ms, 'ms'), said(perSecond, '/s'), `${cpuUs} µs`];
  });
  return [
    table(['durable submit', 'gateway', 'target', 'verdict', 'bare forwarder'], verdicts),
    table(
      ['', 'p50, one at a time', 'p99, one at a time', `${PLAN.atATime} at a time`, 'CPU of each'],
      figures,
    ),
  ].join('\n\n');
}

function said(/** @type {number} */ value, /** @type {string} */ unit) {
  if (unit === 'ms') return `${value.toFixed(3)} ms`;
  return unit === '%' ? `${value.toFixed(0)} %` : `${Math.round(value).toLocaleString('en-US')}${unit}`;
}

function table(/** @type {string[]} */ head, /** @type {string[][]} */ rows) {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0), 3),
  );
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Writes submit.json and submit.md. @param {Results} results */
export function writeResults(results) {
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('submit.json', folder), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(new URL('submit.md', folder), page(results));
}

/** @param {Results} results */
function page(results) {
  const { machine, versions: used, date, tasksInFlight, gatewayRssMb } = results;
  const { oneAtATime, atATime, manyAtATime, manyForMs } = PLAN;
  const packages = Object.entries(used).map(([name, version]) => `${name} ${version}`);
  return `# Durable submits

${tables(results)}

Medians of ${results.rounds.length} rounds of \`npm run bench\`, ${date}, on ${machine.cpu}, ${machine.cores} cores shared by
all processes of the bench (load average at the end ${machine.loadAverage.toFixed(1)}).
Versions: ${packages.join(', ')}.

What is compared: the same urlencoded reCAPTCHA v2 submits (\`POST /in.php\`) over keep-alive connections on
loopback, sent by one undici process

- direct: to a bare node:http service that accepts at once;
- bare forwarder: through Hono, @hono/node-server and an undici Pool that pass body and answer on;
- gateway: through the built gateway with its SQLite file store, authentication, routing, breakers and log on.

Each is a process of its own, forwarder and gateway fresh in every round, warmed up, and measured in turns:
${oneAtATime} submits one at a time, then ${atATime} at a time for up to ${manyForMs} ms or ${manyAtATime} submits. An answer counts
when it is \`OK|id\`; after each round the ledger is checked to hold every one of them. The gateway writes twice
before it answers: the intent before the request leaves, the provider's id after. Nothing is polled meanwhile: the
provider's first poll is set to an hour, so every task stays in flight (${tasksInFlight} at the end of a round,
${gatewayRssMb} MB resident). The overhead of a round is its percentile minus that of the direct calls of the same
round. _CPU of each_ is the processor time that the measured process used for one submit at ${atATime} at a time
(direct: the service itself); noise on the machine changes it least.
`;
}
