/** Text from elsewhere as it may be told: without what could be a key, a login, an address's secrets, a token or an image. */
import { proxyAddress } from './proxy.js';
import type { TaskRecord } from './record.js';
import type { Task } from './task.js';

/** What stands where something was left out. */
export const BLANK = '***';

/** Longer text is cut: nobody reads it, and an answer may be a whole page. */
const LONGEST = 500;

type Rule = readonly [pattern: RegExp, told: string | ((found: string, ...groups: string[]) => string)];

const NAMES =
  'api[-_ ]?key|client[-_ ]?key|access[-_ ]?key|key|token|password|passwd|pwd|secret|authorization|cookie';

const RULES: readonly Rule[] = [
  [/\bdata:[^\s,;]*(?:;[^\s,]*)?,\S+/gi, BLANK],
  // Of an address only the host is told: login, path and query may each hold a secret.
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>|\\)\]}]+/gi, hostOnly],
  [/[^\s"'<>/:@]+:[^\s"'<>/@]+@[^\s"'<>]+/g, BLANK],
  [/\b(bearer|basic)\s+[^\s"',;]{4,}/gi, `$1 ${BLANK}`],
  [new RegExp(`\\b(${NAMES})(["']?\\s*=\\s*["']?)[^\\s"',;&]+`, 'gi'), `$1$2${BLANK}`],
  // A colon stands in sentences too: there a value is what has a digit, or is longer than words are.
  [
    new RegExp(`\\b(${NAMES})(["']?\\s*:\\s*["']?)(?:[^\\s"',;&]*\\d[^\\s"',;&]*|[^\\s"',;&]{12,})`, 'gi'),
    `$1$2${BLANK}`,
  ],
  [/[A-Za-z0-9+/_=-]{20,}/g, blankRun],
];

/** The text without anything that looks like a secret, on one line, cut to `longest` characters. */
export function tellable(text: string, longest = LONGEST): string {
  // Most texts are short words in which there is nothing to look for.
  if (text.length < 20 && /^[\w.,; -]*$/.test(text)) return text.slice(0, longest);
  let told = text.slice(0, longest * 4);
  for (const [pattern, by] of RULES) told = told.replace(pattern, by as string);
  return told.replace(/\p{Cc}+/gu, ' ').slice(0, longest);
}

/** The parts of a task's record in which its secrets are. */
export interface Holder extends Pick<TaskRecord, 'task' | 'solution'> {
  readonly options: Pick<TaskRecord['options'], 'meta' | 'callbackUrl'>;
}

/** Blanks what one task holds that nobody else may see, wherever a text repeats it, and then whatever looks secret. */
export function tellableOf(holder: Holder): (text: string, longest?: number) => string {
  let known: readonly string[] | undefined;
  return (text, longest) => {
    known ??= secretsOf(holder);
    return tellable(withoutSecrets(text, known), longest);
  };
}

/** The same for what a provider says, who is told a task's inputs and nothing else of it. */
export function tellableOfInputs(task: Task): (text: string) => string {
  return tellableOf({ task, solution: null, options: {} });
}

/** The text with each of these secrets blanked. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let told = text;
  for (const secret of secrets) if (told.includes(secret)) told = told.replaceAll(secret, BLANK);
  return told;
}

const LONGEST_ID = 64;

/** A provider's id of a task, which may look like anything; what is longer than any id may be a token. */
export function idOf(upstreamId: string | number): string {
  const text = String(upstreamId);
  return text.length > LONGEST_ID ? BLANK : text;
}

/** The same; an id that repeats a secret of the task is none either. */
export function tellableId(upstreamId: string | number, holder: Holder): string {
  const id = idOf(upstreamId);
  // Most ids are running numbers, and most tasks end: their secrets are not looked up for nothing.
  if (/^\d{1,20}$/.test(id)) return id;
  const isSecret = secretsOf(holder).some((secret) => secret.length >= SHORTEST_IN_ID && id.includes(secret));
  return isSecret ? BLANK : id;
}

/** Shorter text is part of too many words. */
const SHORTEST_SECRET = 4;
const SHORTEST_IN_ID = 8;
/** Told in any case: what a task is, and where it stands. */
const PUBLIC: ReadonlySet<string> = new Set(['kind', 'pageUrl', 'redirectUri', 'proxy']);

/** Solution, proxy, and every input of the task; longest first, so that none is blanked in part. */
function secretsOf({ task, solution, options }: Holder): readonly string[] {
  const inputs = Object.entries(task).flatMap(([name, value]) => (PUBLIC.has(name) ? [] : textsIn(value)));
  const { host, username, password } = task.proxy ?? {};
  const proxy = task.proxy ? [proxyAddress(task.proxy), host, username, password] : [];
  const all = [...inputs, ...proxy, ...textsIn(solution), ...textsIn(options.meta), options.callbackUrl];
  const long = all.flatMap((text) => (text !== undefined && text.length >= SHORTEST_SECRET ? [text] : []));
  return [...new Set(long)].sort((one, other) => other.length - one.length);
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function hostOnly(address: string): string {
  if (!URL.canParse(address)) return BLANK;
  const { protocol, host, pathname, search, hash } = new URL(address);
  return `${protocol}//${host}${pathname.length > 1 || search !== '' || hash !== '' ? '/…' : ''}`;
}

/** A run without a blank in it; of a path only the parts that look like chance are left out. */
function blankRun(run: string): string {
  const isName = (text: string) => text.split(/[_-]+/).every(isWord);
  if (run.split('/').every(isName)) return run;
  if (!run.startsWith('/') || /[+=]/.test(run)) return BLANK;
  const isShort = (text: string) => text.split(/[_-]+/).every((part) => part.length < 8 || isWord(part));
  return run
    .split('/')
    .map((part) => (isShort(part) ? part : BLANK))
    .join('/');
}

/** Part of a name or code, as people write them: letters of one case, humps, short numbers; chance looks otherwise. */
function isWord(part: string): boolean {
  return /^(?:[A-Z]{0,18}|[a-z]{0,18}(?:[A-Z][a-z]{2,18}|[A-Za-z]\d{1,2}){0,8}|\d{1,6})$/.test(part);
}
