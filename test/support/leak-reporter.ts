/** Fails a run in which a test wrote a planted secret to the console. */
import type { UserConsoleLog } from 'vitest';
import type { Reporter } from 'vitest/node';
import { leaksIn } from './leaks.js';

export default class LeakReporter implements Reporter {
  readonly #leaks: string[] = [];

  onUserConsoleLog({ content }: UserConsoleLog): void {
    this.#leaks.push(...leaksIn(content));
  }

  onTestRunEnd(): void {
    if (this.#leaks.length === 0) return;
    process.stderr.write(`Tests have written secrets:\n${this.#leaks.join('\n')}\n`);
    process.exitCode = 1;
  }
}
