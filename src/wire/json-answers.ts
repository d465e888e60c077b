/** What createTask and getTaskResult answer, read and said. */
import { SolveError } from '../core/errors.js';
import type { Accepted, Solved, UpstreamId, UpstreamReply } from '../core/provider.js';
import { asText, type Solution } from '../core/solution.js';
import { isKind, type Kind, type Task } from '../core/task.js';
import type { CodeTable, Question } from './codes.js';
import { jsonCodes } from './json.js';
import { JSON_KINDS, type JsonForm, type JsonRow } from './json-kinds.js';
import { readAnswer, sayAnswer } from './rows.js';
import { isObject, keepBigNumber, parseJson, putAt, valueAt, wordOf } from './values.js';

/** How the members of one task's solution read: by a kind's row, or as they are. */
export type ReadSolution = (root: unknown) => Solution | undefined;

/** Reads a kind's solution. */
export function solutionOf(kind: Kind, row: JsonRow): ReadSolution {
  return (root) => readAnswer(kind, row, valueAt(root, 'solution'));
}

/** The solution of a passed-through task, member for member. */
export function passedSolution(root: unknown): Solution | undefined {
  const solution = valueAt(root, 'solution');
  return isObject(solution) && Object.keys(solution).length > 0 ? solution : undefined;
}

/** Whether there is an object to be read, whatever it says. */
export function isAnswer({ body }: UpstreamReply): boolean {
  return isObject(parseJson(body));
}

/** @throws SolveError for an error of this wire, whatever the HTTP status, and `bad_reply` for anything else. */
function readRoot(
  reply: UpstreamReply,
  question: Question,
  codes: CodeTable,
): Readonly<Record<string, unknown>> {
  const root = parseJson(keepBigNumber(reply.body, 'taskId'));
  if (!isObject(root)) throw badReply(reply);
  const code = root.errorCode;
  if (typeof code === 'string' && code !== '') {
    const error = codes.toError(code, question);
    if (error) throw error;
    return { errorId: 0, status: 'processing' };
  }
  if (Number(wordOf(root.errorId)) > 0)
    throw new SolveError('internal', { detail: 'An error without a code.' });
  return root;
}

function badReply(reply: UpstreamReply): SolveError {
  const what = reply.body.trim() === '' ? 'an empty body' : 'something else than an answer';
  return new SolveError('bad_reply', { detail: `HTTP ${reply.status} with ${what}.` });
}

/** The id of an accepted task, with the solution where the service answers at once. */
export function readAccepted(
  reply: UpstreamReply,
  read: ReadSolution,
  codes: CodeTable = jsonCodes,
): Accepted {
  const root = readRoot(reply, 'submit', codes);
  const upstreamId = asId(root.taskId);
  if (root.status === 'ready') {
    const solved = readSolved(root, read);
    if (solved) return { upstreamId, solved };
  }
  if (upstreamId === null) throw badReply(reply);
  return { upstreamId };
}

function asId(value: unknown): UpstreamId | null {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  return typeof value === 'string' && /^[\w-]{1,100}$/.test(value) ? value : null;
}

/** The solution, or undefined while it is being worked on. */
export function readResult(
  reply: UpstreamReply,
  read: ReadSolution,
  codes: CodeTable = jsonCodes,
): Solved | undefined {
  const root = readRoot(reply, 'poll', codes);
  if (root.status === 'ready') {
    const solved = readSolved(root, read);
    if (solved) return solved;
    throw badReply(reply);
  }
  if (root.status === 'failed' || root.status === 'error')
    throw new SolveError('unsolvable', { detail: 'The service says: failed.' });
  // Any other word with errorId 0 (idle, pending, processing) means that somebody is still at it.
  if (typeof root.status !== 'string' || root.errorId === undefined) throw badReply(reply);
  return undefined;
}

function readSolved(root: unknown, read: ReadSolution): Solved | undefined {
  const solution = read(root);
  if (!solution) return undefined;
  const cost = Number(asText(valueAt(root, 'cost')));
  return { solution, costUsd: Number.isFinite(cost) ? cost : undefined };
}

/** The account's money. */
export function readBalance(reply: UpstreamReply, codes: CodeTable = jsonCodes): number | null {
  const amount = Number(asText(readRoot(reply, 'submit', codes).balance)?.trim() || NaN);
  if (!Number.isFinite(amount)) throw badReply(reply);
  return amount;
}

/** A report was taken, now or before. */
export function readReported(reply: UpstreamReply, codes: CodeTable = jsonCodes): void {
  if (asText(readRoot(reply, 'poll', codes).errorId) !== '0') throw badReply(reply);
}

/** The `solution` member of a finished task, in the form of the type it was asked under. */
export function saySolution(task: Task, solution: Solution, type?: string): Record<string, unknown> {
  if (!isKind(task.kind)) return { ...solution };
  const row = JSON_KINDS[task.kind];
  const forms = row?.forms ?? {};
  const form = type !== undefined && Object.hasOwn(forms, type) ? forms[type] : undefined;
  if (form) return sayAnswer(form.answer, spelled(solution, task, form.says), task);
  const said = sayAnswer(row?.answer ?? {}, solution, task);
  for (const [member, path] of Object.entries(row?.repeats ?? {})) putAt(said, path, solution[member]);
  return said;
}

/** The type name to remember with a task, where its clients expect the solution in a form of its own. */
export function formOf({ kind }: Task, type: string): { readonly type?: string } {
  const forms = isKind(kind) ? JSON_KINDS[kind]?.forms : undefined;
  return forms && Object.hasOwn(forms, type) ? { type } : {};
}

function spelled(solution: Solution, task: Task, says: JsonForm['says'] = {}): Solution {
  const said = Object.entries(says).filter(([member]) => solution[member] !== undefined);
  return {
    ...solution,
    ...Object.fromEntries(said.map(([member, say]) => [member, say(solution[member], task)])),
  };
}
