/** createTask and getTaskResult: how tasks, answers and errors are spelled there, in both directions. */
import { SolveError } from '../core/errors.js';
import type { FieldName } from '../core/fields.js';
import type { Accepted, Solved, UpstreamId, UpstreamReply } from '../core/provider.js';
import { type CallerProxy, hostInText, PROXY_SCHEMES, parseProxy } from '../core/proxy.js';
import { asText, type Solution } from '../core/solution.js';
import type { Kind, Task } from '../core/task.js';
import { CodeTable, type Question, type Spelling } from './codes.js';
import { JSON_CODES } from './json-codes.js';
import { JSON_KINDS, type JsonRow } from './json-kinds.js';
import {
  first,
  isObject,
  keepBigNumber,
  parseJson,
  putAt,
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

export { JSON_KINDS, type JsonRow } from './json-kinds.js';

/** The wire's codes as every service uses them. */
export const jsonCodes = new CodeTable(JSON_CODES);

/** How a service wants the caller's proxy: as members of its own, or as one text. */
export type ProxyShape = 'split' | 'text';

/** Why this row cannot carry the task; undefined when it can. */
export function refusesMembers(task: Task, row: JsonRow): string | undefined {
  if (task.proxy && row.proxied === null) return 'cannot pass proxy';
  const name = unspoken(task, row.names);
  return name ? `cannot pass ${name}` : undefined;
}

/** The `task` member of a createTask. */
export function toMembers(
  task: Task,
  row: JsonRow,
  proxyShape: ProxyShape = 'split',
): Record<string, unknown> {
  const members: Record<string, unknown> = { type: (task.proxy && row.proxied) || row.type, ...row.fixed };
  for (const [name, value] of setFields(task)) {
    const spellings = row.names[name];
    if (spellings === undefined) continue;
    if (name === 'proxy') Object.assign(members, sayProxy(value as CallerProxy, proxyShape));
    else putAt(members, first(spellings), asMember(name, value));
  }
  return members;
}

function asMember(name: FieldName, value: unknown): unknown {
  if (name === 'data') return JSON.stringify(value);
  if (name !== 'cookies') return value;
  const cookies = Object.entries(value as Record<string, string>);
  return cookies.map(([key, text]) => `${key}=${text}`).join('; ');
}

function sayProxy(proxy: CallerProxy, shape: ProxyShape): Record<string, unknown> {
  const { scheme, host, port, username, password } = proxy;
  if (shape === 'text') {
    const parts = [
      scheme,
      hostInText(proxy),
      port,
      ...(username === undefined ? [] : [username, password ?? '']),
    ];
    return { proxy: parts.join(':') };
  }
  return {
    proxyType: scheme,
    proxyAddress: host,
    proxyPort: port,
    ...(username === undefined ? {} : { proxyLogin: username }),
    ...(password === undefined ? {} : { proxyPassword: password }),
  };
}

const ENVELOPE: ReadonlySet<string> = new Set([
  'type',
  'version',
  'isenterprise',
  'proxytype',
  'proxyaddress',
  'proxyport',
  'proxylogin',
  'proxypassword',
  'websitestoken',
  'softid',
  'soft_id',
  'appid',
]);

/**
 * The task that a client's createTask describes.
 * @throws SolveError `unsupported` for a type nobody knows, or the code of the first wrong field.
 */
export function fromMembers(sent: Readonly<Record<string, unknown>>): ReadTask {
  const members = new SentFields(sent);
  const [kind, row] = findKind(members);
  return readTask(kind, row, members, { envelope: ENVELOPE, readValue: readMember });
}

function findKind(members: SentFields): [Kind, JsonRow] {
  const type = wordOf(members.get('type')).toLowerCase();
  for (const [kind, row] of Object.entries(JSON_KINDS) as [Kind, JsonRow][]) {
    if (typesOf(row).has(type) && (row.is?.(members) ?? true)) return [kind, row];
  }
  throw new SolveError('unsupported', { detail: `No such task type: ${type.slice(0, 100)}` });
}

const types = new WeakMap<JsonRow, ReadonlySet<string>>();

function typesOf(row: JsonRow): ReadonlySet<string> {
  const known = types.get(row);
  if (known) return known;
  const names = [row.type, row.proxied ?? row.type, ...(row.alsoTypes ?? [])];
  const set = new Set(names.map((name) => name.toLowerCase()));
  types.set(row, set);
  return set;
}

function readMember(members: SentFields, name: FieldName, spellings: string | readonly string[]): unknown {
  if (name === 'proxy') return readProxy(members);
  const value = members.get(spellings);
  if (value === undefined) return undefined;
  if (name === 'data') return readData(value);
  if (name === 'enterprisePayload' && typeof value === 'string') return readPayload(value);
  if (name === 'cookies') return readCookies(value);
  return readPlain(name, value);
}

/** Some clients send an object, some its text, some the bare blob. */
function readData(value: unknown): unknown {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  return isObject(parsed) ? parsed : { blob: wordOf(value) };
}

/** An object's text, or the bare `s`. */
function readPayload(text: string): unknown {
  const parsed = parseJson(text);
  return isObject(parsed) ? parsed : { s: text };
}

/** Text, a map, or a list of `{ name, value }`. */
function readCookies(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return Object.fromEntries(
    value.filter(isObject).map(({ name, value: text }) => [wordOf(name), wordOf(text)]),
  );
}

function readProxy(members: SentFields): unknown {
  const whole = members.get('proxy');
  const type = wordOf(members.get('proxyType') ?? 'http').toLowerCase();
  const scheme = PROXY_SCHEMES.find((known) => known === type);
  if (typeof whole === 'string') return parseProxy(whole, scheme ?? 'http') ?? whole;
  if (whole !== undefined) return whole;
  const host = members.get('proxyAddress');
  if (host === undefined) return undefined;
  const username = asText(members.get('proxyLogin'));
  const password = asText(members.get('proxyPassword'));
  return {
    scheme: scheme ?? type,
    host,
    port: members.get('proxyPort'),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
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
  kind: Kind,
  row: JsonRow,
  codes: CodeTable = jsonCodes,
): Accepted {
  const root = readRoot(reply, 'submit', codes);
  const upstreamId = asId(root.taskId);
  if (root.status === 'ready') {
    const solved = readSolved(root, kind, row);
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
  kind: Kind,
  row: JsonRow,
  codes: CodeTable = jsonCodes,
): Solved | undefined {
  const root = readRoot(reply, 'poll', codes);
  if (root.status === 'ready') {
    const solved = readSolved(root, kind, row);
    if (solved) return solved;
    throw badReply(reply);
  }
  if (root.status === 'failed') throw new SolveError('unsolvable', { detail: 'The service says: failed.' });
  // Any other word with errorId 0 (idle, pending, processing) means that somebody is still at it.
  if (typeof root.status !== 'string' || root.errorId === undefined) throw badReply(reply);
  return undefined;
}

function readSolved(root: unknown, kind: Kind, row: JsonRow): Solved | undefined {
  const solution = readAnswer(kind, row.answer, valueAt(root, 'solution'));
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

/** Words that differ from the classic wire's. */
const OWN_SPELLING: Spelling = {
  bad_sitekey: 'ERROR_RECAPTCHA_INVALID_SITEKEY',
  unsupported: 'ERROR_TASK_NOT_SUPPORTED',
  task_not_found: 'ERROR_NO_SUCH_CAPCHA_ID',
};

/** Our word for an error, as the answer to a submit or a poll. */
export function spellError(error: SolveError, question: Question): string {
  return jsonCodes.spell(error, question, OWN_SPELLING);
}

/** The `solution` member of a finished task. */
export function saySolution(kind: Kind, solution: Solution): Record<string, unknown> {
  const row = JSON_KINDS[kind];
  const said = sayAnswer(row?.answer ?? {}, solution);
  for (const [member, path] of Object.entries(row?.repeats ?? {})) putAt(said, path, solution[member]);
  return said;
}
