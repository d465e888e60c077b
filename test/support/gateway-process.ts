/** The built gateway as a process of its own: started, killed and stopped the way an operator would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LogLine } from './gateway-in-process.js';
import { expectNoLeaks } from './leaks.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const START_WITHIN_MS = 15_000;
const END_WITHIN_MS = 10_000;

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GatewayProcess {
  readonly url: string;
  readonly pid: number;
  /** Everything on stdout so far. */
  output(): string;
  /** Stdout, line by line; every one has to be JSON. */
  lines(): readonly LogLine[];
  hasEnded(): boolean;
  /** SIGKILL: nothing of its own runs any more. */
  kill(): Promise<Ended>;
  /** Sends a signal that it is to live with. */
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, or another signal: it closes in order. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs `captcha-gateway` with these arguments. */
class Run {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  readonly #isServing: boolean;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}, main = MAIN) {
    const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env.PATH, ...env } });
    this.child = child;
    this.#isServing = args[0] === 'serve';
    running.add(child);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = once(child, 'close').then(([code, signal]) => {
      running.delete(child);
      return { code, signal, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** Sends one signal to this process and waits for its end; one that does not end is killed, which is a fault. */
  async end(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return await this.within(END_WITHIN_MS);
  }

  async within(limitMs: number): Promise<Ended> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.child.kill('SIGKILL');
    }, limitMs);
    const ended = await this.ended;
    clearTimeout(timer);
    if (isLate) throw new Error(`the process had not ended after ${limitMs} ms\n${ended.stderr}`);
    // What other commands print is their business: some are there to print a key or a solution.
    if (this.#isServing) expectNoLeaks(ended.stdout, 'stdout');
    expectNoLeaks(ended.stderr, 'stderr');
    return ended;
  }
}

/** Runs a command that ends by itself. */
export function runCommand(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
  return new Run(args, env).within(START_WITHIN_MS);
}

/** Starts `serve`, of this build unless told otherwise, and waits until it listens. */
export async function startGatewayProcess(configPath: string, main?: string): Promise<GatewayProcess> {
  const run = new Run(['serve', '--config', configPath], {}, main);
  const url = await listeningUrl(run);
  return {
    url,
    pid: run.child.pid ?? 0,
    output: () => run.stdout,
    lines: () => linesOf(run.stdout),
    hasEnded: () => run.child.exitCode !== null || run.child.signalCode !== null,
    kill: () => run.end('SIGKILL'),
    signal: (signal) => void run.child.kill(signal),
    stop: (signal = 'SIGTERM') => run.end(signal),
  };
}

function listeningUrl(run: Run): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      run.child.kill('SIGKILL');
      reject(new Error(`the gateway did not listen within ${START_WITHIN_MS} ms`));
    }, START_WITHIN_MS);
    run.child.stdout?.on('data', () => {
      const url = linesOf(run.stdout).find(({ event }) => event === 'listening')?.url;
      if (typeof url !== 'string') return;
      clearTimeout(timer);
      resolve(url);
    });
    void run.ended.then(({ code, stderr }) => {
      clearTimeout(timer);
      reject(new Error(`the gateway ended with ${code}\n${stderr}`));
    });
  });
}

/** The complete lines. */
function linesOf(stdout: string): LogLine[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line): LogLine => JSON.parse(line));
}
