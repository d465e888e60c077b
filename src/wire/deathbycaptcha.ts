/** DeathByCaptcha's own REST interface: how tasks, answers and errors are spelled there, in both directions. */
import { SolveError } from '../core/errors.js';
import type { FieldName } from '../core/fields.js';
import type { Accepted, Solved, UpstreamId, UpstreamReply } from '../core/provider.js';
import { type CallerProxy, PROXY_SCHEMES, parseProxy, proxyAddress } from '../core/proxy.js';
import { asText, type Point, type Solution } from '../core/solution.js';
import { factsOf, isKind, type Kind, type Task } from '../core/task.js';
import { CodeTable, type Question } from './codes.js';
import { DEATHBYCAPTCHA_CODES } from './deathbycaptcha-codes.js';
import { DEATHBYCAPTCHA_KINDS, type DeathByCaptchaRow } from './deathbycaptcha-kinds.js';
import {
  first,
  type ReadTask,
  readAnswer,
  readPlain,
  readTask,
  type Spellings,
  sayAnswer,
  setFields,
} from './rows.js';
import { SentFields } from './sent-fields.js';
import { isObject, keepBigNumber, parseJson, wordOf } from './values.js';

export { DEATHBYCAPTCHA_KINDS, type DeathByCaptchaRow } from './deathbycaptcha-kinds.js';

export const deathByCaptchaCodes = new CodeTable(DEATHBYCAPTCHA_CODES);

/** The parts of an upload, without the credentials. */
export function toParts(task: Task, row: DeathByCaptchaRow): Record<string, string> {
  const inputs: Record<string, unknown> = {};
  for (const [name, value] of setFields(task)) {
    const spellings = row.names[name];
    if (spellings === undefined) continue;
    Object.assign(
      inputs,
      name === 'proxy' ? sayProxy(value as CallerProxy) : { [first(spellings)]: sayInput(name, value) },
    );
  }
  const type = String(row.type);
  if (row.params !== undefined) return { type, [row.params]: JSON.stringify(inputs) };
  return {
    type,
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)])),
  };
}

const IMAGES: ReadonlySet<FieldName> = new Set(['imageBase64', 'instructionImageBase64']);
/** Tells an image in text from one in a file. */
const IN_TEXT = 'base64:';

function sayInput(name: FieldName, value: unknown): unknown {
  return IMAGES.has(name) ? `${IN_TEXT}${String(value)}` : value;
}

function sayProxy(proxy: CallerProxy): Readonly<Record<string, string>> {
  return { proxy: `${proxy.scheme}://${proxyAddress(proxy)}`, proxytype: proxy.scheme.toUpperCase() };
}

const ENVELOPE: ReadonlySet<string> = new Set(['type', 'username', 'password', 'authtoken', 'proxytype']);

/**
 * The task that an upload describes.
 * @throws SolveError `unsupported` for a type nobody knows, or the code of the first wrong field.
 */
export function fromParts(sent: Readonly<Record<string, unknown>>): ReadTask {
  const parts = new SentFields(sent);
  const [kind, row] = findKind(parts);
  const read = { envelope: ENVELOPE, readValue };
  if (row.params === undefined) return readTask(kind, row, parts, read);
  const params = parseJson(wordOf(parts.get(row.params)));
  const { task, ignored } = readTask(kind, row, new SentFields(isObject(params) ? params : {}), read);
  return { task, ignored: [...ignored, ...parts.unread(ENVELOPE)] };
}

function findKind(parts: SentFields): [Kind, DeathByCaptchaRow] {
  const type = wordOf(parts.get('type')) || '0';
  for (const [kind, row] of Object.entries(DEATHBYCAPTCHA_KINDS)) {
    if (isKind(kind) && String(row.type) === type) return [kind, row];
  }
  throw new SolveError('unsupported', { detail: `No such type: ${type.slice(0, 100)}` });
}

function readValue(sent: SentFields, name: FieldName, spellings: Spellings): unknown {
  const value = sent.get(spellings);
  if (value === undefined) return undefined;
  if (name === 'proxy') return readProxy(wordOf(value), wordOf(sent.get('proxytype')));
  if (IMAGES.has(name)) return wordOf(value).replace(/^base64:/, '');
  return readPlain(name, value);
}

function readProxy(text: string, type: string): unknown {
  return (
    parseProxy(
      text,
      PROXY_SCHEMES.find((scheme) => scheme === type.toLowerCase()),
    ) ?? text
  );
}

type Root = Readonly<Record<string, unknown>>;

/**
 * The answer's members; empty where only the HTTP status and its headers say anything.
 * @throws SolveError for the service's own words, whatever the HTTP status.
 */
