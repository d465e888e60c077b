/** Clients of the three doors that hand each captcha in once: whatever goes wrong is the gateway's to put right. */
import { Agent, request } from 'undici';

export const KEY = 'c11e27000000000000000000000000a1';
const AUTHORIZED = { authorization: `Bearer ${KEY}` };
const PAGE_URL = 'https://shop.example.com/login';
const GIVE_UP_MS = 60_000;
const WAIT_SECONDS = 20;

const agent = new Agent({ connections: 512, pipelining: 1, headersTimeout: 30_000, bodyTimeout: 30_000 });

/**
 * @typedef {object} Attempt
 * @property {string} provider
 * @property {string} outcome
 * @property {string} startedAt
 * @property {number | null} tookMs
 * @property {boolean} mayBeCharged
 *
 * @typedef {object} Story
 * @property {string} name
 * @property {number} at when it was handed in
 * @property {boolean} isSolvable
 * @property {'solved' | 'failed'} end
 * @property {string} code why it failed
 * @property {string} provider whose answer it is
 * @property {number} tookMs
 * @property {number} acceptedAfterMs from the task's creation to the attempt that was accepted
 * @property {readonly Attempt[]} attempts
 *
 * @typedef {'native' | 'classic' | 'json'} Door
 */

export const DOORS = /** @type {const} */ (['native', 'classic', 'json']);

/**
 * Has one captcha solved and asks for its whole story.
 * @param {{ url: string, door: Door, name: string, siteKey?: string | undefined }} order @returns {Promise<Story>}
 */
export async function solve({ url, door, name, siteKey }) {
  const at = Date.now();
  const page = `${PAGE_URL}?visit=${name}`;
  const isSolvable = siteKey === undefined;
  const nothing = { attempts: [], provider: '', acceptedAfterMs: Number.NaN };
  const told = (/** @type {string} */ code) => ({
    ...{ name, at, isSolvable, code, ...nothing },
    end: /** @type {const} */ ('failed'),
    tookMs: Date.now() - at,
  });
  try {
    const submitted = await SUBMITS[door](url, siteKey ?? name, page);
    if (submitted.taskId === undefined) return told(submitted.said);
    const said = await untilEnded(url, door, submitted.taskId);
    const tookMs = Date.now() - at;
    return { ...told(said), ...(await storyOf(url, submitted.taskId)), tookMs };
  } catch (error) {
    return told(`broken: ${Object(error).code ?? error}`);
  }
}

/** @param {string} url @param {Door} door @param {string} taskId */
async function untilEnded(url, door, taskId) {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  while (Date.now() < giveUpAt) {
    const said = await POLLS[door](url, taskId);
    if (said !== undefined) return said;
  }
  return 'no end';
}

/** @param {string} url @param {string} taskId */
async function storyOf(url, taskId) {
  const { text } = await ask(`${url}/v1/tasks/${taskId}`, { headers: AUTHORIZED });
  /** @type {{ status: string, provider: string | null, error?: { code: string }, createdAt: string, attempts: Attempt[] }} */
  const { status, provider, error, createdAt, attempts } = JSON.parse(text);
  const accepted = attempts.findLast(({ mayBeCharged }) => mayBeCharged);
  const acceptedAfterMs = accepted ? Date.parse(accepted.startedAt) - Date.parse(createdAt) : Number.NaN;
  const end = status === 'solved' ? /** @type {const} */ ('solved') : /** @type {const} */ ('failed');
  return { end, code: error?.code ?? '', provider: provider ?? '', attempts, acceptedAfterMs };
}

/** @param {string} url @param {Record<string, unknown>} [options] */
async function ask(url, options = {}) {
  const reply = await request(url, { dispatcher: agent, ...options });
  return { status: reply.statusCode, text: await reply.body.text() };
}

/** @param {string} url @param {unknown} json */
function post(url, json, headers = {}) {
  const all = { 'content-type': 'application/json', ...headers };
  return ask(url, { method: 'POST', headers: all, body: JSON.stringify(json) });
}

/** @typedef {{ taskId?: string, said: string }} Submitted */

/** @type {Record<Door, (url: string, siteKey: string, page: string) => Promise<Submitted>>} */
const SUBMITS = {
  async native(url, siteKey, pageUrl) {
    const { status, text } = await post(
      `${url}/v1/tasks`,
      { kind: 'recaptcha_v2', siteKey, pageUrl },
      AUTHORIZED,
    );
    return status < 300 ? { taskId: JSON.parse(text).taskId, said: text } : { said: JSON.parse(text).code };
  },
  async classic(url, googlekey, pageurl) {
    const body = new URLSearchParams({ key: KEY, method: 'userrecaptcha', googlekey, pageurl }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { text } = await ask(`${url}/in.php`, { method: 'POST', headers, body });
    return text.startsWith('OK|') ? { taskId: text.slice(3), said: text } : { said: text };
  },
  async json(url, websiteKey, websiteURL) {
    const task = { type: 'RecaptchaV2TaskProxyless', websiteURL, websiteKey };
    const { text } = await post(`${url}/createTask`, { clientKey: KEY, task });
    const { errorId, taskId, errorCode } = JSON.parse(text);
    return errorId === 0 ? { taskId: String(taskId), said: text } : { said: errorCode };
  },
};

/** What was said at the end; undefined while there is none. @type {Record<Door, (url: string, taskId: string) => Promise<string | undefined>>} */
const POLLS = {
  async native(url, taskId) {
    const { text } = await ask(`${url}/v1/tasks/${taskId}?wait=${WAIT_SECONDS}`, { headers: AUTHORIZED });
    const { status } = JSON.parse(text);
    return status === 'queued' || status === 'solving' ? undefined : status;
  },
  async classic(url, taskId) {
    const { text } = await ask(`${url}/res.php?key=${KEY}&action=get&id=${taskId}`);
    return text === 'CAPCHA_NOT_READY' ? undefined : text;
  },
  async json(url, taskId) {
    const { text } = await post(`${url}/getTaskResult`, { clientKey: KEY, taskId: Number(taskId) });
    const { errorId, errorCode, status } = JSON.parse(text);
    if (errorId !== 0) return errorCode;
    return status === 'ready' ? status : undefined;
  },
};

export function closeClients() {
  return agent.destroy();
}
