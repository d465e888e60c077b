/** Why a command was not done: its exit code, and what is said on stderr, for people or as JSON. */
import { ConfigError, type ConfigIssue } from '../config/config-error.js';
import { suggest } from '../config/suggest.js';
import { tellable } from '../core/tellable.js';

/** The command line is wrong; its message never holds the key. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The gateway did not do what it was asked; `told` is its answer, where there was one. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    message: string,
    readonly told: unknown = null,
  ) {
    super(message);
  }
}

/** How a command was asked. */
export interface Asked {
  /** Without `captcha-gateway`. */
  readonly usage: string;
  readonly args: readonly string[];
}

interface Told {
  /** 1 not done, 2 asked wrongly. */
  readonly code: 1 | 2;
  /** For stderr, ended. */
  readonly text: string;
}

/** What a command that threw ends with. */
export function tellFault(error: unknown, { usage, args }: Asked): Told {
  const isUsage = error instanceof UsageError || isParseFault(error);
  const code = isUsage || error instanceof ConfigError ? 2 : 1;
  const message = isParseFault(error) ? parseFault(error, usage) : messageOf(error);
  if (isJsonAsked(args)) {
    const issues = issuesOf(error);
    const told = {
      error: message,
      ...(issues.length > 0 && { issues }),
      ...(isUsage ? { usage: `captcha-gateway ${usage}` } : {}),
    };
    return { code, text: `${JSON.stringify(told)}\n` };
  }
  const isExpected = code === 2 || error instanceof Refused;
  const hint = isUsage ? `\nUsage: captcha-gateway ${usage}\n` : '';
  return { code, text: `${isExpected ? '' : 'captcha-gateway: '}${message}\n${hint}` };
}

/** The faults of a config that an answer of the gateway names. */
export function issuesIn(told: unknown): readonly ConfigIssue[] {
  const { issues } = Object(told) as { issues?: unknown };
  return Array.isArray(issues) ? (issues as readonly ConfigIssue[]) : [];
}

function issuesOf(error: unknown): readonly ConfigIssue[] {
  if (error instanceof ConfigError) return error.issues;
  return error instanceof Refused ? issuesIn(error.told) : [];
}

/** Whether the answer is to be JSON, also where the rest of the command line cannot be read. */
export function isJsonAsked(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}

/** What nobody foresaw may repeat an address with its login. */
function messageOf(error: unknown): string {
  const isOurs = error instanceof UsageError || error instanceof ConfigError || error instanceof Refused;
  const message = error instanceof Error ? error.message : String(error);
  return isOurs ? message : tellable(message);
}

function isParseFault(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

/** Node's words without its advice about dashes; an unknown option gets the one that was meant. */
function parseFault({ message }: Error, usage: string): string {
  const [sentence = message] = message.split(/\. To specify|\n/);
  const [, unknown] = /^Unknown option '--([^']+)'/.exec(sentence) ?? [];
  const known = [...usage.matchAll(/--([a-z][a-z-]*)/g)].map(([, name = '']) => name);
  const meant = unknown === undefined ? undefined : suggest(unknown, [...known, 'help']);
  return meant === undefined ? sentence : `${sentence}; did you mean --${meant}?`;
}
