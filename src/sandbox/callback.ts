/** The service's own call to whoever asked for it at the submit: in the form of each wire, over plain http. */
import { type ClientRequest, request } from 'node:http';
import type { CallbackRequest } from '../core/callback.js';
import { sayResult } from '../wire/classic-answers.js';
import type { AcceptedTask } from './accepted-task.js';
import { sayAnswer } from './json.js';
import { refused } from './question.js';
import { WORDS } from './words.js';

/** One call that is still to be made. */
export interface PlannedCall {
  readonly afterMs: number;
  readonly url: string;
  readonly request: CallbackRequest;
}

/** CapMonster's; other services name none. */
const ANSWER_WITHIN_MS = 2_000;

/** When what is called for a task that was accepted just now; `offsets` are counted from its end. */
export function plannedCalls(
  task: AcceptedTask,
  offsets: readonly number[],
  flavour: string | undefined,
): readonly PlannedCall[] {
  const { callbackUrl: url, readyAt, acceptedAt } = task;
  if (url === undefined || !Number.isFinite(readyAt) || !url.startsWith('http://')) return [];
  const said = sayCall(task, flavour);
  return offsets.map((offsetMs) => ({
    afterMs: Math.max(0, readyAt + offsetMs - acceptedAt),
    url,
    request: said,
  }));
}

/**
 * A form with `id` and `code`, for CaptchaAI in the query; on the json wire what getTaskResult says, for 2Captcha the
 * form. Source: 2Captcha's pingback page, blog.captchaai.com, docs.capmonster.cloud.
 */
function sayCall(task: AcceptedTask, flavour: string | undefined): CallbackRequest {
  if (task.wire === 'json' && flavour !== '2captcha') {
    return {
      method: 'POST',
      contentType: 'application/json',
      body: JSON.stringify(sayAnswer(outcomeOf(task))),
    };
  }
  const query = { id: String(task.upstreamId), code: codeOf(task, flavour) };
  if (flavour === 'captchaai') return { method: 'GET', query, body: '' };
  const body = new URLSearchParams(query).toString();
  return { method: 'POST', contentType: 'application/x-www-form-urlencoded', body };
}

function outcomeOf(task: AcceptedTask) {
  return task.verdict === 'solve' ? ({ status: 'solved', task } as const) : refused(errorOf(task));
}

function errorOf({ verdict, wire }: AcceptedTask): string {
  return typeof verdict === 'object' ? verdict.code : WORDS[wire].unsolvable;
}

function codeOf(task: AcceptedTask, flavour: string | undefined): string {
  if (task.verdict !== 'solve') return errorOf(task);
  return String(sayResult(task.task, task.solution, { asJson: false, flavour })).replace(/^OK\|/, '');
}

/** Makes the call; whatever is answered, and whether anything is, makes no difference. */
export function makeCall({ url, request: said }: PlannedCall): ClientRequest {
  const address = new URL(url);
  for (const [name, value] of Object.entries(said.query ?? {})) address.searchParams.append(name, value);
  const headers = {
    'content-length': Buffer.byteLength(said.body),
    ...(said.contentType !== undefined && { 'content-type': said.contentType }),
  };
  const outgoing = request(address, { method: said.method, headers, agent: false }, (response) => {
    response.on('error', () => {}).resume();
  });
  outgoing.setTimeout(ANSWER_WITHIN_MS, () => outgoing.destroy());
  outgoing.on('error', () => {});
  return outgoing.end(said.body);
}
