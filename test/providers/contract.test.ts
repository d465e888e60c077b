/** What every file in providers/ promises, over each of its wires; the files are found by themselves. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SolveError } from '../../src/core/errors.js';
import type { FieldName } from '../../src/core/fields.js';
import type { UpstreamRequest } from '../../src/core/provider.js';
import { isDroppable, KIND_NAMES, type Kind, type Task } from '../../src/core/task.js';
import { arbitraryTask, fullTask, SAMPLE_FIELDS, sampleTask } from '../support/sample-tasks.js';
import { smallestTask, subjects } from './subjects.js';
import { ANSWERS, GARBAGE, reply, solutionOf, WORDS } from './wires.js';

/** What a service is sent beyond the task, because it insists on it. */
const ADDED: Readonly<Record<string, readonly string[]>> = {
  // Any text will do, it only has to be there.
  'capmonster cloudflare_clearance': ['siteKey'],
  // The type of the image is what asks for a grid.
  'captchaai grid': ['imgType'],
  // The language is always sent.
  'ezcaptcha hcaptcha': ['passed'],
};

function codeOf(read: () => unknown): string {
  try {
    return `read ${JSON.stringify(read())}`;
  } catch (error) {
    return error instanceof SolveError ? error.code : String(error);
  }
}

/** A hole for the key: its place is free, and the part of the request it belongs to is there. */
function expectHole(request: UpstreamRequest): void {
  const [part = '', names = ''] = request.key.split('.');
  expect(request.path).toMatch(/^\/\w?/);
  expect(request).toHaveProperty([part]);
  for (const name of names.split(/[:|]/)) {
    expect(name).not.toBe('');
    expect(request).not.toHaveProperty([part, name]);
  }
}

/** The fields that are in one task and not in the other, or not alike. */
function differences(task: Task, other: Task): FieldName[] {
  const names = Object.keys({ ...task, ...other }) as FieldName[];
  return names.filter((name) => JSON.stringify(task[name]) !== JSON.stringify(other[name]));
}

