/** What is asked on createTask and getTaskResult, as a table. */
import type { UpstreamReply, UpstreamRequest } from '../core/provider.js';
import type { Kind } from '../core/task.js';
import { JSON_KINDS, toMembers } from '../wire/json.js';
import * as answers from '../wire/json-answers.js';
import type { Question } from './finding.js';
import { balance, known, offered, refused, refusedAs } from './judges.js';

/** No service has a call, a type or a key of this name. */
const NOBODYS_CALL = '/captchaGatewayProbe';
const NOBODYS_TYPE = 'CaptchaGatewayProbeTask';
const NOBODYS_KEY = 'f'.repeat(32);
/** Long ago, and somebody else's. */
const TASK_ID = { taskId: 1 } as const;

function call(path: `/${string}`, json: object): UpstreamRequest {
  return { method: 'POST', path, key: 'json.clientKey', json };
}

function readResult(reply: UpstreamReply): unknown {
  return answers.readResult(reply, answers.passedSolution);
}

function readAccepted(reply: UpstreamReply): unknown {
  return answers.readAccepted(reply, answers.passedSolution);
}

const submit = { read: readAccepted, isSubmit: true } as const;

/** A report on a task that nobody has; whose name the call bears is told in brackets. */
function report(path: `/${string}`, whose: string, json: object = {}): Question {
  return {
    about: path.slice(1),
    asked: `${path.slice(1)} taskId=1 (${whose})`,
    request: call(path, { ...TASK_ID, ...json }),
    read: answers.readReported,
    judge: offered,
  };
}

/** In the order in which they are asked: who has no answer to the first two does not speak this wire. */
export const JSON_QUESTIONS: readonly Question[] = [
  {
    about: 'balance',
    asked: 'getBalance',
    request: call('/getBalance', {}),
    read: answers.readBalance,
    judge: balance,
    isNeeded: true,
    isBalance: true,
  },
  {
    about: 'unknown id',
    asked: 'getTaskResult taskId=1',
    request: call('/getTaskResult', TASK_ID),
    read: readResult,
    judge: refusedAs(['task_not_found'], 'a lost task is polled until it is given up'),
    isNeeded: true,
  },
  {
    about: 'unknown call',
    asked: NOBODYS_CALL.slice(1),
    request: call(NOBODYS_CALL, {}),
    read: readResult,
    judge: refused,
  },
  report('/reportCorrect', '2Captcha'),
  report('/reportIncorrect', '2Captcha'),
  report('/reportCorrectRecaptcha', 'Anti-Captcha'),
  report('/reportIncorrectRecaptcha', 'Anti-Captcha'),
  report('/reportIncorrectImageCaptcha', 'Anti-Captcha'),
  report('/feedbackTask', 'CapSolver', { result: { invalid: false } }),
  {
    about: 'submit without task',
    asked: 'createTask without a task',
    request: call('/createTask', {}),
    ...submit,
    judge: refused,
    isNeeded: true,
  },
  {
    about: 'unknown method',
    asked: `createTask type=${NOBODYS_TYPE}`,
    request: call('/createTask', { task: { type: NOBODYS_TYPE } }),
    ...submit,
    judge: refusedAs(['unsupported'], 'a kind it does not solve is not told from a fault of your client'),
  },
];

/** Asked last: a wrong key may bring a ban. */
export const JSON_LAST: readonly Question[] = [
  {
    about: 'wrong key',
    asked: 'getTaskResult with a wrong key',
    request: { ...call('/getTaskResult', { ...TASK_ID, clientKey: NOBODYS_KEY }), key: 'none' },
    read: readResult,
    judge: refusedAs(['auth'], 'a key that is withdrawn is not noticed here'),
  },
];

/** Whether the service knows a kind: its type without any input, which costs nothing. */
export function jsonKindQuestion(kind: Kind): Question | undefined {
  const row = JSON_KINDS[kind];
  if (!row) return undefined;
  const task = { ...toMembers({ kind }, row), type: row.type ?? row.proxied };
  const shown = Object.entries(task).map(([name, value]) => `${name}=${asShown(value)}`);
  return {
    about: `kind ${kind}`,
    asked: `createTask ${shown.join(' ')}`,
    request: call('/createTask', { task }),
    ...submit,
    judge: known,
  };
}

function asShown(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
