/** What a command takes, told once: the table that its arguments are parsed by is the one that its help shows. */

/** One option, as `parseArgs` takes it and as the help shows it. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  readonly default?: string | boolean;
  /** What stands for its value: `FILE`. */
  readonly value?: string;
  /** One line. */
  readonly help: string;
}

/** The options of a command by name, without their dashes. */
export type OptionTable = Readonly<Record<string, Option>>;

/** An exit code and when it comes. */
export type Exit = readonly [code: number, when: string];

/** How a command explains itself. */
export interface Help {
  /** One line for the list of commands. */
  readonly summary: string;
  readonly usage: string;
  readonly options?: OptionTable | undefined;
  /** Arguments, without `captcha-gateway`. */
  readonly examples?: readonly string[] | undefined;
  /** What comes before the examples: a few lines that no option has a place for. */
  readonly notes?: string | undefined;
  readonly exits?: readonly Exit[] | undefined;
}

/** For commands that ask something and are done. */
export const EXITS: readonly Exit[] = [
  [0, 'done'],
  [1, 'refused, or no answer'],
  [2, 'asked wrongly, or the config has faults'],
];

const WIDTH = 100;
const INDENT = '  ';

/** `status [--watch] [--config FILE]`: the words, then every option. */
export function usageOf(words: string, options: OptionTable): string {
  return [words, ...Object.entries(options).map((entry) => `[${written(entry)}${dots(entry)}]`)].join(' ');
}

function written([name, { value }]: readonly [string, Option]): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function dots([, { multiple }]: readonly [string, Option]): string {
  return multiple ? ' …' : '';
}

/** The whole help of one command. */
export function helpText({
  summary,
  usage,
  options = {},
  notes,
  examples = [],
  exits = EXITS,
}: Help): string {
  const every: OptionTable = { ...options, help: { type: 'boolean', help: 'this text' } };
  const rows = Object.entries(every).map((entry) => [written(entry), said(entry[1])] as const);
  const codes = exits.map(([code, when]) => [String(code), when] as const);
  const parts = [
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    wrap(`Usage: captcha-gateway ${usage}`, '       '),
    ...(notes === undefined ? [] : [notes]),
    `Options:\n${columns(rows)}`,
    ...(examples.length === 0
      ? []
      : [`Examples:\n${examples.map((line) => `${INDENT}captcha-gateway ${line}`).join('\n')}`]),
    `Exit codes:\n${columns(codes)}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The list of commands. */
export function overviewText(commands: ReadonlyMap<string, Help>): string {
  const rows = [...commands].map(([name, { summary }]) => [name, summary] as const);
  const own = [
    ['--help', 'this list; captcha-gateway COMMAND --help explains one'],
    ['--version', 'the version'],
  ] as const;
  return `Usage: captcha-gateway COMMAND [options]\n\nCommands:\n${columns(rows)}\n\nOptions:\n${columns(own)}\n`;
}

/** The same as a value, for programs. */
export function helpValue({ summary, usage, options = {}, examples = [], exits = EXITS }: Help): object {
  const codes = Object.fromEntries(exits);
  return { summary, usage: `captcha-gateway ${usage}`, options, examples, exits: codes };
}

function said({ help, default: fallback }: Option): string {
  return typeof fallback === 'string' ? `${help} (${fallback})` : help;
}

/** Two columns, the first as wide as its widest cell. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, text]) => `${INDENT}${name.padEnd(width)}${text}`).join('\n');
}

/** Breaks between options and at blanks, never inside brackets. */
function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  for (const word of text.match(/\[[^\]]*\]|\S+|\n/g) ?? []) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > WIDTH)
      lines.push(last === undefined ? word : indent + word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}
