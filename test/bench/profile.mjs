/** `node test/bench/profile.mjs`: where the gateway's time goes while it takes submits 64 at a time. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { KEY, openGateway } from './gateway.mjs';
import { startLoad, startServer } from './processes.mjs';

const WARM_UP_MS = 2_000;
const TOP = 25;

const { values } = parseArgs({
  options: {
    main: { type: 'string', default: fileURLToPath(new URL('../../dist/src/main.js', import.meta.url)) },
    'at-a-time': { type: 'string', default: '64' },
    ms: { type: 'string', default: '6000' },
    keep: { type: 'boolean', default: false },
  },
});

const directory = mkdtempSync(join(tmpdir(), 'captcha-gateway-profile-'));
const upstream = await startServer('upstream.mjs');
const load = startLoad();
const nodeArgs = ['--cpu-prof', '--cpu-prof-dir', directory];
const gateway = await openGateway({ main: values.main, upstreamUrl: upstream.url, nodeArgs });
const order = { url: gateway.url, key: KEY, atATime: Number(values['at-a-time']), most: 1e6 };
await load.run({ ...order, forMs: WARM_UP_MS });
// V8's profiler and hrtime read the same clock: what happens before and after the load is left out.
const from = Number(process.hrtime.bigint() / 1_000n);
const { submits, tookMs } = await load.run({ ...order, forMs: Number(values.ms) });
const to = Number(process.hrtime.bigint() / 1_000n);
await gateway.close();
await load.stop();
await upstream.stop();

const [file = ''] = readdirSync(directory);
console.log(`${submits} submits, ${Math.round((submits * 1_000) / tookMs)} per s under the profiler`);
report(JSON.parse(readFileSync(join(directory, file), 'utf8')));
if (values.keep) console.log(join(directory, file));
else rmSync(directory, { recursive: true });

/**
 * @typedef {{ functionName: string, url: string, lineNumber: number }} CallFrame
 * @param {{ startTime: number, nodes: { id: number, callFrame: CallFrame }[], samples: number[], timeDeltas: number[] }} profile
 */
function report({ startTime, nodes, samples, timeDeltas }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const byFunction = new Map();
  const byPlace = new Map();
  let [busy, now] = [0, startTime];
  samples.forEach((id, index) => {
    const frame = frames.get(id);
    const took = timeDeltas[index] ?? 0;
    now += took;
    if (!frame || frame.functionName === '(idle)' || now < from || now > to) return;
    busy += took;
    add(byFunction, `${frame.functionName || '(anonymous)'} ${shortUrl(frame)}`, took);
    add(byPlace, placeOf(frame), took);
  });
  console.log(`${Math.round(busy / 1_000)} ms busy, ${Math.round(busy / submits)} µs per submit\n`);
  print('self time by function', byFunction, busy);
  print('self time by place', byPlace, busy);
}

function add(
  /** @type {Map<string, number>} */ sums,
  /** @type {string} */ name,
  /** @type {number} */ took,
) {
  sums.set(name, (sums.get(name) ?? 0) + took);
}

function print(
  /** @type {string} */ title,
  /** @type {Map<string, number>} */ sums,
  /** @type {number} */ busy,
) {
  console.log(title);
  const largest = [...sums].sort(([, a], [, b]) => b - a).slice(0, TOP);
  for (const [name, took] of largest) {
    const share = ((took / busy) * 100).toFixed(1).padStart(5);
    console.log(`${share} %  ${(took / submits).toFixed(1).padStart(6)} µs  ${name}`);
  }
  console.log('');
}

function shortUrl(/** @type {CallFrame} */ { url, lineNumber }) {
  const path = url.replace(/^.*\/(node_modules|dist)\//, '');
  return path === '' ? '' : `${path}:${lineNumber + 1}`;
}

/** The package, the room of our own code, or Node itself. */
function placeOf(/** @type {CallFrame} */ { functionName, url }) {
  const [, name] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (name !== undefined) return name;
  const [, room] = /\/dist\/(?:src\/)?([^/.]+)/.exec(url) ?? [];
  if (room !== undefined) return `ours: ${room}`;
  if (url.startsWith('node:')) return url;
  return functionName.startsWith('(') ? functionName : 'native';
}
