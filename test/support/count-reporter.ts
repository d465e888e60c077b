/** Prints the count of test cases as the very last line of a run, for whoever reads only that. */
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

/** `N passed, N failed`, and `, N skipped` where some were; a file, suite or hook that broke is one failure. */
export default class CountReporter implements Reporter {
  #line: string | undefined;

  onInit(): void {
    // Reporters end in no promised order, and Vitest adds lines of its own; on exit nobody writes any more.
    process.once('exit', () => {
      if (this.#line !== undefined) process.stdout.write(`${this.#line}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    );
    const count = (state: (typeof states)[number]) => states.filter((one) => one === state).length;
    const failed = count('failed') + brokenBesides(modules) + unhandledErrors.length;
    // Pending: a run that was stopped never came to it.
    const skipped = count('skipped') + count('pending');
    this.#line = `${count('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  }
}

/** Files that did not load and suites whose hooks failed: their cases are missing or skipped, not failed. */
function brokenBesides(modules: readonly TestModule[]): number {
  const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
  return suites.filter((suite) => suite.errors().length > 0).length;
}
