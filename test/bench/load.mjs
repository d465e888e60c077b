/** The load: submits as fast as they are answered, a given number at a time, each answer checked. */
import { Pool } from 'undici';

/**
 * @typedef {object} Order
 * @property {string} url where to submit
 * @property {string} key
 * @property {number} atATime
 * @property {number} most submits at most
 * @property {number} forMs no new submit after this long
 *
 * @typedef {object} Measured
 * @property {number} submits
 * @property {number} failed answers other than `OK|id`
 * @property {number} tookMs
 * @property {number[]} latencies of each submit in ms, when they go one at a time
 */

/** @type {Map<string, Pool>} */
const pools = new Map();
const HEADERS = { 'content-type': 'application/x-www-form-urlencoded' };
let visit = 0;

/** @param {string} key */
function form(key) {
  visit += 1;
  const pageUrl = encodeURIComponent(`https://shop.example.com/sign-up?visit=${visit}`);
  return `key=${key}&method=userrecaptcha&googlekey=6Le-wvkSAAAAAPBMRTvw0Q4Muexq9bi0DJwx_mJ-&pageurl=${pageUrl}`;
}

/** @param {Order} order @returns {Promise<Measured>} */
async function run({ url, key, atATime, most, forMs }) {
  const pool = pools.get(`${atATime} ${url}`) ?? new Pool(url, { connections: atATime, pipelining: 1 });
  pools.set(`${atATime} ${url}`, pool);
  const latencies = [];
  let [submits, failed] = [0, 0];
  const startedAt = performance.now();
  const submitOn = async () => {
    while (submits < most && performance.now() - startedAt < forMs) {
      submits += 1;
      const sentAt = performance.now();
      const reply = await pool.request({
        method: 'POST',
        path: '/in.php',
        headers: HEADERS,
        body: form(key),
      });
      const said = await reply.body.text();
      if (atATime === 1) latencies.push(performance.now() - sentAt);
      if (!said.startsWith('OK|')) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: atATime }, submitOn));
  return { submits, failed, tookMs: performance.now() - startedAt, latencies };
}

process.on('message', async (/** @type {Order} */ order) => process.send?.(await run(order)));
process.on('disconnect', () => process.exit());
