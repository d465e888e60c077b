/** in.php and res.php: how tasks, answers and errors are spelled there, in both directions. */
import { SolveError } from '../core/errors.js';
import type { FieldName } from '../core/fields.js';
import { type CallerProxy, PROXY_SCHEMES, parseProxy, proxyAddress } from '../core/proxy.js';
import { type Kind, passedKind, type Task } from '../core/task.js';
import { CLASSIC_CODES } from './classic-codes.js';
import { CLASSIC_KINDS, type ClassicRow } from './classic-kinds.js';
import { CodeTable, type Question } from './codes.js';
import { first, onlyS, type ReadTask, readPlain, readTask, refusesTask, setFields } from './rows.js';
import { SentFields } from './sent-fields.js';
import { isObject, parseJson, wordOf } from './values.js';

export { CLASSIC_KINDS, type ClassicRow } from './classic-kinds.js';

/** The wire's codes as every service uses them. */
export const classicCodes = new CodeTable(CLASSIC_CODES);

/** Why this row cannot carry the task; undefined when it can. */
export function refusesFields(task: Task, row: ClassicRow): string | undefined {
  const refusal = refusesTask(task, row);
  if (refusal) return refusal;
  if (task.enterprisePayload && !onlyS(task.enterprisePayload)) return 'cannot pass enterprisePayload';
  return undefined;
}

/** The parameters of an in.php submit, without key and json; what the row has no name for goes along as it came. */
export function toFields(task: Task, row?: ClassicRow): Record<string, string> {
  const fields: Record<string, string> = {};
  if (row && row.method !== '') fields.method = row.method;
  Object.assign(fields, row?.fixed);
  for (const [name, value] of setFields(task)) {
    const spellings = row?.names[name];
    if (spellings !== undefined)
      putField(fields, name, first(spellings), row?.writes?.[name]?.(value) ?? value);
  }
  const passed = task.passed?.wire === 'classic' ? task.passed.fields : {};
  for (const [name, value] of Object.entries(passed)) fields[name] ??= asPassed(value);
  return fields;
}

function asPassed(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function putField(fields: Record<string, string>, name: FieldName, wireName: string, value: unknown): void {
  if (name === 'proxy') {
    const proxy = value as CallerProxy;
    fields[wireName] = proxyAddress(proxy);
    fields.proxytype = proxy.scheme.toUpperCase();
    return;
  }
  if (name === 'data' && isObject(value)) {
    for (const [key, text] of Object.entries(value)) fields[`${wireName}[${key}]`] = String(text);
    return;
  }
  if (wireName.endsWith('#') && Array.isArray(value)) {
    for (const [index, item] of value.entries())
      fields[wireName.replace('#', String(index + 1))] = String(item);
    return;
  }
  fields[wireName] = asParameter(name, value);
}

function asParameter(name: FieldName, value: unknown): string {
  if (value === true) return '1';
  if (name === 'cookies') return pairs(value as Record<string, string>);
  if (name === 'enterprisePayload') return onlyS(value as Record<string, unknown>) ?? '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function pairs(cookies: Readonly<Record<string, string>>): string {
  return Object.entries(cookies)
    .map(([name, value]) => `${name}:${value}`)
    .join(';');
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

/** Parameters that are about the conversation and never belong to a task. */
const CONVERSATION: ReadonlySet<string> = new Set(['key', 'json', 'header_acao', 'pingback']);

/**
 * The task that a client's in.php parameters describe: of a kind, or in its own words where there is none.
 * `files` names the parameters that came as files.
 * @throws SolveError the code of the first wrong field, or `bad_request` without a method.
 */
export function fromFields(sent: Readonly<Record<string, unknown>>, files: readonly string[] = []): ReadTask {
  const fields = new SentFields(sent);
  const found = findKind(fields);
  if (!found) return passThrough(fields, sent, files);
  const [kind, row] = found;
  const { task, ignored } = readTask(kind, row, fields, { envelope: ENVELOPE, readValue: readField });
  if (ignored.length === 0) return { task, ignored };
  const extras = Object.entries(fields.all()).filter(
    ([name]) => ignored.includes(name) && !CONVERSATION.has(name.toLowerCase()),
  );
  if (extras.length === 0) return { task, ignored };
  return { task: { ...task, passed: { wire: 'classic', fields: Object.fromEntries(extras) } }, ignored };
}

/** Of what nobody here understands, an empty field may be the one that counts. */
function passThrough(
  fields: SentFields,
  sent: Readonly<Record<string, unknown>>,
  files: readonly string[],
): ReadTask {
  const name = [fields.get('method'), fields.get('img_type')].map(wordOf).filter(Boolean).join('/');
  const own = Object.entries(sent).filter(
    ([key, value]) => value !== null && value !== undefined && !CONVERSATION.has(key.toLowerCase()),
  );
  const passed = {
    wire: 'classic',
    fields: Object.fromEntries(own),
    ...(files.length > 0 && { files }),
  } as const;
  return { task: { kind: passedKind('classic', name), passed }, ignored: [] };
}

/** An image or a question may come without a method. */
const WITHOUT_METHOD = ['body', 'file', 'raw64', 'textcaptcha'] as const;

function findKind(fields: SentFields): [Kind, ClassicRow] | undefined {
  const method = wordOf(fields.get('method')).toLowerCase();
  if (method === '' && !fields.has(WITHOUT_METHOD))
    throw new SolveError('bad_request', { detail: 'method is missing.' });
  for (const [kind, row] of Object.entries(CLASSIC_KINDS) as [Kind, ClassicRow][]) {
    const isMethod = row.method === method || row.alsoMethods?.includes(method) === true;
    if (isMethod && (row.is?.(fields) ?? true)) return [kind, row];
  }
  return undefined;
}

function readField(fields: SentFields, name: FieldName, spellings: string | readonly string[]): unknown {
  if (name === 'data') return readBracketed(fields, first(spellings));
  if (first(spellings).endsWith('#')) return readNumbered(fields, first(spellings).slice(0, -1));
  const value = fields.get(spellings);
  if (value === undefined) return undefined;
  if (name === 'proxy') return readProxy(value, fields.get('proxytype'));
  if (name === 'enterprisePayload') return isObject(value) ? value : { s: wordOf(value) };
  if (name === 'cookies' && isObject(value)) return value;
  if (name === 'steps') return typeof value === 'string' ? (parseJson(value) ?? value) : value;
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
    return isObject(parsed) ? parsed : wordOf(whole);
  }
  const found = Object.entries(fields.bracketed(name)).map(([inner, value]) => [inner, wordOf(value)]);
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

function readNumbered(fields: SentFields, prefix: string): unknown {
  const found = fields.numbered(prefix);
  return found.length > 0 ? found : undefined;
}

/** Our word for an error, as the answer to a submit or a poll. */
export function spellError(error: SolveError, question: Question): string {
  if (error.code === 'auth' && error.evidence.isMalformed) return 'ERROR_WRONG_USER_KEY';
  return classicCodes.spell(error, question);
}
