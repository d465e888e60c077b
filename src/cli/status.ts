import { parseArgs } from 'node:util';
import {
  askAt,
  askStatus,
  findGateway,
  OPERATOR_OPTIONS,
  runOperator,
  type Target,
} from '../app/operator-client.js';
import { listenAt } from '../app/operator-events.js';
import { systemClock } from '../core/clock.js';
import type { Command } from '../main.js';
import { type OptionTable, usageOf } from '../terminal/help.js';
import { listenForKeys, openLive } from '../terminal/live.js';
import { type Column, tableText } from '../terminal/table.js';
import { isColoured, isLive, painter, plain } from '../terminal/text.js';
import { relativeTime } from '../terminal/time.js';
import { emptyIn, inFlightText, type Report, viewLines } from '../watch/view.js';
import { type Sight, watch } from '../watch/watch.js';

const OPTIONS = {
  watch: { type: 'boolean', default: false, help: 'go on until q or Ctrl-C, anew at every change' },
  ...OPERATOR_OPTIONS,
} as const satisfies OptionTable;

const USAGE = usageOf('status', OPTIONS);

/** One table of the providers: who takes tasks, who does not, why, and what ends it. */
export default {
  summary: 'show who takes tasks, who does not, why, and what ends it',
  usage: USAGE,
  options: OPTIONS,
  notes: 'On a pipe --watch prints the table, and with --json a line of JSON, at every change.',
  examples: ['status', 'status --watch', 'status --watch --json --url http://127.0.0.1:8080 --key KEY'],
  run: (args) => runOperator(USAGE, () => run(args), args),
} satisfies Command;

async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.watch) return await follow(await findGateway(values), values.json);
  const status = await askStatus(values);
  process.stdout.write(values.json ? `${JSON.stringify(status)}\n` : table(status));
  return 0;
}

/** Shows the state until somebody ends it, here or at the other end of the pipe. */
async function follow(target: Target, isJson: boolean): Promise<number> {
  const end = new AbortController();
  const stop = () => end.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  process.stdout.on('error', stop);
  const isLooking = !isJson && isLive(process.stdout);
  let screen: Screen | undefined;
  const open = () => (isLooking ? openScreen(target.url, stop) : openPages(isJson));
  try {
    await watch<Report>({
      clock: systemClock,
      ask: () => askAt(target, '/status'),
      listen: (onEvent, signal) => listenAt(target, onEvent, signal),
      show(sight) {
        screen ??= open();
        screen.show(sight);
      },
      redrawEveryMs: isLooking ? 1_000 : undefined,
      signal: end.signal,
    });
  } finally {
    screen?.close();
  }
  return 0;
}

interface Screen {
  readonly show: (sight: Sight<Report>) => void;
  readonly close: () => void;
}

function openScreen(url: string, stop: () => void): Screen {
  const paint = painter(isColoured(process.stdout));
  const live = openLive({ stream: process.stdout, isWholeScreen: true });
  const stopKeys = listenForKeys(process.stdin, (key) => {
    if (key === 'q' || key === 'Q' || key === '\u0003') stop();
  });
  const hint = paint('dim', 'q ends it');
  return {
    show: (sight) => live.show([...viewLines(sight, { url, now: Date.now(), paint }), '', hint]),
    close() {
      stopKeys();
      live.close();
    },
  };
}

/** One page at every change, for a file or a program; what is wrong goes to stderr, once. */
function openPages(isJson: boolean): Screen {
  let last = '';
  let hasFault = false;
  return {
    show({ report, fault }) {
      if (fault && !hasFault) process.stderr.write(`${plain(fault.message)}; asked again every second\n`);
      hasFault = fault !== null;
      const page = JSON.stringify(report);
      if (page === last) return;
      const begin = last === '' ? '' : '\n';
      last = page;
      process.stdout.write(isJson ? `${page}\n` : `${begin}${new Date().toISOString()}\n${table(report)}`);
    },
    close() {},
  };
}

type Provider = Report['providers'][number];

/** Times as a person likes them where one looks, otherwise ISO 8601. */
function table({ providers }: Report): string {
  const now = Date.now();
  const time = (at: string | null) => (isLive(process.stdout) ? relativeTime(at, now) : (at ?? '-'));
  const columns: readonly Column<Provider>[] = [
    { title: 'provider', cell: ({ id }) => id },
    { title: 'state', cell: ({ state }) => state },
    { title: 'cause', cell: ({ cause }) => cause ?? '-' },
    { title: 'since', cell: ({ since }) => time(since) },
    { title: 'until', cell: ({ until }) => time(until) },
    { title: 'comes back by', cell: ({ comesBack }) => comesBack ?? '-' },
    { title: 'balance $', cell: ({ balanceUsd }) => balanceUsd?.toFixed(2) ?? '-' },
    { title: 'empty in', cell: emptyIn },
    { title: 'in flight', cell: inFlightText },
    { title: 'open kinds', cell: openKinds },
  ];
  return tableText(columns, providers);
}

/** The kinds that are not simply let in, with their causes. */
function openKinds({ kinds }: Provider): string {
  const open = kinds.filter(({ state }) => state !== 'closed');
  return open.map(({ kind, state, cause }) => `${kind} ${state} (${cause})`).join(', ') || '-';
}
