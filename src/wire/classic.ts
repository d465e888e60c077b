/** in.php and res.php: how tasks, answers and errors are spelled there, in both directions. */
import { SolveError } from '../core/errors.js';
import type { FieldName } from '../core/fields.js';
import type { Accepted, Solved, UpstreamReply } from '../core/provider.js';
import { type CallerProxy, PROXY_SCHEMES, parseProxy, proxyAddress } from '../core/proxy.js';
import { asText, type Solution } from '../core/solution.js';
import type { Kind, Task } from '../core/task.js';
import { CLASSIC_CODES } from './classic-codes.js';
import { CLASSIC_KINDS, type ClassicRow } from './classic-kinds.js';
import { CodeTable, type Question } from './codes.js';
import {
  first,
  isObject,
  keepBigNumber,
  parseJson,
  type ReadTask,
  readAnswer,
  readPlain,
  readTask,
  SentFields,
  sayAnswer,
  setFields,
  unspoken,
  valueAt,
  wordOf,
} from './rows.js';

export { CLASSIC_KINDS, type ClassicRow } from './classic-kinds.js';

/** The wire's codes as every service uses them. */
export const classicCodes = new CodeTable(CLASSIC_CODES);

/** Why this row cannot carry the task; undefined when it can. */
export function refusesFields(task: Task, row: ClassicRow): string | undefined {
  const name = unspoken(task, row.names);
  if (name) return `cannot pass ${name}`;
  if (task.enterprisePayload && !payloadAsDataS(task.enterprisePayload))
    return 'cannot pass enterprisePayload';
  return undefined;
}

/** The parameters of an in.php submit, without key and json. */
export function toFields(task: Task, row: ClassicRow): Record<string, string> {
  const fields: Record<string, string> = {};
  if (row.method !== '') fields.method = row.method;
  Object.assign(fields, row.fixed);
  for (const [name, value] of setFields(task)) {
    const spellings = row.names[name];
    if (spellings !== undefined) putField(fields, name, first(spellings), value);
  }
  return fields;
}

function putField(fields: Record<string, string>, name: FieldName, wireName: string, value: unknown): void {
  if (name === 'proxy') {
    const proxy = value as CallerProxy;
    fields[wireName] = proxyAddress(proxy);
    fields.proxytype = proxy.scheme.toUpperCase();
    return;
  }
  if (name === 'data') {
    for (const [key, text] of Object.entries(value as object)) fields[`${wireName}[${key}]`] = String(text);
    return;
  }
  fields[wireName] = asParameter(name, value);
}

function asParameter(name: FieldName, value: unknown): string {
  if (value === true) return '1';
  if (name === 'cookies') return pairs(value as Record<string, string>);
  if (name === 'enterprisePayload') return payloadAsDataS(value as Record<string, unknown>) ?? '';
  return String(value);
}

function pairs(cookies: Readonly<Record<string, string>>): string {
  return Object.entries(cookies)
    .map(([name, value]) => `${name}:${value}`)
    .join(';');
}

/** The wire has one place for the payload's `s` and none for anything else. */
function payloadAsDataS(payload: Readonly<Record<string, unknown>>): string | undefined {
  const { s, ...rest } = payload;
  return typeof s === 'string' && Object.keys(rest).length === 0 ? s : undefined;
}

/** Parameters that say how to answer, not what to solve. */
const ENVELOPE: ReadonlySet<string> = new Set([
  'key',
  'method',
  'json',
  'soft_id',
  'softguru',
  'header_acao',
  'version',
  'enterprise',
  'proxytype',
  'action',
  'file',
  'body',
  'raw64',
  'sitekey',
  'googlekey',
]);

/**
 * The task that a client's in.php parameters describe.
 * @throws SolveError `unsupported` for a method nobody knows, or the code of the first wrong field.
 */
export function fromFields(sent: Readonly<Record<string, unknown>>): ReadTask {
  const fields = new SentFields(sent);
  const [kind, row] = findKind(fields);
  return readTask(kind, row, fields, { envelope: ENVELOPE, readValue: readField });
}

/** An image or a question may come without a method. */
const WITHOUT_METHOD = ['body', 'file', 'raw64', 'textcaptcha'] as const;

function findKind(fields: SentFields): [Kind, ClassicRow] {
  const method = wordOf(fields.get('method')).toLowerCase();
  if (method === '' && !fields.has(WITHOUT_METHOD))
    throw new SolveError('bad_request', { detail: 'method is missing.' });
  for (const [kind, row] of Object.entries(CLASSIC_KINDS) as [Kind, ClassicRow][]) {
    const isMethod = row.method === method || row.alsoMethods?.includes(method) === true;
    if (isMethod && (row.is?.(fields) ?? true)) return [kind, row];
  }
  throw new SolveError('unsupported', { detail: `No such method: ${method.slice(0, 100)}` });
}

