/** Many tasks at a service that takes several ids: few requests, and its rules kept over real HTTP. */
import { expect, it } from 'vitest';
import { CLIENT_KEY } from '../support/gateway-in-process.js';
import { openScene } from './scene.js';

const TASKS = 100;
const RULES = { firstPollMs: 300, pollEveryMs: 200, enforce: 'ban' } as const;
const TIMING = { firstPollMs: 300, pollEveryMs: 200, maxPolls: 100 };

it('a hundred tasks share their polls, each hears its own answer, and no rule is broken', async () => {
  const script = { rules: RULES, solve: { default: { fromMs: 400, toMs: 1_500 } } };
  const scene = await openScene({ scripts: [script], entries: [{ timing: TIMING }] });
  try {
    const solved = await Promise.all(
      Array.from({ length: TASKS }, async (_, index) => {
        const kind = index % 2 === 0 ? 'recaptcha_v2' : 'turnstile';
        const response = await fetch(`${scene.url}/v1/solve`, {
          method: 'POST',
          headers: { authorization: `Bearer ${CLIENT_KEY}`, 'content-type': 'application/json' },
          body: JSON.stringify({ kind, siteKey: `key-${index}`, pageUrl: 'https://example.com/' }),
        });
        const { status, solution } = (await response.json()) as {
          readonly status: string;
          readonly solution: { readonly token: string };
        };
        return [index, status, solution.token] as const;
      }),
    );
    const { calls, violations } = scene.first.stats();
    expect(violations).toEqual({});
    expect(calls.poll).toBeLessThan(TASKS);
    const tokens = new Map(scene.first.tasks().map(({ task, solution }) => [task.siteKey, solution.token]));
    for (const [index, status, token] of solved)
      expect([index, status, token]).toEqual([index, 'solved', tokens.get(`key-${index}`)]);
  } finally {
    await scene.close();
  }
});
