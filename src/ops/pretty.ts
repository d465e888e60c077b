/** The log for people: one readable line an event, coloured by how it ended. */
import type { DestinationStream } from 'pino';
import { prettyFactory } from 'pino-pretty';

export interface PrettyOptions {
  readonly isColoured: boolean;
  /** Takes the finished lines. */
  readonly destination: DestinationStream;
}

type Line = Readonly<Record<string, unknown>>;

/** In this order at the beginning of a line, without their names: what it is about. */
const HEAD = ['taskId', 'kind', 'provider', 'code'] as const;
/** Said by the line's own place and colour. */
const HIDDEN: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'event', ...HEAD]);
const EVENT_WIDTH = 14;

const COLOURS = { green: 32, yellow: 33, red: 31, cyan: 36, dim: 2 } as const;
type Colour = keyof typeof COLOURS;

/** A stream for pino that writes each line, formatted, before it returns. */
export function openPretty({ isColoured, destination }: PrettyOptions): DestinationStream {
  const paint = (colour: Colour, text: string) =>
    isColoured ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text;
  const format = prettyFactory({
    colorize: isColoured,
    translateTime: 'SYS:HH:MM:ss.l',
    hideObject: true,
    messageFormat: (line) => messageOf(line, paint),
  });
  return { write: (line) => void destination.write(format(line)) };
}

function messageOf(line: Line, paint: (colour: Colour, text: string) => string): string {
  const event = String(line.event ?? '').padEnd(EVENT_WIDTH);
  const head = HEAD.flatMap((name) => (isShown(line[name]) ? [textOf(name, line[name])] : []));
  const rest = Object.entries(line).flatMap(([name, value]) =>
    HIDDEN.has(name) || !isShown(value) ? [] : [`${name}=${textOf(name, value)}`],
  );
  const message = isShown(line.msg) ? [String(line.msg)] : [];
  return [paint(colourOf(line), [event, ...message, ...head].join(' ')), paint('dim', rest.join(' '))]
    .join(' ')
    .trimEnd();
}

/** What nobody knows, and what is not so, need not be read. */
function isShown(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '' && value !== false;
}

function textOf(name: string, value: unknown): string {
  const text = typeof value === 'number' && name.endsWith('Ms') ? `${value} ms` : String(value);
  const plain = text.replace(/\p{Cc}+/gu, ' ');
  return /[\s=]/.test(plain) && !HEAD.some((head) => head === name) ? JSON.stringify(plain) : plain;
}

function colourOf({ level, event, code, outcome }: Line): Colour {
  if (Number(level) >= 50) return 'red';
  if (Number(level) >= 40) return 'yellow';
  const ended = code ?? outcome;
  if (ended === undefined) return event === 'failover' ? 'yellow' : 'cyan';
  if (ended === 'solved' || ended === 'delivered') return 'green';
  if (ended === 'cancelled') return 'dim';
  return event === 'task' ? 'red' : 'yellow';
}