function readField(fields: SentFields, name: FieldName, spellings: string | readonly string[]): unknown {
  if (name === 'data') return readBracketed(fields, first(spellings));
  const value = fields.get(spellings);
  if (value === undefined) return undefined;
  if (name === 'proxy') return readProxy(value, fields.get('proxytype'));
  if (name === 'enterprisePayload') return isObject(value) ? value : { s: wordOf(value) };
  if (name === 'cookies' && isObject(value)) return value;
  return readPlain(name, value);
}

function readProxy(value: unknown, type: unknown): unknown {
  if (typeof value !== 'string') return value;
  const scheme = PROXY_SCHEMES.find((known) => known === wordOf(type ?? 'http').toLowerCase());
  return scheme ? (parseProxy(value, scheme) ?? value) : `${wordOf(type)}://${value}`;
}

/** `data[name]=value`, one each; a JSON body may hold an object, some clients send its text. */
function readBracketed(fields: SentFields, name: string): unknown {
  const whole = fields.get(name);
  if (whole !== undefined) {
    const parsed = typeof whole === 'string' ? parseJson(whole) : whole;
    return isObject(parsed) ? parsed : { blob: wordOf(whole) };
  }
  const found = Object.entries(fields.bracketed(name)).map(([inner, value]) => [inner, wordOf(value)]);
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

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
function readReply(reply: UpstreamReply): Reply {
  const body = reply.body.trim();
  const parsed = parseJson(keepBigNumber(body, 'request'));
  if (isObject(parsed)) return readObject(parsed);
  if (body.startsWith('OK|')) return done({ request: body.slice(3) });
  const word = typeof parsed === 'string' ? parsed : body;
  if (classicCodes.find(word) || /^[A-Z][A-Z0-9_]{3,60}$/.test(word)) return refused(word);
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
  const { isDone, code, root } = readReply(reply);
  if (!isDone) throw codes.toError(code, 'submit') ?? badReply(reply);
  const id = valueAt(root, 'request');
  if (typeof id === 'number' && Number.isSafeInteger(id) && id > 0) return { upstreamId: id };
  if (typeof id === 'string' && /^[\w-]{1,100}$/.test(id)) return { upstreamId: id };
  throw badReply(reply);
}

/** The solution, or undefined while it is being worked on. */
export function readResult(
  reply: UpstreamReply,
  kind: Kind,
  row: ClassicRow,
  codes: CodeTable = classicCodes,
): Solved | undefined {
  const { isDone, isStated, code, root } = readReply(reply);
  if (!isDone) {
    const error = codes.toError(code, 'poll');
    if (error) throw error;
    return undefined;
  }
  const solution = readAnswer(kind, row.answer, row.isObject ? unfold(root) : root);
  if (!solution || !(isStated || row.isObject)) throw badReply(reply);
  const price = Number(asText(valueAt(root, 'price')));
  return { solution, costUsd: Number.isFinite(price) ? price : undefined };
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
  const { isDone, code, root } = readReplyOrNumber(reply);
  if (!isDone) throw codes.toError(code, 'submit') ?? badReply(reply);
  const text = asText(valueAt(root, 'request'))?.trim();
  if (!text) throw badReply(reply);
  return Number.isFinite(Number(text)) ? Number(text) : null;
}

/** getbalance answers a bare number in plain mode. */
function readReplyOrNumber(reply: UpstreamReply): Reply {
  const body = reply.body.trim();
  return /^-?\d+(\.\d+)?$/.test(body) ? done({ request: body }) : readReply(reply);
}

/** A report was taken, now or before. */
export function readReported(reply: UpstreamReply, codes: CodeTable = classicCodes): void {
  const { isDone, isStated, code } = readReply(reply);
  if (!isStated) throw badReply(reply);
  if (isDone || code === 'OK_REPORT_RECORDED') return;
  const error = codes.toError(code, 'poll');
  if (error) throw error;
}

/** Our word for an error, as the answer to a submit or a poll. */
export function spellError(error: SolveError, question: Question): string {
  if (error.code === 'auth' && error.evidence.isMalformed) return 'ERROR_WRONG_USER_KEY';
  return classicCodes.spell(error, question);
}

/** What `res.php` says of a solution: text for tokens and texts, an object or its JSON text for the rest. */
export function sayResult(kind: Kind, solution: Solution, asJson: boolean): Record<string, unknown> | string {
  const row = CLASSIC_KINDS[kind];
  const said = sayAnswer(row?.answer ?? {}, solution);
  if (asJson) return { status: 1, ...said };
  return `OK|${isObject(said.request) ? JSON.stringify(said.request) : String(said.request)}`;
}