function readRoot({ body }: UpstreamReply, question: Question): Root {
  const root = parseJson(keepBigNumber(body, 'captcha'));
  if (!isObject(root)) return {};
  const word = asText(root.error)?.trim();
  const error = word ? deathByCaptchaCodes.toError(spellingOf(word), question) : undefined;
  if (error) throw error;
  return root;
}

const SPELLINGS: ReadonlyMap<string, string> = new Map(
  DEATHBYCAPTCHA_CODES.map(([spelling]) => [plain(spelling), spelling]),
);

/** Its sentences come with and without a full stop, and in either case. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[.!]+$/, '');
}

function spellingOf(word: string): string {
  return SPELLINGS.get(plain(word)) ?? word;
}

/** What is left to say of an answer without anything that was asked for: its status, unless somebody else's page came. */
function nothingIn(reply: UpstreamReply, question: Question): SolveError {
  const { status, body } = reply;
  const isPage = body.trimStart().startsWith('<') && status !== 413;
  const word = `HTTP ${status}`;
  const error =
    !isPage && deathByCaptchaCodes.find(word) ? deathByCaptchaCodes.toError(word, question) : undefined;
  const what = body.trim() === '' ? 'an empty body' : 'something else than an answer';
  return error ?? new SolveError('bad_reply', { detail: `${word} with ${what}.` });
}

function idIn({ captcha }: Root): UpstreamId | undefined {
  if (typeof captcha === 'number' && Number.isSafeInteger(captcha) && captcha > 0) return captcha;
  return typeof captcha === 'string' && /^[1-9]\d{0,30}$/.test(captcha) ? captcha : undefined;
}

/** The id of an accepted task: in the body, or else where the 303 points to. */
export function readAccepted(reply: UpstreamReply): Accepted {
  const upstreamId = idIn(readRoot(reply, 'submit')) ?? idAt(reply);
  if (upstreamId === undefined) throw nothingIn(reply, 'submit');
  return { upstreamId };
}

function idAt({ status, location = '' }: UpstreamReply): UpstreamId | undefined {
  const digits = status === 303 ? /\/captcha\/([1-9]\d{0,30})\/?$/.exec(location)?.[1] : undefined;
  if (digits === undefined) return undefined;
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : digits;
}

/** The solution, or undefined while it is being worked on. */
export function readResult(reply: UpstreamReply, { kind }: Task, row: DeathByCaptchaRow): Solved | undefined {
  const root = readRoot(reply, 'poll');
  if (root.captcha === 0) throw new SolveError('task_not_found', { upstreamCode: 'captcha 0' });
  if (idIn(root) === undefined) throw nothingIn(reply, 'poll');
  // Until there is a text, one description has is_correct false and another has it true.
  if (root.text === null || root.text === undefined || root.text === '') return undefined;
  const text = asText(root.text)?.trim();
  if (text === '') return undefined;
  if (text === '?') throw new SolveError('unsolvable', { upstreamCode: '?' });
  if (isFalse(root.is_correct)) throw new SolveError('unsolvable', { upstreamCode: 'is_correct false' });
  const solution = text && readAnswer(kind, row, row.isObject ? parseJson(text) : text);
  if (!solution) throw new SolveError('bad_reply', { detail: `The text is no answer to ${kind}.` });
  return { solution };
}

function isFalse(value: unknown): boolean {
  return value === false || value === 0 || value === '0' || value === 'false';
}

/** The account's money in USD; the service tells it in cents. */
export function readBalance(reply: UpstreamReply): number {
  const root = readRoot(reply, 'submit');
  if (root.is_banned === true)
    throw deathByCaptchaCodes.toError('banned', 'submit') ?? nothingIn(reply, 'submit');
  if (root.user === 0) throw new SolveError('auth', { upstreamCode: 'user 0' });
  const cents = Number(asText(root.balance)?.trim() || NaN);
  if (!Number.isFinite(cents)) throw nothingIn(reply, 'submit');
  return cents / 100;
}

/** A report was taken: the task is not correct any more. */
export function readReported(reply: UpstreamReply): void {
  // Too late, somebody else's, or reported too often: nothing that another try could change.
  if (reply.status === 503) throw new SolveError('task_not_found', { upstreamCode: 'HTTP 503' });
  const root = readRoot(reply, 'poll');
  if (root.captcha === 0) throw new SolveError('task_not_found', { upstreamCode: 'captcha 0' });
  if (idIn(root) === undefined || !isFalse(root.is_correct)) throw nothingIn(reply, 'poll');
}

/** The text of a finished task. */
export function sayText(task: Task, row: DeathByCaptchaRow, solution: Solution): string {
  if (row.isObject) return JSON.stringify(sayAnswer(row.answer, solution, task));
  const value = solution[factsOf(task.kind).solution[0]];
  if (row.answer.coordinates !== undefined)
    return JSON.stringify((value as readonly Point[]).map(({ x, y }) => [x, y]));
  return Array.isArray(value) ? JSON.stringify(value) : String(value);
}
