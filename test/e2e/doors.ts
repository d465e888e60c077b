/** One captcha through each door, the way that door's clients do it: what they are told, and when. */
import { CLIENT_KEY } from '../support/gateway-in-process.js';
import { jsonOf, send } from '../support/http.js';

export const PAGE_URL = 'https://shop.example.com/login';
export const SITE_KEY = '6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI';

/** How it ended for the client: the token, or the dialect's own word for what went wrong. */
export type Told =
  | { readonly token: string; readonly taskId: string }
  | { readonly refusal: string; readonly at: 'submit' | 'poll' };

export interface Door {
  readonly id: 'classic' | 'json' | 'native';
  /** Has a reCAPTCHA solved, or hears why not. */
  solve(url: string, siteKey?: string): Promise<Told>;
}

/** Polls are held open by the gateway, so this many last longer than any task. */
const MOST_POLLS = 200;

export const classicDoor: Door = {
  id: 'classic',
  async solve(url, siteKey = SITE_KEY) {
    const id = await classicSubmit(url, siteKey);
    if (!id.startsWith('OK|')) return { refusal: id, at: 'submit' };
    const taskId = id.slice(3);
    const said = await classicPoll(url, taskId);
    return said.startsWith('OK|') ? { token: said.slice(3), taskId } : { refusal: said, at: 'poll' };
  },
};

/** The answer of in.php, word for word. */
export async function classicSubmit(url: string, siteKey: string = SITE_KEY): Promise<string> {
  const form = { key: CLIENT_KEY, method: 'userrecaptcha', googlekey: siteKey, pageurl: PAGE_URL };
  const { text } = await send(url, '/in.php', { body: new URLSearchParams(form).toString() });
  return text;
}

/** The first answer of res.php that is not the request to come back. */
export async function classicPoll(url: string, taskId: string): Promise<string> {
  for (let polls = 0; polls < MOST_POLLS; polls += 1) {
    const { text } = await send(url, `/res.php?key=${CLIENT_KEY}&action=get&id=${taskId}`);
    if (text !== 'CAPCHA_NOT_READY') return text;
  }
  throw new Error(`task ${taskId} never ended`);
}

export const jsonDoor: Door = {
  id: 'json',
  async solve(url, siteKey = SITE_KEY) {
    const created = await jsonSubmit(url, siteKey);
    if (created.errorId !== 0) return { refusal: String(created.errorCode), at: 'submit' };
    const result = await jsonPoll(url, created.taskId);
    if (result.errorId !== 0) return { refusal: String(result.errorCode), at: 'poll' };
    const { gRecaptchaResponse: token } = result.solution as { readonly gRecaptchaResponse: string };
    return { token, taskId: String(created.taskId) };
  },
};

/** The answer of createTask. */
export async function jsonSubmit(
  url: string,
  websiteKey: string = SITE_KEY,
): Promise<Readonly<Record<string, unknown>>> {
  const task = { type: 'RecaptchaV2TaskProxyless', websiteURL: PAGE_URL, websiteKey };
  return jsonOf(await send(url, '/createTask', { json: { clientKey: CLIENT_KEY, task } }));
}

/** The first answer of getTaskResult that is not `processing`. */
export async function jsonPoll(url: string, taskId: unknown): Promise<Readonly<Record<string, unknown>>> {
  for (let polls = 0; polls < MOST_POLLS; polls += 1) {
    const result = jsonOf(await send(url, '/getTaskResult', { json: { clientKey: CLIENT_KEY, taskId } }));
    if (result.status !== 'processing') return result;
  }
  throw new Error(`task ${String(taskId)} never ended`);
}

/** A finished task as the native door shows it; as much of it as the tests look at. */
export interface NativeTask {
  readonly taskId: string;
  readonly status: string;
  readonly code?: string;
  readonly provider: string | null;
  readonly solution?: Readonly<Record<string, string>>;
  readonly attempts: readonly {
    readonly provider: string;
    readonly outcome: string;
    readonly upstreamCode: string | null;
    readonly upstreamId: string | null;
    readonly mayBeCharged: boolean;
    readonly tookMs: number;
  }[];
  readonly passedOver: readonly { readonly provider: string; readonly why: string }[];
}

export const AUTHORIZED = { authorization: `Bearer ${CLIENT_KEY}` } as const;

export const nativeDoor: Door = {
  id: 'native',
  async solve(url, siteKey = SITE_KEY) {
    const json = { kind: 'recaptcha_v2', siteKey, pageUrl: PAGE_URL };
    const answer = await send(url, '/v1/solve', { json, headers: AUTHORIZED });
    const { solution, taskId, code } = jsonOf(answer) as unknown as NativeTask;
    if (answer.status === 200) return { token: solution?.token ?? '', taskId };
    return { refusal: `${answer.status} ${String(code)}`, at: 'poll' };
  },
};

export const DOORS: readonly Door[] = [classicDoor, jsonDoor, nativeDoor];

/** The whole story of a task. */
export async function storyOf(url: string, taskId: string): Promise<NativeTask> {
  return jsonOf(await send(url, `/v1/tasks/${taskId}`, { headers: AUTHORIZED })) as unknown as NativeTask;
}