describe.each(subjects)('%s', (name, provider) => {
  const { id } = provider;
  const answers = ANSWERS[provider.wire];
  const words = WORDS[provider.wire];
  const readBack = (task: Task) => answers.readBack(provider.submit.ask(task), id);
  const upstream = (kind: Kind) => ({ upstreamId: 'upstream-1', task: smallestTask(provider, kind) });
  const poll = (kind: Kind, body: unknown, status?: number) => {
    return provider.poll.read(reply(body, status), upstream(kind));
  };

  it('is what its file is called', () => {
    expect(name.split(' ')[0]).toBe(id);
    expect(provider.title).toMatch(/\S/);
  });

  it('is asked over https, or names no address because the config does', () => {
    const isBuilder = id === 'classic' || id === 'json';
    expect(provider.baseUrl).toMatch(isBuilder ? /^$/ : /^https:\/\/[^/]+(?:\/\w+)*$/);
  });

  it('speaks the kinds it is asked for, and only kinds there are', () => {
    expect(provider.kinds.length).toBeGreaterThan(0);
    expect(provider.speaks).toEqual(expect.arrayContaining([...provider.kinds]));
    expect(KIND_NAMES).toEqual(expect.arrayContaining([...provider.speaks]));
    expect(provider.speaks).toHaveLength(new Set(provider.speaks).size);
  });

  it('has a price for nothing it does not speak', () => {
    const priced = Object.entries(provider.pricesUsdPer1000);
    expect(provider.speaks).toEqual(expect.arrayContaining(priced.map(([kind]) => kind)));
    expect(priced.filter(([, price]) => !(price >= 0))).toEqual([]);
  });

  it.each(KIND_NAMES)('waits a sensible time for %s', (kind) => {
    const timing = provider.timing(kind);
    for (const value of Object.values(timing)) expect(Number.isInteger(value) && value > 0).toBe(true);
    expect(timing.giveUpMs).toBeGreaterThan(timing.firstPollMs);
    expect(timing.firstPollMs + timing.maxPolls * timing.pollEveryMs).toBeGreaterThanOrEqual(timing.giveUpMs);
  });

  it.each(KIND_NAMES)('has a floor for %s that is no slower than its pace', (kind) => {
    const { floorMs, pollEveryMs } = provider.timing(kind);
    if (floorMs !== undefined) expect(floorMs).toBeLessThan(pollEveryMs);
  });

  it('refuses the kinds it does not speak, with the reason', () => {
    for (const kind of KIND_NAMES.filter((name) => !provider.speaks.includes(name))) {
      expect(provider.refuses(sampleTask(kind))).toContain(kind);
    }
  });

  describe.each(provider.speaks)('%s', (kind) => {
    it('takes the smallest task, asks the same every time and leaves the key to net/', () => {
      const task = smallestTask(provider, kind);
      const request = provider.submit.ask(task);
      expectHole(request);
      expect(provider.submit.ask(task)).toEqual(request);
      expect(differences(task, readBack(task).task)).toEqual(ADDED[`${id} ${kind}`] ?? []);
    });

    it('loses nothing but hints of what it takes, and says why it does not take the rest', () => {
      const property = fc.property(arbitraryTask(kind), (task) => {
        const refusal = provider.refuses(task);
        if (refusal !== undefined) {
          const [, verb, field = ''] = /^(cannot pass|needs) (\w+)$/.exec(refusal) ?? [];
          expect([refusal, Object.hasOwn(task, field)]).toEqual([refusal, verb === 'cannot pass']);
          return;
        }
        const { task: asked } = readBack(task);
        const added = ADDED[`${id} ${kind}`] ?? [];
        const lost = differences(task, asked).filter(
          (field) => task[field] !== undefined && !added.includes(field),
        );
        expect(lost.filter((field) => asked[field] !== undefined || !isDroppable(kind, field))).toEqual([]);
      });
      fc.assert(property, { numRuns: 40 });
    });

    it('passes the proxy on, or refuses the task with the reason', () => {
      if (!Object.hasOwn(fullTask(kind), 'proxy')) return;
      const task = { ...smallestTask(provider, kind), proxy: SAMPLE_FIELDS.proxy };
      const refusal = provider.refuses(task);
      if (refusal !== undefined) expect(refusal).toMatch(/^cannot pass proxy/);
      else expect(readBack(task).task.proxy).toEqual(task.proxy);
    });

    it('never takes garbage for an answer', () => {
      for (const [body, status] of GARBAGE.flatMap(
        (text) =>
          [
            [text, 200],
            [text, 502],
          ] as const,
      )) {
        const submit = () => provider.submit.read(reply(body, status), smallestTask(provider, kind));
        expect([body, codeOf(() => poll(kind, body, status))]).toEqual([body, 'bad_reply']);
        expect([body, codeOf(submit)]).toEqual([body, 'bad_reply']);
      }
    });

    it('reads the poll: pending, solved, unsolvable, not found, refused', () => {
      expect(poll(kind, answers.pending)).toBeUndefined();
      const request = provider.submit.ask(smallestTask(provider, kind));
      expect(poll(kind, answers.solved(kind, request))).toMatchObject({ solution: solutionOf(kind) });
      expect(codeOf(() => poll(kind, answers.refused(answers.unsolvable)))).toBe('unsolvable');
      expect(codeOf(() => poll(kind, answers.refused(answers.notFound)))).toBe('task_not_found');
      expect(codeOf(() => poll(kind, answers.refused(words.auth)))).toBe('auth');
    });

    it('reads the submit: accepted, refused, whatever HTTP says', () => {
      const read = (body: unknown, status: number) =>
        provider.submit.read(reply(body, status), smallestTask(provider, kind));
      for (const status of [200, 400, 500]) {
        expect(read(answers.accepted, status).upstreamId).toBeTruthy();
        expect(codeOf(() => read(answers.refused(words.zeroBalance), status))).toBe('zero_balance');
        expect(codeOf(() => read(answers.refused(words.noSlot), status))).toBe('no_slot');
        expect(codeOf(() => read(answers.refused('ERROR_NEVER_SEEN'), status))).toBe('internal');
      }
    });

    it('asks for the task it was given', () => {
      for (const upstreamId of ['73548291', 73548291]) {
        const request = provider.poll.ask({ upstreamId, task: sampleTask(kind) });
        if (request.key !== 'none') expectHole(request);
        expect(JSON.stringify(request)).toContain('73548291');
        if (provider.wire === 'json') expect(request.json).toMatchObject({ taskId: upstreamId });
      }
    });

    it.each([true, false])(
      'reports that the answer was good (%s), where the service takes that',
      (isAccepted) => {
        const report = { ...upstream(kind), upstreamId: 73548291, isAccepted };
        if (!provider.report || !provider.reports(report)) return;
        const request = provider.report.ask(report);
        expectHole(request);
        expect(JSON.stringify(request)).toContain('73548291');
        const opposite = { ...report, isAccepted: !isAccepted };
        if (provider.reports(opposite)) expect(request).not.toEqual(provider.report.ask(opposite));
        expect(provider.report.read(reply(answers.reported), report)).toBeUndefined();
        expect(codeOf(() => provider.report?.read(reply(answers.refused(answers.notFound)), report))).toBe(
          'task_not_found',
        );
        expect(codeOf(() => provider.report?.read(reply('<html>'), report))).toBe('bad_reply');
      },
    );
  });

  it('reads the balance, and never takes anything else for one', () => {
    expectHole(provider.balance.ask());
    expect(provider.balance.read(reply(answers.balance))).toBe(12.5);
    expect(codeOf(() => provider.balance.read(reply(answers.refused(words.auth))))).toBe('auth');
    for (const body of GARBAGE.filter((text) => text !== '0')) {
      expect([body, codeOf(() => provider.balance.read(reply(body)))]).toEqual([body, 'bad_reply']);
    }
  });
});

it('covers every provider, wire and kind', () => {
  expect(subjects.flatMap(([, provider]) => provider.speaks).length).toBeGreaterThan(300);
});
