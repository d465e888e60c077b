import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runOperator, UsageError } from '../app/operator-client.js';
import { keySha256 } from '../config/key.js';
import type { Command } from '../main.js';
import type { OptionTable } from '../terminal/help.js';

const OPTIONS = {
  json: { type: 'boolean', default: false, help: 'one JSON object' },
} as const satisfies OptionTable;

const USAGE = 'key new [--json] | key hash [--json] < FILE';

/** 32 characters, like the keys of the services whose clients check the length. */
const KEY_BYTES = 16;

/** `new` makes a client key and its hash for the config; `hash` hashes a key read from standard input. */
export default {
  summary: 'make a client key, or hash one for the config',
  usage: USAGE,
  options: OPTIONS,
  notes: 'The hash goes where the config wants a key; only the client keeps the key itself.',
  examples: ['key new', 'key hash < key.txt'],
  exits: [
    [0, 'done'],
    [2, 'asked wrongly'],
  ],
  run: (args) => runOperator(USAGE, () => run(args), args),
} satisfies Command;

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [verb, ...rest] = positionals;
  if ((verb !== 'new' && verb !== 'hash') || rest.length > 0) throw new UsageError('Say new or hash');
  if (verb === 'new') {
    const key = randomBytes(KEY_BYTES).toString('hex');
    const hash = hashOf(key);
    say(
      values.json
        ? JSON.stringify({ key, hash })
        : `key for the client:  ${key}\nkey for the config:  ${hash}`,
    );
    return 0;
  }
  const key = (await readInput()).trim();
  if (key === '') throw new UsageError('There is no key on standard input');
  say(values.json ? JSON.stringify({ hash: hashOf(key) }) : hashOf(key));
  return 0;
}

function hashOf(key: string): string {
  return `sha256:${keySha256(key)}`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
