/** `node test/bench/chaos-virtual.mjs`: the outage theatre on a virtual clock alone; the test runs it with few tasks. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { loadDist } from './chaos-dist.mjs';
import { judgeVirtual } from './chaos-judgement.mjs';
import { virtualTables } from './chaos-page.mjs';
import { runVirtual } from './chaos-virtual-run.mjs';

const { values } = parseArgs({
  options: {
    main: { type: 'string', default: fileURLToPath(new URL('../../dist/src/main.js', import.meta.url)) },
    tasks: { type: 'string', default: '1000000' },
    /** Arrivals in virtual time; chosen so that two epochs at least are played, unless told. */
    'per-second': { type: 'string' },
    seed: { type: 'string', default: '1' },
    /** Prints the figures as JSON. */
    json: { type: 'boolean', default: false },
  },
});

const tasks = Number(values.tasks);
const result = await runVirtual({
  dist: await loadDist(pathToFileURL(values.main).href),
  tasks,
  perSecond: Number(values['per-second'] ?? Math.min(100, Math.max(1, tasks / 2_400))),
  seed: Number(values.seed),
  // What is told beside the figures must not get between them.
  tell: values.json ? console.error : console.log,
});
const judgements = judgeVirtual(result);
if (values.json) console.log(JSON.stringify({ result, judgements }));
else console.log(virtualTables(result, judgements));
if (judgements.some(({ holds }) => !holds)) process.exitCode = 1;
