/** What the contract has to know of the wires: how their answers look, and how a request reads back. */
import type { Provider, UpstreamReply, UpstreamRequest } from '../../src/core/provider.js';
import { factsOf, type Kind, type Task } from '../../src/core/task.js';
import { fromFields } from '../../src/wire/classic.js';
import { sayResult } from '../../src/wire/classic-answers.js';
import { fromMembers, typeOf } from '../../src/wire/json.js';
import { saySolution } from '../../src/wire/json-answers.js';
import { valueAt } from '../../src/wire/values.js';
import { sampleTask } from '../support/sample-tasks.js';
import { sampleSolution } from '../wire/solutions.js';
import { REST_ANSWERS, REST_WORDS } from './wires-rest.js';

export interface Answers {
  readonly accepted: object;
  readonly pending: object;
  /** A finished task; the request tells under which type it was asked. */
  readonly solved: (kind: Kind, request: UpstreamRequest) => object;
  readonly refused: (code: string) => object;
  readonly unsolvable: string;
  readonly notFound: string;
  readonly balance: object;
  readonly reported: object;
  /** The task that a submit asks for, as our own door would read it from a client of this flavour. */
  readonly readBack: (
    request: UpstreamRequest,
    flavour: string,
  ) => {
    readonly task: Task;
    readonly ignored: readonly string[];
  };
}

/** A value of the right shape for the main member of a kind's solution. */
export function solutionOf(kind: Kind): Record<string, unknown> {
  return sampleSolution(kind, factsOf(kind).solution.slice(0, 1));
}

export const ANSWERS: Readonly<Record<Provider['wire'], Answers>> = {
  ...REST_ANSWERS,
  classic: {
    accepted: { status: 1, request: '73548291' },
    pending: { status: 0, request: 'CAPCHA_NOT_READY' },
    solved: (kind) => Object(sayResult(sampleTask(kind), solutionOf(kind), { asJson: true })),
    refused: (code) => ({ status: 0, request: code }),
    unsolvable: 'ERROR_CAPTCHA_UNSOLVABLE',
    notFound: 'ERROR_WRONG_CAPTCHA_ID',
    balance: { status: 1, request: '12.5' },
    reported: { status: 1, request: 'OK_REPORT_RECORDED' },
    readBack: ({ form }) =>
      fromFields(Object.fromEntries(new URLSearchParams(new URLSearchParams(form).toString()))),
  },
  json: {
    accepted: { errorId: 0, taskId: 73548291 },
    pending: { errorId: 0, status: 'processing' },
    solved: (kind, { json }) => {
      const type = typeOf(Object(valueAt(json, 'task')));
      return { errorId: 0, status: 'ready', solution: saySolution(sampleTask(kind), solutionOf(kind), type) };
    },
    refused: (code) => ({ errorId: 1, errorCode: code, errorDescription: code }),
    unsolvable: 'ERROR_CAPTCHA_UNSOLVABLE',
    notFound: 'ERROR_NO_SUCH_CAPCHA_ID',
    balance: { errorId: 0, balance: 12.5 },
    reported: { errorId: 0, status: 'success' },
    readBack: ({ json }, flavour) => fromMembers(JSON.parse(JSON.stringify(json)).task, flavour),
  },
};

const COMMON_WORDS = {
  auth: 'ERROR_KEY_DOES_NOT_EXIST',
  zeroBalance: 'ERROR_ZERO_BALANCE',
  noSlot: 'ERROR_NO_SLOT_AVAILABLE',
} as const;

/** The words for what every service refuses one day. */
export const WORDS = { ...REST_WORDS, classic: COMMON_WORDS, json: COMMON_WORDS } as const;

export function reply(body: unknown, status = 200): UpstreamReply {
  return { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** Bodies that services, proxies and firewalls have sent in place of an answer. */
export const GARBAGE = [
  '',
  ' ',
  'null',
  'true',
  '0',
  '[]',
  '{}',
  '""',
  '"text"',
  '{"status":0}',
  '{"status":1}',
  '{"errorId":0}',
  '{"status":null,"request":null}',
  '{"status":1,"request":{}}',
  '{"status":1,"request":[]}',
  '{"ok":true}',
  '{"errorId":0,"status":"ready"}',
  '{"errorId":0,"status":"ready","solution":{}}',
  '{"result":"error"}',
  '<html>502</html>',
  '<!DOCTYPE html><title>Just a moment...</title>',
  'Bad Gateway',
  'upstream connect error',
  'OK',
  'OK|',
  '{"status":1,"request":"tok',
  '{"errorId":0,"taskId":1',
  'junk{"status":1,"request":"token"}',
] as const;
