/** DeathByCaptcha's own REST interface, from the service's side. */
import { asSolveError } from '../core/errors.js';
import { asText } from '../core/solution.js';
import { isKind } from '../core/task.js';
import * as wire from '../wire/deathbycaptcha.js';
import type { AcceptedTask } from './accepted-task.js';
import type { Answer, Question, Reply } from './question.js';
import { formOf, type SentRequest } from './request.js';
import { meaningOf, spellFault, WORDS } from './words.js';

/** What a request asks, if it came over this wire. */
export function readDeathByCaptcha(request: SentRequest): Question | undefined {
  const sent = formOf(request);
  const asked = readCall(request, sent);
  if (!asked) return undefined;
  const id = String(asked.upstreamIds[0] ?? 0);
  const isJson = request.accept.includes('application/json');
  return {
    ...asked,
    wire: 'deathbycaptcha',
    key: keyIn(sent),
    say: (answer) => toReply(answer, { id: Number(id), isJson }),
  };
}

type Sent = Readonly<Record<string, unknown>>;

function readCall(
  { method, wholePath }: SentRequest,
  sent: Sent,
): Omit<Question, 'wire' | 'key' | 'say'> | undefined {
  const isPost = method === 'POST';
  if (isPost && wholePath.endsWith('/captcha')) return { call: 'submit', upstreamIds: [], ...readTask(sent) };
  const [, id, report] = /\/captcha\/([^/]+)(\/report)?$/.exec(wholePath) ?? [];
  if (id !== undefined && report !== undefined && isPost) {
    return { call: 'report', upstreamIds: [id], isGood: false };
  }
  if (id !== undefined && report === undefined && !isPost)
    return { call: 'poll', upstreamIds: [id], isOpen: true };
  const isSigned = 'authtoken' in sent || 'username' in sent;
  const isAccount = wholePath.endsWith('/user') || (wholePath.endsWith('/') && isSigned);
  return isAccount ? { call: 'balance', upstreamIds: [] } : undefined;
}

/** As the operator writes it: `user:password`, or the token. */
function keyIn({ authtoken, username, password }: Sent): string {
  if (username === undefined) return asText(authtoken) ?? '';
  return `${asText(username) ?? ''}:${asText(password) ?? ''}`;
}

function readTask(sent: Sent): Pick<Question, 'task' | 'fault'> {
  try {
    return { task: wire.fromParts(sent).task };
  } catch (thrown) {
    return { fault: spellFault('deathbycaptcha', asSolveError(thrown)) };
  }
}

interface Form {
  /** The task that is asked about. */
  readonly id: number;
  /** Callers that do not ask for JSON get urlencoded text. */
  readonly isJson: boolean;
}

function toReply(answer: Answer, { id, isJson }: Form): Reply {
  const said = say(answer, id);
  const status = statusOf(answer);
  const redirect = answer.status === 'accepted' ? { location: `/api/captcha/${answer.task.upstreamId}` } : {};
  if (isJson) return { status, type: 'application/json', body: JSON.stringify(said), ...redirect };
  const pairs = Object.entries(said).map(([name, value]): [string, string] => [name, urlencoded(value)]);
  const body = new URLSearchParams(pairs).toString();
  return { status, type: 'application/x-www-form-urlencoded', body, ...redirect };
}

function urlencoded(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return value === null ? '' : String(value);
}

/** A task that nobody could solve has a text like any other. */
function statusOf(answer: Answer): number {
  if (answer.status === 'accepted') return 303;
  if (answer.status !== 'refused' || answer.code === WORDS.deathbycaptcha.unsolvable) return 200;
  if (answer.code === WORDS.deathbycaptcha.notFound) return 404;
  return STATUS_OF[meaningOf('deathbycaptcha', answer.code) ?? ''] ?? 400;
}

const STATUS_OF: Readonly<Record<string, number>> = {
  auth: 403,
  banned: 403,
  zero_balance: 403,
  unsupported: 501,
  no_slot: 503,
};

function say(answer: Answer, id: number): Readonly<Record<string, unknown>> {
  switch (answer.status) {
    case 'accepted':
      return { status: 0, captcha: answer.task.upstreamId, text: '', is_correct: true };
    case 'solved':
      return { status: 0, captcha: answer.task.upstreamId, text: textOf(answer.task), is_correct: true };
    case 'refused':
      return refusal(answer.code, id);
    case 'balance':
      return { status: 0, user: 1, rate: 0.139, balance: toCents(answer.balanceUsd), is_banned: false };
    case 'recorded':
      return { status: 0, captcha: id, text: 'reported', is_correct: false };
    default:
      return { status: 0, captcha: id, text: null, is_correct: false };
  }
}

function refusal(code: string, id: number): Readonly<Record<string, unknown>> {
  const { unsolvable, notFound } = WORDS.deathbycaptcha;
  if (code === unsolvable) return { status: 0, captcha: id, text: code, is_correct: false };
  return code === notFound ? { captcha: 0 } : { status: 255, error: code };
}

function toCents(usd: number): number {
  return Number((usd * 100).toFixed(3));
}

function textOf({ task, solution }: AcceptedTask): string {
  const row = isKind(task.kind) ? wire.DEATHBYCAPTCHA_KINDS[task.kind] : undefined;
  return row ? wire.sayText(task, row, solution) : '';
}
