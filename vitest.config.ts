import { defineConfig } from 'vitest/config';

/** Rooms whose tests start processes, listen, or write files: each file gets a process of its own. */
const APART = ['test/{config,e2e,store,sandbox,net,dialects}/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: './test/support/build.ts',
    reporters: ['default', './test/support/count-reporter.ts', './test/support/leak-reporter.ts'],
    projects: [
      // Hundreds of small files of pure code: what they import is loaded once, not once a file.
      {
        extends: true,
        test: { name: 'rooms', include: ['test/**/*.test.ts'], exclude: APART, isolate: false },
      },
      { extends: true, test: { name: 'apart', include: APART } },
    ],
    // Most of the time is spent waiting for processes and sockets; left alone, two cores would get one worker.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
