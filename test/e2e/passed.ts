/** What no kind describes, sent through the two old doors the way their clients do it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CLIENT_KEY } from '../support/gateway-in-process.js';
import { type Answer, jsonOf, send } from '../support/http.js';
import { classicPoll, jsonPoll, PAGE_URL } from './doors.js';

/** A value that nobody but the provider may see. */
export const SECRET = 'a-beach-at-dusk';

/** The fields of a method that the gateway does not know, besides the key. */
export const VISION = {
  method: 'vision',
  pageurl: PAGE_URL,
  scene: SECRET,
  'options[lang]': 'en',
  empty: '',
  signs: '%+&=é|;',
} as const;

/** A task type that the gateway does not know. */
export const ACME = {
  type: 'CustomTask',
  class: 'Acme',
  websiteURL: PAGE_URL,
  isLoud: false,
  nothing: null,
  metadata: { scene: SECRET, levels: [1, 2.5, { deep: true }], empty: '' },
} as const;

/** What this door is told to pass through, and what becomes of it. */
export interface PassingDoor {
  readonly wire: 'classic' | 'json';
  /** What a script has to list for it. */
  readonly passes: string;
  readonly kind: string;
  /** The fields as the provider should see them. */
  readonly fields: object;
  /** Says that nobody takes it. */
  readonly nobody: string;
  /** The id, or the word of the refusal. */
  submit(url: string, changes?: Readonly<Record<string, unknown>>, key?: string): Promise<string>;
  /** What came back, as far as it is the provider's own. */
  poll(url: string, taskId: string): Promise<unknown>;
  report(url: string, taskId: string): Promise<Answer>;
}

const classic: PassingDoor = {
  wire: 'classic',
  passes: 'vision',
  kind: 'classic:vision',
  fields: VISION,
  nobody: 'ERROR_METHOD_CALL',
  async submit(url, changes = {}, key = CLIENT_KEY) {
    const fields = { key, ...VISION, ...changes };
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields))
      if (value !== undefined) body.set(name, String(value));
    return (await send(url, '/in.php', { body: body.toString() })).text.replace('OK|', '');
  },
  poll: async (url, taskId) => (await classicPoll(url, taskId)).replace('OK|', ''),
  report: (url, taskId) => send(url, `/res.php?key=${CLIENT_KEY}&action=reportgood&id=${taskId}`),
};

const json: PassingDoor = {
  wire: 'json',
  passes: 'customtask/acme',
  kind: 'json:customtask/acme',
  fields: ACME,
  nobody: 'ERROR_TASK_NOT_SUPPORTED',
  async submit(url, changes = {}, clientKey = CLIENT_KEY) {
    const task = { ...ACME, ...changes };
    const created = jsonOf(await send(url, '/createTask', { json: { clientKey, task } }));
    return String(created.errorId === 0 ? created.taskId : created.errorCode);
  },
  async poll(url, taskId) {
    const { solution, errorCode } = await jsonPoll(url, Number(taskId));
    return solution ?? errorCode;
  },
  report: (url, taskId) =>
    send(url, '/reportCorrect', { json: { clientKey: CLIENT_KEY, taskId: Number(taskId) } }),
};

export const PASSING_DOORS: readonly PassingDoor[] = [classic, json];

/** A service that takes everything and writes down every byte. */
export interface Witness {
  readonly url: string;
  /** Each request: its line, its headers and its body, one text. */
  readonly heard: readonly string[];
  close(): Promise<void>;
}

/** Opens a witness with these answers, by the last part of the path. */
export async function openWitness(answers: Readonly<Record<string, object>>): Promise<Witness> {
  const heard: string[] = [];
  const server = createServer(async (request, response) => {
    const { method, url = '', rawHeaders } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    heard.push(`${method} ${url}\n${rawHeaders.join('\n')}\n\n${Buffer.concat(chunks).toString('latin1')}`);
    response.end(JSON.stringify(answers[url.replace(/\?.*/, '')] ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard, close };
}
