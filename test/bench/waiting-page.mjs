/** The page of the waiting bench. */
import { judgementTable } from './chaos-page.mjs';
import { machineLine, table } from './page.mjs';
import { percentile } from './waiting-judgement.mjs';

/**
 * @typedef {import('./waiting-judgement.mjs').Figures} Figures
 * @typedef {import('./chaos-judgement.mjs').Judgement} Judgement
 * @typedef {import('./waiting-held.mjs').Held} Held
 *
 * @typedef {object} Result
 * @property {readonly Figures[]} figures
 * @property {readonly Judgement[]} judgements
 * @property {Held} held
 * @property {readonly Judgement[]} heldJudgements
 * @property {{ loopP99Ms: number, loopMaxMs: number }} loop the gateway's, while clients were compared
 * @property {number} ownDelayMs
 */

/** @param {number} ms */
const seconds = (ms) => `${(ms / 1_000).toFixed(2)} s`;
/** @param {number} value */
const milliseconds = (value) => (Number.isFinite(value) ? `${value.toFixed(1)} ms` : '–');

/** @param {readonly Figures[]} figures */
function lagTable(figures) {
  const head = ['client', 'captchas', 'lag, mean', 'p50', 'p95', 'polls a task', 'requests a task'];
  const rows = figures.map((each) => [
    each.name,
    each.tasks.toLocaleString('en-US'),
    ...[each.meanMs, each.p50Ms, each.p95Ms].map(seconds),
    each.polls.toFixed(1),
    each.requests.toFixed(2),
    milliseconds(percentile(each.tellsMs, 0.5)),
    milliseconds(percentile(each.tellsMs, 0.99)),
    String(each.rulesBroken.length),
  ]);
  return table([...head, 'told after, p50', 'p99', 'rules broken'], rows);
}

/** @param {Held} held */
function heldTable(held) {
  const sorted = [...held.healthMs].sort((one, other) => one - other);
  return table(
    [`${held.polls.toLocaleString('en-US')} held polls`, ''],
    [
      ['resident memory, idle', `${held.idleMb} MB`],
      ['resident memory, all tasks in flight', `${held.tasksMb} MB`],
      ['resident memory, all held', `${held.heldMb} MB`],
      ['event loop p99, longest', `${milliseconds(held.loopP99Ms)}, ${milliseconds(held.loopMaxMs)}`],
      ['/healthz p50', milliseconds(percentile(sorted, 0.5))],
      [
        '/healthz p99, longest',
        `${milliseconds(percentile(sorted, 0.99))}, ${milliseconds(sorted.at(-1) ?? 0)}`,
      ],
    ],
  );
}

/** @param {Result} result */
export function tablesOf({ figures, judgements, held, heldJudgements, loop, ownDelayMs }) {
  return [
    judgementTable([...judgements, ...heldJudgements]),
    lagTable(figures),
    heldTable(held),
    `While clients were compared, the gateway's event loop came round within ${milliseconds(loop.loopP99Ms)} at its 99th percentile, ${milliseconds(loop.loopMaxMs)} at
the longest; the bench itself was kept waiting for ${milliseconds(ownDelayMs)} at its 99th percentile.`,
  ].join('\n\n');
}

/** @param {{ command: string, warmUp: number, result: Result }} run */
export function pageOf({ command, warmUp, result }) {
  return `# Waiting for a result

\`${command}\`, ${machineLine()}

![Share of captchas told within a time, for every client](waiting.svg)

${tablesOf(result)}

**The same captchas for everybody.** Solve times are log-normal around 20 s (sigma 0.3), drawn once: the n-th captcha of
every client takes the same time. All clients run at once; their captchas come within 20 s. Each client has a sandbox service of its own
on loopback, on real sockets, which bans whoever polls sooner than its floor (1 s unless named) allows. One built gateway with its SQLite
ledger stands before all that do not ask directly. It knows nothing at first, and is given ${warmUp} captchas at every service to
learn from. Its entries name one figure, the floor, as first poll and cadence; all else is the default.

**Clients.** _Every n s_ is @2captcha/captcha-solver from npm, unmodified, at that interval (its default is 5 s), asking the service
_directly_ or through a client entry with that \`holdMs\`. _?wait=_ hands in at \`POST /v1/tasks\` and holds \`GET /v1/tasks/{id}?wait=30\` open;
_/v1/solve_ is one request. _Shared polls_ is a service that takes several ids in one poll (\`use: "classic"\`).

**Figures.** _Lag_ runs from the moment the service has the result to the moment the client has it, by one clock: service and
client are in the bench's process. _Polls a task_ are the service's books. _Told after_ runs from the gateway's knowing the
result (\`finishedAt\` of the task, to the millisecond below) to the client's having it, the write to the ledger between them. It is
given for clients that are always listening.

**A hold of 0** cannot be sooner than asking directly: both hear only when they ask themselves, and what the service finds
between the gateway's poll and the client's is heard one interval later. The gateway asks just before the client does, so
that is a way of an answer or two; 0.1 s is what it may be.

**Held polls** are \`?wait=\` on tasks that are not solved meanwhile and are polled at the service, a hundred ids in
one poll, every 5 s at the most. /healthz is asked every 20 ms; the event loop's figures are prom-client's, whose timer samples every 10 ms, so 10 ms are the least they show.
`;
}
