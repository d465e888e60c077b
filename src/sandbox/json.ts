/** createTask, getTaskResult and what belongs to them, from the service's side. */
import { asSolveError } from '../core/errors.js';
import { asText } from '../core/solution.js';
import * as wire from '../wire/json.js';
import { saySolution } from '../wire/json-answers.js';
import { isObject, parseJson } from '../wire/values.js';
import type { AcceptedTask } from './accepted-task.js';
import { type Answer, type Question, type Reply, readAddress, readId } from './question.js';
import type { SentRequest } from './request.js';
import { meaningOf, spellFault, WORDS } from './words.js';

type Body = Readonly<Record<string, unknown>>;
type Asked = Pick<Question, 'call' | 'upstreamIds' | 'isGood' | 'task' | 'type' | 'fault' | 'callbackUrl'>;

/** How the service differs from others on this wire. */
export interface Manner {
  /** CapSolver's statuses around errors. */
  readonly httpErrors: boolean;
  /** The service that tells what a type of two meanings means. */
  readonly flavour: string | undefined;
}

/** What each path asks; the report names are 2Captcha's, Anti-Captcha's, CapMonster's and CapSolver's. */
const PATHS: Readonly<Record<string, (body: Body, flavour: string | undefined) => Asked>> = {
  '/createTask': (body, flavour) => ({
    call: 'submit',
    upstreamIds: [],
    callbackUrl: readAddress(body.callbackUrl),
    ...readTask(body.task, flavour),
  }),
  '/getTaskResult': ({ taskId }) => ({ call: 'poll', upstreamIds: [readId(taskId)] }),
  '/getBalance': () => ({ call: 'balance', upstreamIds: [] }),
  '/reportCorrect': (body) => report(body, true),
  '/reportCorrectRecaptcha': (body) => report(body, true),
  '/reportIncorrect': (body) => report(body, false),
  '/reportIncorrectImageCaptcha': (body) => report(body, false),
  '/reportIncorrectRecaptcha': (body) => report(body, false),
  '/reportIncorrectHcaptcha': (body) => report(body, false),
  '/reportIncorrectTokenCaptcha': (body) => report(body, false),
  '/feedbackTask': (body) => report(body, !(isObject(body.result) && body.result.invalid === true)),
};

/** What a request to the json wire asks. */
export function readJson(request: SentRequest, { httpErrors, flavour }: Manner): Question {
  const body = parseJson(request.body);
  const say = (answer: Answer) => toReply(answer, httpErrors);
  const other = { wire: 'json', call: 'other', key: '', upstreamIds: [], say } as const;
  const echo = () => reply(200, { errorId: 0, request: body ?? null });
  if (request.path === '/test') return { ...other, say: echo };
  const read = Object.hasOwn(PATHS, request.path) ? PATHS[request.path] : undefined;
  if (!read) return { ...other, fault: WORDS.json.unknownAction };
  if (!isObject(body)) return { ...other, fault: WORDS.json.unreadable };
  return { ...other, key: asText(body.clientKey) ?? '', ...read(body, flavour) };
}

function report({ taskId }: Body, isGood: boolean) {
  return { call: 'report', upstreamIds: [readId(taskId)], isGood } as const;
}

function readTask(sent: unknown, flavour: string | undefined): Pick<Question, 'task' | 'type' | 'fault'> {
  if (!isObject(sent)) return { fault: WORDS.json.taskMissing };
  try {
    return { task: wire.fromMembers(sent, flavour).task, type: wire.typeOf(sent) };
  } catch (thrown) {
    return { fault: spellFault('json', asSolveError(thrown)) };
  }
}

function toReply(answer: Answer, httpErrors: boolean): Reply {
  const status = httpErrors && answer.status === 'refused' ? statusOf(answer.code) : 200;
  return reply(status, sayAnswer(answer));
}

function reply(status: number, body: object): Reply {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

function statusOf(code: string): number {
  const meaning = meaningOf('json', code);
  if (meaning === 'auth') return 401;
  return meaning === 'rate_limited' ? 429 : 400;
}

/** An answer as the wire spells it. */
export function sayAnswer(answer: Answer): object {
  switch (answer.status) {
    case 'accepted': {
      const { upstreamId } = answer.task;
      return {
        errorId: 0,
        taskId: upstreamId,
        ...(answer.isSolved ? { status: 'ready', solution: solutionOf(answer.task) } : {}),
      };
    }
    case 'solved':
      return { errorId: 0, status: 'ready', solution: solutionOf(answer.task), ...factsOf(answer.task) };
    case 'pending':
      return { errorId: 0, status: 'processing' };
    case 'refused':
      return { errorId: 1, errorCode: answer.code, errorDescription: `The sandbox says ${answer.code}.` };
    case 'balance':
      return { errorId: 0, balance: answer.balanceUsd };
    // Nobody can ask for threads on this wire.
    case 'threads':
    case 'recorded':
      return { errorId: 0, status: 'success' };
    case 'several':
      return { errorId: 0, results: answer.answers.map(sayAnswer) };
  }
}

function solutionOf({ task, solution, type }: AcceptedTask): Readonly<Record<string, unknown>> {
  return saySolution(task, solution, type);
}

/** Cost as text, times in whole seconds: as 2Captcha and Anti-Captcha send them. */
function factsOf(task: AcceptedTask): object {
  return {
    cost: task.costUsd.toFixed(5),
    ip: '127.0.0.1',
    createTime: Math.floor(task.acceptedAt / 1_000),
    endTime: Math.floor(task.readyAt / 1_000),
    solveCount: 1,
  };
}
