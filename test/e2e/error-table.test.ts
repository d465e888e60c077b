/** DESIGN section 5's table of codes, line by line, through every door: who is asked, what is bought, what is told. */
import { describe, expect, it, type TestContext } from 'vitest';
import type { Script } from '../../src/sandbox/sandbox.js';
import { DOORS, jsonDoor, type NativeTask, storyOf, type Told } from './doors.js';
import {
  ALL_REFUSE,
  type Behaviour,
  CALLERS_FAULT,
  JSON_SUBMIT_FAILS_OVER,
  POLL_FAILS_OVER,
  POLL_GOES_ON,
  SUBMIT_FAILS_OVER,
} from './error-rows.js';
import { openScene, type Scene } from './scene.js';

const PACE = { firstPollMs: 10, pollEveryMs: 10, maxPolls: 500, giveUpMs: 5_000 };
/** Long enough for a noisy machine to answer, short enough to wait for it being over. */
const IMPATIENT = { timing: { ...PACE, answerWithinMs: 400 } };
const PATIENT = { timing: { ...PACE, answerWithinMs: 5_000 } };
const NOTHING = { submit: 0, poll: 0, balance: 0, report: 0 };

async function open(
  { onTestFinished }: TestContext,
  scripts: readonly Script[],
  use?: string,
): Promise<Scene> {
  const entries = [{ ...IMPATIENT, ...(use ? { use } : {}) }, PATIENT];
  const scene = await openScene({ scripts: [scripts[0] ?? {}, scripts[1] ?? {}], entries });
  onTestFinished(scene.close);
  return scene;
}

/** The story of a task that was solved; fails when it was not, or when anything was bought twice. */
async function storyOfSolved({ url, first, second }: Scene, told: Told): Promise<NativeTask> {
  if (!('token' in told)) throw new Error(`refused at the ${told.at}: ${told.refusal}`);
  const story = await storyOf(url, told.taskId);
  expect(story).toMatchObject({ status: 'solved', solution: { token: told.token } });
  expect(first.stats().accepted).toBeLessThanOrEqual(1);
  expect(second.stats().accepted).toBeLessThanOrEqual(1);
  return story;
}

function named(behaviour: Behaviour) {
  return { behaviour, word: typeof behaviour === 'string' ? behaviour : behaviour.code };
}

describe.each(DOORS)('through the $id door', (door) => {
  const submitEnd = door.id === 'native' ? 'poll' : 'submit';

  describe('a submit answered with', () => {
    it.concurrent.for(SUBMIT_FAILS_OVER)('$word is solved by the second provider', async (row, context) => {
      const scene = await open(context, [{ submit: row.behaviour, ...row.script }]);
      const story = await storyOfSolved(scene, await door.solve(scene.url));
      const { outcome, upstreamCode, mayBeCharged } = row;
      expect(story.provider).toBe('second');
      expect(story.attempts).toMatchObject([
        { provider: 'first', outcome, upstreamCode, mayBeCharged },
        { provider: 'second', outcome: 'solved', upstreamCode: null, mayBeCharged: true },
      ]);
      expect(scene.first.stats().calls.submit).toBe(1);
    });

    it.concurrent.for(CALLERS_FAULT.filter(({ at }) => at === 'submit'))(
      '$word is told at once, goes no further, and counts against nobody',
      async (row, context) => {
        const scene = await open(context, [{ submit: { code: row.word } }]);
        expect(await door.solve(scene.url)).toEqual({ refusal: row.told[door.id], at: submitEnd });
        expect(scene.second.stats().calls).toEqual(NOTHING);
        scene.first.set({ submit: undefined });
        const next = await storyOfSolved(scene, await door.solve(scene.url));
        expect(next.provider).toBe('first');
      },
    );
  });

  describe('a poll answered with', () => {
    it.concurrent.for(POLL_FAILS_OVER)('$word is solved by the second provider', async (row, context) => {
      const scene = await open(context, [{ poll: row.behaviour }]);
      const story = await storyOfSolved(scene, await door.solve(scene.url));
      expect(story.attempts).toMatchObject([
        { provider: 'first', outcome: row.outcome, upstreamCode: row.word, mayBeCharged: true },
        { provider: 'second', outcome: 'solved' },
      ]);
      expect(scene.first.stats().calls).toMatchObject({ submit: 1, poll: 1 });
    });

    it.concurrent.for(POLL_GOES_ON.map(named))(
      '$word is asked again, and nobody else is',
      async (row, context) => {
        const scene = await open(context, []);
        scene.first.queue('poll', row.behaviour);
        const story = await storyOfSolved(scene, await door.solve(scene.url));
        expect(story.attempts).toMatchObject([{ provider: 'first', outcome: 'solved' }]);
        expect(scene.first.stats().calls.poll).toBeGreaterThan(1);
        expect(scene.second.stats().calls).toEqual(NOTHING);
      },
    );

    it.concurrent.for(CALLERS_FAULT.filter(({ at }) => at === 'poll'))(
      '$word is told, and goes no further',
      async (row, context) => {
        const scene = await open(context, [{ poll: { code: row.word } }]);
        expect(await door.solve(scene.url)).toEqual({ refusal: row.told[door.id], at: 'poll' });
        expect(scene.second.stats().calls).toEqual(NOTHING);
      },
    );
  });

  it.concurrent.for(ALL_REFUSE)('$first and $second are told as $told.classic', async (row, context) => {
    const scripts = [row.first, row.second].map((code): Script => {
      return { submit: { code }, balanceUsd: code === 'ERROR_ZERO_BALANCE' ? 0 : 10 };
    });
    const scene = await open(context, scripts);
    expect(await door.solve(scene.url)).toEqual({ refusal: row.told[door.id], at: submitEnd });
    expect([scene.first, scene.second].map((sandbox) => sandbox.stats().calls.submit)).toEqual([1, 1]);
  });
});

describe('with the first provider on the json wire, a submit answered with', () => {
  it.concurrent.for(JSON_SUBMIT_FAILS_OVER)(
    '$word is solved by the second provider',
    async (row, context) => {
      const scene = await open(context, [{ submit: row.behaviour, ...row.script }], 'json');
      const story = await storyOfSolved(scene, await jsonDoor.solve(scene.url));
      const { outcome, upstreamCode, mayBeCharged } = row;
      expect(story.attempts).toMatchObject([
        { provider: 'first', outcome, upstreamCode, mayBeCharged },
        { provider: 'second', outcome: 'solved' },
      ]);
      expect(scene.first.stats().calls.submit).toBe(1);
    },
  );
});
