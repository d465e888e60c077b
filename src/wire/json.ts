/** createTask and getTaskResult: how tasks, answers and errors are spelled there, in both directions. */
import { SolveError } from '../core/errors.js';
import type { FieldName } from '../core/fields.js';
import { type CallerProxy, hostInText, PROXY_SCHEMES, parseProxy, proxyAddress } from '../core/proxy.js';
import { asText } from '../core/solution.js';
import { type Kind, passedKind, type Task } from '../core/task.js';
import { CodeTable, type Question, type Spelling } from './codes.js';
import { JSON_CODES } from './json-codes.js';
import { JSON_KINDS, type JsonRow } from './json-kinds.js';
import { first, type ReadTask, readPlain, readTask, refusesTask, setFields } from './rows.js';
import { SentFields } from './sent-fields.js';
import { isObject, parseJson, putAt, wordOf } from './values.js';

export { JSON_KINDS, type JsonRow } from './json-kinds.js';

/** The wire's codes as every service uses them. */
export const jsonCodes = new CodeTable(JSON_CODES);

/** How a service wants the caller's proxy: as members of its own, as `scheme:host:port:user:pass`, or as a URL. */
export type ProxyShape = 'split' | 'text' | 'url';

/** Why this row cannot carry the task; undefined when it can. */
export function refusesMembers(task: Task, row: JsonRow): string | undefined {
  if (task.proxy && row.proxied === null) return 'cannot pass proxy';
  if (!task.proxy && row.type === null) return 'needs proxy';
  return refusesTask(task, row);
}

/** The `task` member of a createTask; what the row has no name for goes along as it came. */
export function toMembers(
  task: Task,
  row?: JsonRow,
  proxyShape: ProxyShape = 'split',
): Record<string, unknown> {
  const members: Record<string, unknown> = row ? { type: (task.proxy && row.proxied) || row.type } : {};
  for (const [path, value] of Object.entries(row?.fixed ?? {})) putAt(members, path, value);
  for (const [name, value] of setFields(task)) {
    const spellings = row?.names[name];
    if (spellings === undefined) continue;
    if (name === 'proxy') Object.assign(members, sayProxy(value as CallerProxy, proxyShape));
    else putAt(members, first(spellings), row?.writes?.[name]?.(value) ?? asMember(name, value));
  }
  return task.passed?.wire === 'json' ? { ...task.passed.fields, ...members } : members;
}

function asMember(name: FieldName, value: unknown): unknown {
  if (name === 'challengeJson' || (name === 'data' && isObject(value))) return JSON.stringify(value);
  if (name !== 'cookies') return value;
  const cookies = Object.entries(value as Record<string, string>);
  return cookies.map(([key, text]) => `${key}=${text}`).join('; ');
}

function sayProxy(proxy: CallerProxy, shape: ProxyShape): Record<string, unknown> {
  const { scheme, host, port, username, password } = proxy;
  if (shape === 'url') return { proxy: `${scheme}://${proxyAddress(proxy)}` };
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
 * The task that a client's createTask describes: of a kind, or in its own words where there is none.
 * @throws SolveError the code of the first wrong field, or `bad_request` without a type.
 */
export function fromMembers(sent: Readonly<Record<string, unknown>>, flavour?: string): ReadTask {
  const members = new SentFields(sent);
  const found = findKind(members, flavour);
  if (!found)
    return {
      task: { kind: passedKind('json', typeIn(members)), passed: { wire: 'json', fields: sent } },
      ignored: [],
    };
  const [kind, row] = found;
  const { task, ignored } = readTask(kind, row, members, { envelope: ENVELOPE, readValue: readMember });
  if (ignored.length === 0) return { task, ignored };
  const extras = Object.entries(members.all()).filter(([name]) => ignored.includes(name));
  return { task: { ...task, passed: { wire: 'json', fields: Object.fromEntries(extras) } }, ignored };
}

/** A type's name; what tells vendors of one type apart follows a slash. Empty when there is none. */
export function typeOf(sent: Readonly<Record<string, unknown>>): string {
  const { type, class: vendor, cloudflareTaskType: mode } = sent;
  if (wordOf(type) === '') return '';
  return [type, vendor ?? mode].map(wordOf).filter(Boolean).join('/').toLowerCase();
}

/** The same, with names in any case. */
function typeIn(members: SentFields): string {
  const [type, vendor, mode] = ['type', 'class', 'cloudflareTaskType'].map((name) => members.get(name));
  return typeOf({ type, class: vendor, cloudflareTaskType: mode });
}

function findKind(members: SentFields, flavour: string | undefined): [Kind, JsonRow] | undefined {
  const type = typeIn(members);
  if (type === '') throw new SolveError('bad_request', { detail: 'type is missing.' });
  for (const [kind, row] of Object.entries(JSON_KINDS) as [Kind, JsonRow][]) {
    if (typesOf(row).has(type) && (row.is?.(members, flavour) ?? true)) return [kind, row];
  }
  return undefined;
}

const types = new WeakMap<JsonRow, ReadonlySet<string>>();

function typesOf(row: JsonRow): ReadonlySet<string> {
  const known = types.get(row);
  if (known) return known;
  const names = [row.type ?? [], row.proxied ?? [], row.alsoTypes ?? []].flat();
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
  // CapMonster takes a list of one where others take the image.
  if (name === 'imageBase64' && Array.isArray(value) && value.length === 1) return value[0];
  return readPlain(name, value);
}

/** Some clients send an object, some its text, some a bare value. */
function readData(value: unknown): unknown {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  return isObject(parsed) ? parsed : wordOf(value);
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
