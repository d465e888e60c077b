/** Clients of the three doors that try again whenever a connection breaks, and keep the ids they were given. */
import { Agent, request } from 'undici';

export const KEY = 'c11e27000000000000000000000000a1';
const PAGE_URL = 'https://shop.example.com/login';
const AUTHORIZED = { authorization: `Bearer ${KEY}` };
const RETRY_MS = 15;
const GIVE_UP_MS = 60_000;

/** Old wires have no key that makes a repeated submit the same task: each is a new one, under a name of its own. */
const agent = new Agent({
  connections: 256,
  pipelining: 1,
  keepAliveTimeout: 4_000,
  // A process that is stopped takes connections and says nothing.
  headersTimeout: 4_000,
  bodyTimeout: 4_000,
});

/**
 * @typedef {'classic' | 'json' | 'native'} Door
 * @typedef {object} Story what became of one captcha
 * @property {Door} door
 * @property {string} siteKey of the submit that was heard
 * @property {string | undefined} taskId
 * @property {'solved' | 'failed' | 'unknown' | 'never'} end
 * @property {string} said the token, or the word for what went wrong
 * @property {number} unheard submits whose answer never came
 * @property {number} puzzles polls whose answer was about the gateway and not about the task
 * @property {number} tookMs
 *
 * @typedef {() => string} Where the address to ask next
 */

export const DOORS = /** @type {const} */ (['classic', 'json', 'native']);

/** Has one captcha solved. @param {Door} door @param {string} name @param {Where} where @returns {Promise<Story>} */
export async function solve(door, name, where) {
  const startedAt = performance.now();
  const giveUpAt = startedAt + GIVE_UP_MS;
  const wire = WIRES[door];
  let unheard = 0;
  let siteKey = name;
  const tell = (
    /** @type {Story['end']} */ end,
    said = '',
    /** @type {string | undefined} */ taskId = undefined,
  ) => ({
    door,
    siteKey,
    taskId,
    end,
    said,
    unheard,
    puzzles: 0,
    tookMs: performance.now() - startedAt,
  });
  while (performance.now() < giveUpAt) {
    siteKey = door === 'native' || unheard === 0 ? name : `${name}.${unheard}`;
    const answer = await wire.submit(where(), siteKey).catch(orNothing);
    if (typeof answer === 'object' && answer.taskId !== undefined) {
      const { end, said, puzzles } = await follow(wire, { where, giveUpAt, taskId: answer.taskId });
      return { ...tell(end, said, answer.taskId), puzzles };
    }
    if (typeof answer === 'object' && !answer.isBusy) return tell('failed', answer.said);
    if (answer === 'unheard') unheard += 1;
    await pause();
  }
  return tell('never');
}

/**
 * @param {Wire} wire @param {{ where: Where, giveUpAt: number, taskId: string }} task
 * @returns {Promise<Pick<Story, 'end' | 'said' | 'puzzles'>>}
 */
async function follow(wire, { where, giveUpAt, taskId }) {
  let puzzles = 0;
  while (performance.now() < giveUpAt) {
    const answer = await wire.poll(where(), taskId).catch(() => undefined);
    if (answer?.end) return { end: answer.end, said: answer.said, puzzles };
    if (answer && answer.said !== '') puzzles += 1;
    if (answer?.said !== '') await pause();
  }
  return { end: 'never', said: '', puzzles };
}

/** Nobody there is not the same as nobody heard: what was never sent is not repeated. @param {{ code?: string }} error */
function orNothing({ code }) {
  return code === 'ECONNREFUSED' ? 'unsent' : 'unheard';
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, RETRY_MS));
}

/**
 * @typedef {object} Submitted
 * @property {string | undefined} [taskId]
 * @property {boolean} [isBusy] worth another try
 * @property {string} said
 *
 * @typedef {object} Polled `end` is absent while there is none; `said` is empty when to ask again at once
 * @property {Story['end'] | undefined} [end]
 * @property {string} said
 *
 * @typedef {object} Wire
 * @property {(url: string, siteKey: string) => Promise<Submitted>} submit
 * @property {(url: string, taskId: string) => Promise<Polled>} poll
 */

/** @param {string} url @param {Record<string, unknown>} [options] */
async function ask(url, options = {}) {
  const reply = await request(url, { dispatcher: agent, ...options });
  return { status: reply.statusCode, text: await reply.body.text() };
}

/** @param {string} url @param {unknown} json @param {Record<string, string>} [headers] */
function post(url, json, headers = {}) {
  const all = { 'content-type': 'application/json', ...headers };
  return ask(url, { method: 'POST', headers: all, body: JSON.stringify(json) });
}

/** What a gateway says that cannot write just now. */
const BUSY = /NO_SLOT|overloaded|SERVER_ERROR|INTERNAL/i;
const UNKNOWN = /WRONG_CAPTCHA_ID|NO_SUCH_CAPCHA_ID|TASK_NOT_FOUND|WRONG_ID|task_not_found/;

