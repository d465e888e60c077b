/** BestCaptchaSolver's own REST interface: how tasks and answers are spelled there, in both directions. */
import { SolveError } from '../core/errors.js';
import type { FieldName } from '../core/fields.js';
import type { Accepted, Solved, UpstreamId, UpstreamReply } from '../core/provider.js';
import { type CallerProxy, parseProxy, proxyAddress } from '../core/proxy.js';
import { asText, type Solution } from '../core/solution.js';
import { factsOf, isKind, type Kind, type Task } from '../core/task.js';
import { BESTCAPTCHASOLVER_KINDS, type BestCaptchaSolverRow, INVISIBLE } from './bestcaptchasolver-kinds.js';
import { proseError } from './bestcaptchasolver-prose.js';
import type { Question } from './codes.js';
import {
  first,
  type ReadTask,
  readAnswer,
  readPlain,
  readTask,
  refusesTask,
  type Spellings,
  sayAnswer,
  setFields,
} from './rows.js';
import { SentFields } from './sent-fields.js';
import { isObject, keepBigNumber, parseJson, putAt, wordOf } from './values.js';

export { BESTCAPTCHASOLVER_KINDS, type BestCaptchaSolverRow } from './bestcaptchasolver-kinds.js';
export { meaningOfProse } from './bestcaptchasolver-prose.js';

/** Why this row cannot carry the task; undefined when it can. The wire has no place for the sort of a proxy. */
export function refusesMembers(task: Task, row: BestCaptchaSolverRow): string | undefined {
  const isOtherProxy = task.proxy !== undefined && task.proxy.scheme !== 'http';
  return refusesTask(task, row) ?? (isOtherProxy ? 'cannot pass proxy' : undefined);
}

/** The members of a submit, without the access token. */
export function toMembers(task: Task, row: BestCaptchaSolverRow): Record<string, unknown> {
  const members: Record<string, unknown> = row.type === undefined ? {} : { type: row.type };
  for (const [name, value] of setFields(task)) {
    const spellings = row.names[name];
    if (spellings === undefined) continue;
    const write = row.writes?.[name] ?? WRITES[name];
    const said = write ? write(value) : value;
    if (said !== undefined) putAt(members, first(spellings), said);
  }
  return members;
}

const WRITES: Readonly<Partial<Record<FieldName, (value: unknown) => unknown>>> = {
  proxy: (value) => proxyAddress(value as CallerProxy),
  data: (value) => JSON.stringify(value),
  cookies: (value) =>
    Object.entries(value as object)
      .map(([name, text]) => `${name}=${text}`)
      .join(';'),
};

const ENVELOPE: ReadonlySet<string> = new Set(['access_token', 'type', 'affiliate_id']);

/**
 * The task that a submit to this path describes.
 * @throws SolveError `unsupported` for a path nobody knows, or the code of the first wrong field.
 */
export function fromMembers(path: string, sent: Readonly<Record<string, unknown>>): ReadTask {
  const members = new SentFields(sent);
  const [kind, row] = findKind(path, members);
  return readTask(kind, row, members, { envelope: ENVELOPE, readValue });
}

function findKind(path: string, members: SentFields): [Kind, BestCaptchaSolverRow] {
  const type = Number(wordOf(members.get('type')) || 1);
  const wanted = type === INVISIBLE ? 1 : type;
  for (const [kind, row] of Object.entries(BESTCAPTCHASOLVER_KINDS)) {
    if (isKind(kind) && row.path === path && (row.type ?? wanted) === wanted) return [kind, row];
  }
  throw new SolveError('unsupported', { detail: `No such path: ${path.slice(0, 100)}` });
}

function readValue(sent: SentFields, name: FieldName, spellings: Spellings): unknown {
  const value = sent.get(spellings);
  if (value === undefined) return undefined;
  if (name === 'proxy') return parseProxy(wordOf(value), 'http') ?? wordOf(value);
  if (name === 'invisible' && first(spellings) === 'type')
    return wordOf(value) === String(INVISIBLE) || undefined;
  if (name === 'data') return parseJson(wordOf(value)) ?? value;
  return readPlain(name, value);
}

type Root = Readonly<Record<string, unknown>>;

/** @throws SolveError for the service's own words, whatever the HTTP status, and `bad_reply` for anything else. */
function readRoot(reply: UpstreamReply, question: Question): Root {
  const root = parseJson(keepBigNumber(reply.body, 'id'));
  if (!isObject(root)) throw badReply(reply);
  const prose = asText(root.error)?.trim();
  if (prose) throw proseError(prose, question);
  if (root.status === 'error') throw new SolveError('internal', { detail: 'An error without a word.' });
  return root;
}

function badReply({ status, body }: UpstreamReply): SolveError {
  const what = body.trim() === '' ? 'an empty body' : 'something else than an answer';
  return new SolveError('bad_reply', { detail: `HTTP ${status} with ${what}.` });
}

/** The id of an accepted task. */
export function readAccepted(reply: UpstreamReply): Accepted {
  const upstreamId = asId(readRoot(reply, 'submit').id);
  if (upstreamId === undefined) throw badReply(reply);
  return { upstreamId };
}

function asId(value: unknown): UpstreamId | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  return typeof value === 'string' && /^[\w-]{1,100}$/.test(value) ? value : undefined;
}

const PENDING: ReadonlySet<unknown> = new Set(['pending', 'submitted']);

/** The solution, or undefined while it is being worked on. */
export function readResult(
  reply: UpstreamReply,
  { kind }: Task,
  row: BestCaptchaSolverRow,
): Solved | undefined {
  const root = readRoot(reply, 'poll');
  if (PENDING.has(root.status)) return undefined;
  const said = root[row.member];
  const isJsonText = hasMembers(row) && typeof said === 'string';
  const solution = readAnswer(kind, row, isJsonText ? parseJson(said) : said);
  if (!solution) throw badReply(reply);
  return { solution };
}

/** Whether the solution is an object, or the JSON text of one. */
function hasMembers({ answer }: BestCaptchaSolverRow): boolean {
  return !Object.values(answer).includes('');
}

/** The account's money in USD. */
export function readBalance(reply: UpstreamReply): number {
  const amount = Number(asText(readRoot(reply, 'submit').balance)?.trim() || NaN);
  if (!Number.isFinite(amount)) throw badReply(reply);
  return amount;
}

/** A report was taken. */
export function readReported(reply: UpstreamReply): void {
  if (typeof readRoot(reply, 'poll').status !== 'string') throw badReply(reply);
}

/** The member of a finished task's answer that holds its solution. */
export function saySolution(
  task: Task,
  row: BestCaptchaSolverRow,
  solution: Solution,
): Record<string, unknown> {
  const said = hasMembers(row)
    ? sayAnswer(row.answer, solution, task)
    : solution[factsOf(task.kind).solution[0]];
  return { [row.member]: said };
}
