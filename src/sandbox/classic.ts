/** in.php and res.php, from the service's side. */
import { asSolveError } from '../core/errors.js';
import type { UpstreamId } from '../core/provider.js';
import { asText } from '../core/solution.js';
import * as wire from '../wire/classic.js';
import { sayResult } from '../wire/classic-answers.js';
import { isObject } from '../wire/values.js';
import type { AcceptedTask } from './accepted-task.js';
import { type Answer, type Question, type Reply, readAddress, readId } from './question.js';
import { formOf, type SentRequest } from './request.js';
import { spellFault, WORDS } from './words.js';

interface Form {
  readonly isJson: boolean;
  /** get2 tells the price beside the result. */
  readonly withPrice: boolean;
  /** The service whose particulars the answer has. */
  readonly flavour: string | undefined;
}

/** What a request to in.php or res.php asks. */
export function readClassic(request: SentRequest, flavour?: string): Question {
  const sent = formOf(request);
  const action = asText(sent.action)?.toLowerCase();
  const isSubmit = request.path === '/in.php';
  const form = { isJson: isSwitchedOn(sent.json), withPrice: !isSubmit && action === 'get2', flavour };
  const common = {
    wire: 'classic',
    key: asText(sent.key) ?? '',
    say: (answer: Answer) => toReply(answer, form),
  } as const;
  if (isSubmit) {
    const callbackUrl = readAddress(sent.pingback);
    return { ...common, call: 'submit', upstreamIds: [], callbackUrl, ...readTask(sent, request.files) };
  }
  if (action === 'getbalance') return { ...common, call: 'balance', upstreamIds: [] };
  if (action === 'threadsinfo') return { ...common, call: 'balance', isAboutThreads: true, upstreamIds: [] };
  if (action === 'reportgood' || action === 'reportbad') {
    return { ...common, call: 'report', upstreamIds: [readId(sent.id)], isGood: action === 'reportgood' };
  }
  const fault = action === 'get' || action === 'get2' ? undefined : WORDS.classic.unknownAction;
  return { ...common, call: 'poll', upstreamIds: idsOf(sent), fault };
}

function isSwitchedOn(value: unknown): boolean {
  return value === 1 || value === true || value === '1' || value === 'true';
}

function idsOf(sent: Readonly<Record<string, unknown>>): readonly UpstreamId[] {
  return asText(sent.ids)?.split(',') ?? [readId(sent.id)];
}

function readTask(
  sent: Readonly<Record<string, unknown>>,
  files: readonly string[] = [],
): Pick<Question, 'task' | 'fault'> {
  try {
    return { task: wire.fromFields(sent, files).task };
  } catch (thrown) {
    return { fault: spellFault('classic', asSolveError(thrown)) };
  }
}

function toReply(answer: Answer, form: Form): Reply {
  if (form.isJson) {
    return {
      status: 200,
      type: 'application/json; charset=utf-8',
      body: JSON.stringify(sayJson(answer, form)),
    };
  }
  return { status: 200, type: 'text/plain; charset=utf-8', body: sayPlain(answer, form) };
}

function sayJson(answer: Answer, form: Form): Readonly<Record<string, unknown>> {
  switch (answer.status) {
    case 'accepted':
      return { status: 1, request: answer.task.upstreamId };
    case 'solved':
      return { ...solved(answer.task, form), ...(form.withPrice ? { price: priceOf(answer.task) } : {}) };
    case 'pending':
      return { status: 0, request: 'CAPCHA_NOT_READY' };
    case 'refused':
      return { status: 0, request: answer.code, error_text: `The sandbox says ${answer.code}.` };
    case 'threads': {
      const { threads, working } = answer;
      return { status: 1, threads, working_threads: working, free_threads: Math.max(0, threads - working) };
    }
    default:
      return { status: 1, request: sayPlain(answer, form) };
  }
}

function sayPlain(answer: Answer, form: Form): string {
  switch (answer.status) {
    case 'accepted':
      return `OK|${answer.task.upstreamId}`;
    case 'solved': {
      const { task, solution } = answer.task;
      const result = sayResult(task, solution, { asJson: false, flavour: form.flavour });
      return form.withPrice ? `${String(result)}|${priceOf(answer.task)}` : String(result);
    }
    case 'pending':
      return 'CAPCHA_NOT_READY';
    case 'refused':
      return answer.code;
    case 'balance':
      return String(answer.balanceUsd);
    case 'threads':
      return `threads:${answer.threads},working_threads:${answer.working}`;
    case 'recorded':
      return 'OK_REPORT_RECORDED';
    case 'several':
      return answer.answers.map((one) => sayPlain(one, form).replace(/^OK\|/, '')).join('|');
  }
}

function solved(task: AcceptedTask, { flavour }: Form): Readonly<Record<string, unknown>> {
  const result = sayResult(task.task, task.solution, { asJson: true, flavour });
  return isObject(result) ? result : {};
}

function priceOf(task: AcceptedTask): string {
  return task.costUsd.toFixed(5);
}
