/** BestCaptchaSolver's own REST interface, from the service's side. */
import { asSolveError } from '../core/errors.js';
import { asText } from '../core/solution.js';
import { isKind } from '../core/task.js';
import * as wire from '../wire/bestcaptchasolver.js';
import type { AcceptedTask } from './accepted-task.js';
import type { Answer, Question, Reply } from './question.js';
import { formOf, type SentRequest } from './request.js';
import { spellFault } from './words.js';

/** What a request asks, if it came over this wire. */
export function readBestCaptchaSolver(request: SentRequest): Question | undefined {
  const sent = formOf(request);
  const asked = readCall(request, sent);
  if (!asked) return undefined;
  const id = Number(asked.upstreamIds[0] ?? 0);
  return {
    ...asked,
    wire: 'bestcaptchasolver',
    key: asText(sent.access_token) ?? '',
    say: (answer) => toReply(answer, id),
  };
}

type Sent = Readonly<Record<string, unknown>>;

function readCall(
  { method, wholePath }: SentRequest,
  sent: Sent,
): Omit<Question, 'wire' | 'key' | 'say'> | undefined {
  if (wholePath.endsWith('/user/balance')) return { call: 'balance', upstreamIds: [] };
  const [, reported, last] = /\/captcha\/(?:bad\/([^/]+)|([^/]+))$/.exec(wholePath) ?? [];
  if (reported !== undefined) return { call: 'report', upstreamIds: [reported], isGood: false };
  if (last === undefined) return undefined;
  if (method === 'POST') return { call: 'submit', upstreamIds: [], ...readTask(`/captcha/${last}`, sent) };
  // Without a token it is a poll of the other service that has this path.
  return 'access_token' in sent ? { call: 'poll', upstreamIds: [last] } : undefined;
}

function readTask(path: string, sent: Sent): Pick<Question, 'task' | 'fault'> {
  try {
    return { task: wire.fromMembers(path, sent).task };
  } catch (thrown) {
    return { fault: spellFault('bestcaptchasolver', asSolveError(thrown)) };
  }
}

function toReply(answer: Answer, id: number): Reply {
  const status = answer.status === 'refused' ? 400 : 200;
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(say(answer, id)) };
}

function say(answer: Answer, id: number): Readonly<Record<string, unknown>> {
  switch (answer.status) {
    case 'accepted':
      return { id: answer.task.upstreamId, status: 'submitted' };
    case 'solved':
      return { id: answer.task.upstreamId, status: 'completed', ...solutionOf(answer.task) };
    case 'refused':
      return { status: 'error', error: answer.code };
    case 'balance':
      return { balance: answer.balanceUsd, status: 'success' };
    case 'recorded':
      return { status: 'updated' };
    default:
      return { id, status: 'pending' };
  }
}

function solutionOf({ task, solution }: AcceptedTask): Readonly<Record<string, unknown>> {
  const row = isKind(task.kind) ? wire.BESTCAPTCHASOLVER_KINDS[task.kind] : undefined;
  return row ? wire.saySolution(task, row, solution) : {};
}
