/** What the contract has to know of the two wires: how their answers look, and how a request reads back. */
import type { Provider, UpstreamReply, UpstreamRequest } from '../../src/core/provider.js';
import { factsOf, type Kind, type Task } from '../../src/core/task.js';
import { fromFields, sayResult } from '../../src/wire/classic.js';
import { fromMembers, saySolution } from '../../src/wire/json.js';

export interface Answers {
  readonly accepted: object;
  readonly pending: object;
  readonly solved: (kind: Kind) => object;
  readonly refused: (code: string) => object;
  readonly unsolvable: string;
  readonly notFound: string;
  readonly balance: object;
  readonly reported: object;
  /** The task that a submit asks for, as our own door would read it. */
  readonly readBack: (request: UpstreamRequest) => {
    readonly task: Task;
    readonly ignored: readonly string[];
  };
}

/** One text for each member of the solution. */
export function solutionOf(kind: Kind): Record<string, string> {
  return { [factsOf(kind).solution[0]]: 'the-answer' };
}

export const ANSWERS: Readonly<Record<Provider['wire'], Answers>> = {
  classic: {
    accepted: { status: 1, request: '73548291' },
    pending: { status: 0, request: 'CAPCHA_NOT_READY' },
    solved: (kind) => Object(sayResult(kind, solutionOf(kind), true)),
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
    solved: (kind) => ({ errorId: 0, status: 'ready', solution: saySolution(kind, solutionOf(kind)) }),
    refused: (code) => ({ errorId: 1, errorCode: code, errorDescription: code }),
    unsolvable: 'ERROR_CAPTCHA_UNSOLVABLE',
    notFound: 'ERROR_NO_SUCH_CAPCHA_ID',
    balance: { errorId: 0, balance: 12.5 },
    reported: { errorId: 0, status: 'success' },
    readBack: ({ json }) => fromMembers(JSON.parse(JSON.stringify(json)).task),
  },
};

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
