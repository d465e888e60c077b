/** What in.php and res.php answer, read and said. */
import { type Opens, SolveError } from '../core/errors.js';
import type { Accepted, Polled, Solved, UpstreamReply } from '../core/provider.js';
import { asText, type Solution } from '../core/solution.js';
import { isKind, type Kind, type Task, type TaskKind } from '../core/task.js';
import { classicCodes } from './classic.js';
import { CLASSIC_KINDS, type ClassicRow } from './classic-kinds.js';
import type { CodeTable } from './codes.js';
import { readAnswer, sayAnswer } from './rows.js';
import { asNumber, isObject, keepBigNumber, parseJson, valueAt } from './values.js';

/** An answer in one shape, whether it came as JSON or as plain text. */
interface Reply {
  readonly isDone: boolean;
  /** False where nothing but the members of a solution can tell that it is done. */
  readonly isStated: boolean;
  /** The code of an answer that is not done. */
  readonly code: string;
  readonly root: unknown;
}

/** @throws SolveError `bad_reply` for anything that is no answer of this wire. */
function readReply(reply: UpstreamReply, codes: CodeTable): Reply {
  const body = reply.body.trim();
  const parsed = parseJson(keepBigNumber(body, 'request'));
  if (isObject(parsed)) return readObject(parsed);
  if (body.startsWith('OK|')) return done({ request: body.slice(3) });
  const word = typeof parsed === 'string' ? parsed : body;
  if (isCode(word, codes)) return refused(word);
  throw badReply(reply);
}

function done(root: Readonly<Record<string, unknown>>, isStated = true): Reply {
  return { isDone: true, isStated, code: '', root };
}

function refused(code: string): Reply {
  return { isDone: false, isStated: true, code, root: {} };
}

function readObject(root: Readonly<Record<string, unknown>>): Reply {
  const { status, request } = root;
  if (status === 1 || status === '1' || status === true) {
    const isWaiting = request === 'CAPCHA_NOT_READY' || request === 'CAPTCHA_NOT_READY';
    return isWaiting ? refused(request) : done(root);
  }
  if (typeof request === 'string' && request !== '') return refused(request);
  // CaptchaAI leaves the status out of GeeTest's successes.
  if (status === undefined && (request === undefined || isObject(request))) return done(root, false);
  throw new SolveError('bad_reply', { detail: 'The answer has neither a result nor a code.' });
}

function badReply(reply: UpstreamReply): SolveError {
  const what = reply.body.trim() === '' ? 'an empty body' : 'something else than an answer';
  return new SolveError('bad_reply', { detail: `HTTP ${reply.status} with ${what}.` });
}

/** The id of an accepted task. */
export function readAccepted(reply: UpstreamReply, codes: CodeTable = classicCodes): Accepted {
  const { isDone, code, root } = readReply(reply, codes);
  if (!isDone) throw codes.toError(code, 'submit') ?? badReply(reply);
  const id = valueAt(root, 'request');
  if (typeof id === 'number' && Number.isSafeInteger(id) && id > 0) return { upstreamId: id };
  if (typeof id === 'string' && /^[\w-]{1,100}$/.test(id)) return { upstreamId: id };
  throw badReply(reply);
}

/** The solution that comes with the submit. */
export function readInstant(
  reply: UpstreamReply,
  kind: TaskKind,
  row: ClassicRow,
  codes: CodeTable = classicCodes,
): Accepted {
  const { isDone, code, root } = readReply(reply, codes);
  if (!isDone) throw codes.toError(code, 'submit') ?? badReply(reply);
  const solution = readAnswer(kind, row, root);
  if (!solution) throw badReply(reply);
  return { upstreamId: null, solved: { solution, costUsd: priceIn(root) } };
}

/** The solution, or undefined while it is being worked on. */
export function readResult(
  reply: UpstreamReply,
  kind: TaskKind,
  row: ClassicRow,
  codes: CodeTable = classicCodes,
): Solved | undefined {
  const { isDone, isStated, code, root } = readReply(reply, codes);
  if (!isDone) {
    const error = codes.toError(code, 'poll');
    if (error) throw error;
    return undefined;
  }
  const solution = readAnswer(kind, row, row.isObject ? unfold(root) : root);
  if (!solution || !(isStated || row.isObject)) throw badReply(reply);
  return { solution, costUsd: priceIn(root) };
}

/** A result that can be told from a code and from its neighbours: long, and without a pipe or a blank. */
const TOKEN = /^(?!ERROR)[\w.~+/=:@$%!*,;-]{20,}$/;

/** Kinds whose answer is one token without a pipe; what is said beside it to a single id is no part of the solution. */
const ONE_TOKEN: ReadonlySet<TaskKind> = new Set<Kind>([
  'recaptcha_v2',
  'recaptcha_v2_enterprise',
  'recaptcha_v3',
  'recaptcha_v3_enterprise',
  'turnstile',
]);

/** Whether the answer to this task can stand among others: with cookies of its own it says more than a token. */
export function isOneToken({ kind, cookies }: Task): boolean {
  return ONE_TOKEN.has(kind) && cookies === undefined;
}

/** The answers to `ids`, in their order; null when they cannot be told apart. */
export function readSeveral(
  reply: UpstreamReply,
  kinds: readonly { readonly kind: TaskKind; readonly row: ClassicRow }[],
  codes: CodeTable = classicCodes,
): readonly Polled[] | null {
  const parts = reply.body.trim().split('|');
  if (parts.length === kinds.length && parts.length > 1)
    return parts.map((part, index) => readPart(part.trim(), kinds[index], codes));
  if (parts.length > 1 && parts.every((part) => TOKEN.test(part) || isCode(part, codes))) return null;
  const { isDone, code } = readReply(reply, codes);
  const error = isDone ? undefined : codes.toError(code, 'poll');
  // A word about the account is one about every task; one about a task, said of all together, is none.
  if (error && (ABOUT_ALL.has(error.opens) || error.next === 'wait')) throw error;
  return null;
}