/** @param {string} said @returns {Polled} */
function refusedPoll(said) {
  if (UNKNOWN.test(said)) return { end: 'unknown', said };
  return BUSY.test(said) ? { said } : { end: 'failed', said };
}

/** @type {Record<Door, Wire>} */
const WIRES = {
  classic: {
    async submit(url, siteKey) {
      const form = { key: KEY, method: 'userrecaptcha', googlekey: siteKey, pageurl: PAGE_URL };
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const body = new URLSearchParams(form).toString();
      const { text } = await ask(`${url}/in.php`, { method: 'POST', headers, body });
      return text.startsWith('OK|')
        ? { taskId: text.slice(3), said: text }
        : { isBusy: BUSY.test(text), said: text };
    },
    async poll(url, taskId) {
      const { text } = await ask(`${url}/res.php?key=${KEY}&action=get&id=${taskId}`);
      if (text === 'CAPCHA_NOT_READY') return { said: '' };
      return text.startsWith('OK|') ? { end: 'solved', said: text.slice(3) } : refusedPoll(text);
    },
  },
  json: {
    async submit(url, websiteKey) {
      const task = { type: 'RecaptchaV2TaskProxyless', websiteURL: PAGE_URL, websiteKey };
      const { text } = await post(`${url}/createTask`, { clientKey: KEY, task });
      const { errorId, taskId } = JSON.parse(text);
      return errorId === 0 ? { taskId: String(taskId), said: text } : { isBusy: BUSY.test(text), said: text };
    },
    async poll(url, taskId) {
      const { text } = await post(`${url}/getTaskResult`, { clientKey: KEY, taskId: Number(taskId) });
      const { errorId, status, solution } = JSON.parse(text);
      if (errorId !== 0) return refusedPoll(text);
      return status === 'ready' ? { end: 'solved', said: solution.gRecaptchaResponse } : { said: '' };
    },
  },
  native: {
    async submit(url, siteKey) {
      const headers = { ...AUTHORIZED, 'idempotency-key': siteKey };
      const { status, text } = await post(
        `${url}/v1/tasks`,
        { kind: 'recaptcha_v2', siteKey, pageUrl: PAGE_URL },
        headers,
      );
      return status < 300
        ? { taskId: JSON.parse(text).taskId, said: text }
        : { isBusy: status >= 500, said: text };
    },
    async poll(url, taskId) {
      const { status, text } = await ask(`${url}/v1/tasks/${taskId}?wait=2`, { headers: AUTHORIZED });
      if (status === 404) return { end: 'unknown', said: text };
      if (status >= 400) return refusedPoll(text);
      const task = JSON.parse(text);
      if (task.status === 'solved') return { end: 'solved', said: task.solution.token };
      return task.status === 'failed' || task.status === 'cancelled'
        ? { end: 'failed', said: text }
        : { said: '' };
    },
  },
};

/** A native task of a few words: for what has to be asked of one process and not of another. */
export const native = {
  /** @param {string} url @param {string} siteKey */
  submit: (url, siteKey) => WIRES.native.submit(url, siteKey),
  /** @param {string} url @param {string} taskId @param {number} waitSeconds */
  async get(url, taskId, waitSeconds = 0) {
    const options = { headers: AUTHORIZED, headersTimeout: (waitSeconds + 5) * 1_000 };
    const { text } = await ask(`${url}/v1/tasks/${taskId}?wait=${waitSeconds}`, options);
    return JSON.parse(text);
  },
  /** @param {string} url @param {string} taskId */
  cancel: async (url, taskId) =>
    JSON.parse((await ask(`${url}/v1/tasks/${taskId}`, { method: 'DELETE', headers: AUTHORIZED })).text),
  /** @param {string} url @param {string} taskId */
  report: (url, taskId) => post(`${url}/v1/tasks/${taskId}/report`, { accepted: true }, AUTHORIZED),
};

/** Hands in tasks through the native door as fast as they are taken; their ids. @param {string} url @param {{ tasks: number, atATime: number, prefix?: string }} order */
export async function submitMany(url, { tasks, atATime, prefix = 'many' }) {
  /** @type {string[]} */
  const ids = [];
  let next = 0;
  const submitOn = async () => {
    while (next < tasks) {
      next += 1;
      const { taskId, said } = await WIRES.native.submit(url, `${prefix}-${next}`);
      if (taskId === undefined) throw new Error(said);
      ids.push(taskId);
    }
  };
  await Promise.all(Array.from({ length: atATime }, submitOn));
  return ids;
}

/** How many tasks the gateway is working on. @param {string} url */
export async function inFlight(url) {
  const { text } = await ask(`${url}/status`);
  return Number(JSON.parse(text).tasks.inFlight);
}

export function closeClients() {
  return agent.destroy();
}
