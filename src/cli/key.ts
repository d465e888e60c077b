import { randomBytes } from 'node:crypto';
import { keySha256 } from '../app.js';
import type { Command } from '../main.js';

/** 32 characters, like the keys of the services whose clients check the length. */
const KEY_BYTES = 16;

/** `new` makes a client key and its hash for the config; `hash` hashes a key read from standard input. */
export default {
  summary: 'make a client key, or hash one for the config',
  usage: 'key new [--json] | key hash < FILE',
  async run(args) {
    const asJson = args.includes('--json');
    if (args[0] === 'new') {
      const key = randomBytes(KEY_BYTES).toString('hex');
      const hash = `sha256:${keySha256(key)}`;
      process.stdout.write(
        asJson
          ? `${JSON.stringify({ key, hash })}\n`
          : `key for the client:  ${key}\nkey for the config:  ${hash}\n`,
      );
      return 0;
    }
    if (args[0] !== 'hash') {
      process.stderr.write('Usage: captcha-gateway key new [--json] | key hash < FILE\n');
      return 2;
    }
    const hash = `sha256:${keySha256((await readInput()).trim())}`;
    process.stdout.write(asJson ? `${JSON.stringify({ hash })}\n` : `${hash}\n`);
    return 0;
  },
} satisfies Command;

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
