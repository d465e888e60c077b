/** The log of this process: in which form it is written, what is never in it, and what it says at a crash. */
import type { Config } from '../config/schema.js';
import { longestFirst, secretsIn } from '../config/secrets.js';
import { tellable } from '../core/tellable.js';
import { type Log, type LogMethod, openLog } from '../ops/log.js';
import { isColoured } from '../terminal/text.js';

export interface LoggingOptions {
  /** Stdout unless given. */
  readonly logTo?: { write(line: string): void } | undefined;
  /** What the config says unless given. */
  readonly logFormat?: 'json' | 'pretty' | undefined;
}

/** A log that follows the config. */
export interface ConfiguredLog extends Log {
  /** Takes the level of a new config, and learns what is secret in it. */
  change(config: Config): void;
}

/** Secrets of configs before the newest one; attempts under way still use them. */
const MOST_SECRETS = 10_000;

/** Opens the log that a config asks for. */
export function openLogFor(config: Config, { logTo, logFormat }: LoggingOptions = {}): ConfiguredLog {
  const format = logFormat ?? config.log.format;
  const isTerminal = logTo === undefined && process.stdout.isTTY === true;
  let secrets = secretsIn(config);
  const log = openLog({
    level: config.log.level,
    destination: logTo,
    format: format === 'auto' ? (isTerminal ? 'pretty' : 'json') : format,
    isColoured: logTo === undefined && isColoured(process.stdout),
    secrets: () => secrets,
  });
  return {
    ...log,
    change(next) {
      log.setLevel(next.log.level);
      secrets = longestFirst([...new Set([...secretsIn(next), ...secrets])].slice(0, MOST_SECRETS));
    },
  };
}

/** A log that keeps its lines, in their order, until they may be written. */
export interface HeldLog extends Log {
  release(): void;
}

/** For what happens before the gateway listens, as the first line of the log is the one that names the port. */
export function holdLog(log: Log): HeldLog {
  let held: (() => void)[] | undefined = [];
  const later =
    (name: LogMethod): Log['info'] =>
    (fields, message) => {
      const write = () => log[name](fields, message);
      if (held) held.push(write);
      else write();
    };
  return {
    debug: later('debug'),
    info: later('info'),
    warn: later('warn'),
    error: later('error'),
    setLevel: (level) => log.setLevel(level),
    flush: () => log.flush(),
    release() {
      const lines = held ?? [];
      held = undefined;
      for (const write of lines) write();
    },
  };
}

/** What may be said of any thrown value: its name and message without what looks secret, never its fields. */
export function faultText(error: unknown): string {
  return error instanceof Error
    ? tellable(`${error.name}: ${error.message}`)
    : 'something that is no error was thrown';
}

const FRAMES = 8;

/** One line of a stack: perhaps a function, then a file, line and column. */
const FRAME = /^\s+at (?:async )?(?:(.+?) \()?.*?([\w.-]+:\d+):\d+\)?$/;

/** Where it was thrown: functions, files and lines, nothing of the message. */
function placeOf(error: unknown): string | null {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  const places = lines.flatMap((line) => {
    const [, name = '', place] = FRAME.exec(line) ?? [];
    return place === undefined ? [] : [`${name} ${place}`.trim()];
  });
  return places.length === 0 ? null : places.slice(0, FRAMES).join(' < ');
}

/**
 * From now on a crash is one line of the log, without secrets, instead of Node's own report of message and fields.
 * The process ends all the same: what is running is in the ledger, and the next start goes on with it.
 */
export function logCrash(log: Log): void {
  let isEnding = false;
  process.on('uncaughtException', (error, origin) => {
    if (isEnding) return;
    isEnding = true;
    log.error({ event: 'crash', origin, detail: faultText(error), at: placeOf(error) }, 'the process ends');
    // An exit at once would put this line before those that are on their way.
    void log.flush().finally(() => process.exit(1));
  });
}