function isCode(part: string, codes: CodeTable): boolean {
  return codes.find(part) !== undefined || /^[A-Z][A-Z0-9_]{3,60}$/.test(part);
}

const ABOUT_ALL: ReadonlySet<Opens> = new Set(['key', 'ban', 'money'] as const);

function readPart(
  part: string,
  asked: { readonly kind: TaskKind; readonly row: ClassicRow } | undefined,
  codes: CodeTable,
): Polled {
  if (isCode(part, codes)) return codes.toError(part, 'poll');
  const solution =
    asked && TOKEN.test(part) ? readAnswer(asked.kind, asked.row, { request: part }) : undefined;
  if (solution) return { solution };
  return new SolveError('bad_reply', { detail: 'One of several answers is neither a token nor a code.' });
}

function priceIn(root: unknown): number | undefined {
  const price = Number(asText(valueAt(root, 'price')));
  return Number.isFinite(price) ? price : undefined;
}

/** The answer of a passed-through task, member for member; undefined while it is being worked on. */
export function readPassed(reply: UpstreamReply, codes: CodeTable = classicCodes): Solved | undefined {
  const { isDone, isStated, code, root } = readReply(reply, codes);
  if (!isDone) {
    const error = codes.toError(code, 'poll');
    if (error) throw error;
    return undefined;
  }
  const { status: _status, price: _price, ...solution } = isObject(root) ? root : {};
  if (!isStated || solution.request === undefined || solution.request === '') throw badReply(reply);
  return { solution, costUsd: priceIn(root) };
}

/** Plain text carries objects as JSON text, CaptchaAI's as `name:value,name:value`. */
function unfold(root: unknown): unknown {
  const request = valueAt(root, 'request');
  if (typeof request !== 'string') return root;
  const parsed = parseJson(request);
  if (isObject(parsed)) return { request: parsed };
  const members = [...request.matchAll(/(\w+):([^,]+)/g)].map(([, name = '', value = '']) => [name, value]);
  return { request: Object.fromEntries(members) };
}

/** The account's money; null where the service says it in other words than a number. */
export function readBalance(reply: UpstreamReply, codes: CodeTable = classicCodes): number | null {
  const { isDone, code, root } = readReplyOrNumber(reply, codes);
  if (!isDone) throw codes.toError(code, 'submit') ?? badReply(reply);
  const text = asText(valueAt(root, 'request'))?.trim();
  if (!text) throw badReply(reply);
  return Number.isFinite(Number(text)) ? Number(text) : null;
}

/** What a service may call the threads of a plan, all told; no page shows an answer (seen 2026-11-22). */
const THREADS = [
  'threads',
  'total_threads',
  'max_threads',
  'request.threads',
  'request.total_threads',
  'request',
];

/** The number of threads in threadsinfo; null when there is none to be found. @throws SolveError for a refusal. */
export function readThreads(reply: UpstreamReply, codes: CodeTable = classicCodes): number | null {
  const { isDone, isStated, code, root } = readReplyOrNumber(reply, codes);
  if (isStated && !isDone) throw codes.toError(code, 'submit') ?? badReply(reply);
  for (const path of THREADS) {
    const count = asNumber(valueAt(root, path));
    if (typeof count === 'number' && Number.isInteger(count) && count > 0) return count;
  }
  return null;
}

/** getbalance answers a bare number in plain mode. */
function readReplyOrNumber(reply: UpstreamReply, codes: CodeTable): Reply {
  const body = reply.body.trim();
  return /^-?\d+(\.\d+)?$/.test(body) ? done({ request: body }) : readReply(reply, codes);
}

/** A report was taken, now or before. */
export function readReported(reply: UpstreamReply, codes: CodeTable = classicCodes): void {
  const { isDone, isStated, code } = readReply(reply, codes);
  if (!isStated) throw badReply(reply);
  if (isDone || code === 'OK_REPORT_RECORDED') return;
  const error = codes.toError(code, 'poll');
  if (error) throw error;
}

/** How the client of a poll wants to hear a solution. */
export interface Saying {
  readonly asJson: boolean;
  readonly flavour?: string | undefined;
}

/** What `res.php` says of a solution: text for tokens and texts, an object or its JSON text for the rest. */
export function sayResult(
  task: Task,
  solution: Solution,
  { asJson, flavour }: Saying,
): Record<string, unknown> | string {
  const row = isKind(task.kind) ? CLASSIC_KINDS[task.kind] : undefined;
  const answer = (flavour === 'captchaai' && row?.captchaai) || row?.answer;
  const said = answer ? sayAnswer(answer, spelled(solution, row), task) : asRequest(solution);
  if (asJson) return { status: 1, ...said };
  const plain = row?.plain?.(said.request) ?? said.request;
  return `OK|${typeof plain === 'object' ? JSON.stringify(plain) : String(plain)}`;
}

/** A task of another wire may be polled here too; one of this wire has its `request` already. */
function asRequest(solution: Solution): Solution {
  return solution.request === undefined ? { request: solution } : solution;
}

function spelled(solution: Solution, row: ClassicRow | undefined): Solution {
  const says = Object.entries(row?.says ?? {}).filter(([member]) => solution[member] !== undefined);
  return { ...solution, ...Object.fromEntries(says.map(([member, say]) => [member, say(solution[member])])) };
}
