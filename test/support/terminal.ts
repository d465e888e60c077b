/** A command in a pseudo terminal, by `script` of util-linux; what it writes is kept, keys can be pressed. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const END_WITHIN_MS = 10_000;

/** Why there is no pseudo terminal here; undefined where there is one. */
export const noTerminal = spawnSync('script', ['--version']).error && 'script of util-linux is not installed';

export interface TerminalRun {
  /** Everything so far, with what moves the cursor. */
  output(): string;
  press(keys: string): void;
  resize(columns: number, rows: number): void;
  /** The exit code; one that does not end is killed, which is a fault. */
  ended(): Promise<number | null>;
}

const running = new Set<ReturnType<typeof spawn>>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs `captcha-gateway` in a terminal of 120 columns and 30 rows. */
export function runInTerminal(args: readonly string[], env: NodeJS.ProcessEnv = {}): TerminalRun {
  const quoted = [process.execPath, MAIN, ...args].map((each) => `'${each.replaceAll("'", `'\\''`)}'`);
  const command = `stty cols 120 rows 30; tty; exec ${quoted.join(' ')}`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { PATH: process.env.PATH, TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
  });
  running.add(child);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  const ended = once(child, 'close').then(([code]: (number | null)[]) => {
    running.delete(child);
    return code ?? null;
  });
  return {
    output: () => text,
    press: (keys) => void child.stdin.write(keys),
    resize(columns, rows) {
      const [device = ''] = /\/dev\/\S+/.exec(text) ?? [];
      spawnSync('stty', ['-F', device, 'cols', String(columns), 'rows', String(rows)]);
    },
    async ended() {
      const timer = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
      const code = await ended;
      clearTimeout(timer);
      return code;
    },
  };
}

/** What stands on the screen: of the lines that were written, without styles, what is there in the end. */
export function screenOf(output: string): string {
  return output.replace(/\p{Cc}\[[?\d;]*[a-zA-Z]/gu, '').replaceAll('\r', '');
}
