/** `npm run bench`: what a durable submit costs, beside the direct call and a bare forwarder, in one run. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { resultsOf, tables, writeResults } from './results.mjs';
import { PLAN, runRounds } from './rounds.mjs';

const { values } = parseArgs({
  options: {
    /** The built gateway to measure. */
    main: { type: 'string', default: fileURLToPath(new URL('../../dist/src/main.js', import.meta.url)) },
    rounds: { type: 'string' },
  },
});
if (!existsSync(values.main)) throw new Error(`There is no ${values.main}: run npm run build first`);
if (values.rounds !== undefined) PLAN.rounds = Number(values.rounds);

const startedAt = performance.now();
let number = 0;
const rounds = await runRounds(values.main, ({ direct, forwarder, gateway, rss }) => {
  number += 1;
  const p50s = [direct, forwarder, gateway].map(({ p50 }) => p50.toFixed(3)).join(' / ');
  const rates = [direct, forwarder, gateway].map(({ perSecond }) => Math.round(perSecond)).join(' / ');
  console.log(`round ${number}: direct / forwarder / gateway  p50 ${p50s} ms  ${rates} per s  ${rss} MB`);
});
const results = resultsOf(rounds);
writeResults(results);
console.log(`\n${tables(results)}\n`);
console.log(`${Math.round((performance.now() - startedAt) / 1_000)} s; written to test/bench/results/`);
