/** Clients that wait for one captcha: 2Captcha's own from npm, which only knows how to poll, and two of the native API. */
import { Solver } from '@2captcha/captcha-solver';
import { Agent, request } from 'undici';

const PAGE_URL = 'https://shop.example.com/login';
const KIND = 'recaptcha_v2';
const WAIT_SECONDS = 30;

const agent = new Agent({ pipelining: 1, connections: null });

/** Milliseconds since 1970, with fractions: what is told here and what a service books are a millisecond apart. */
export const now = () => performance.timeOrigin + performance.now();

/**
 * @typedef {object} Order
 * @property {string} url
 * @property {string} key
 * @property {string} siteKey
 * @property {number} [everyMs]
 *
 * @typedef {object} Told
 * @property {string} token
 * @property {number} toldAt
 * @property {number} [knownAt] when the gateway had the result, to the millisecond below
 */

/** @type {Record<import('./waiting-variants.mjs').Variant['client'], (order: Order) => Promise<Told>>} */
export const CLIENTS = {
  async poller({ url, key, siteKey, everyMs }) {
    // Its addresses are getters without an option; nothing else is changed.
    const solver = Object.defineProperties(new Solver(key, everyMs), {
      in: { get: () => `${url}/in.php` },
      res: { get: () => `${url}/res.php` },
    });
    const { data } = await solver.recaptcha({ pageurl: PAGE_URL, googlekey: siteKey });
    return { token: String(data), toldAt: now() };
  },
  async wait({ url, key, siteKey }) {
    const { taskId } = await post(`${url}/v1/tasks`, { key, siteKey });
    for (;;) {
      const task = await waitFor({ url, key, taskId, seconds: WAIT_SECONDS });
      const toldAt = now();
      if (task.status === 'solved')
        return { token: task.solution.token, toldAt, knownAt: Date.parse(task.finishedAt) };
      if (task.finishedAt !== null) throw new Error(`task ${taskId} ${task.status}`);
    }
  },
  async solve({ url, key, siteKey }) {
    const task = await post(`${url}/v1/solve`, { key, siteKey });
    const toldAt = now();
    if (task.status !== 'solved') throw new Error(JSON.stringify(task));
    return { token: task.solution.token, toldAt, knownAt: Date.parse(task.finishedAt) };
  },
};

/** Hands in a task, or has it solved. @param {string} url @param {{ key: string, siteKey: string }} task */
export async function post(url, { key, siteKey }) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ kind: KIND, siteKey, pageUrl: PAGE_URL });
  const reply = await request(url, { dispatcher: agent, method: 'POST', headers, body });
  return /** @type {any} */ (await reply.body.json());
}

/** One held poll. @param {{ url: string, key: string, taskId: string, seconds: number }} poll */
export async function waitFor({ url, key, taskId, seconds }) {
  const headers = { authorization: `Bearer ${key}` };
  const reply = await request(`${url}/v1/tasks/${taskId}?wait=${seconds}`, { dispatcher: agent, headers });
  return /** @type {any} */ (await reply.body.json());
}

/** What a page says. @param {string} url */
export async function read(url) {
  const { body } = await request(url, { dispatcher: agent });
  return await body.text();
}

export function closeClients() {
  return agent.destroy();
}
