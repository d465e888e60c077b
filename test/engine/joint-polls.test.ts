/** Several tasks in one poll: fewer requests, no later answers, and nothing read for something else. */
import { describe, expect, it } from 'vitest';
import classic from '../../providers/classic.js';
import type { Timing } from '../../src/core/provider.js';
import { seededRandom } from '../../src/sandbox/random.js';
import { type Answer, late, type Sent, text } from '../support/fake-transport.js';
import { accepts, HTML, NOT_READY, says, solves } from './answers.js';
import { account, type Bench, openBench } from './bench.js';

const PENDING = 'CAPCHA_NOT_READY';

function token(id: string): string {
  return `03AFcWeA-token-of-task-${id}`;
}

/** The ids that a poll names. */
function idsOf({ request }: Sent): readonly string[] {
  return (request.query?.ids ?? request.query?.id ?? '').split(',');
}

function openJoint(timing: Partial<Timing> = {}, ...ids: readonly string[]): Bench {
  const bench = openBench({
    accounts: [account('a', { provider: classic, timing })],
    routing: { maxAttempts: 1, deadlineMs: 60_000 },
  });
  bench.transport.script('a', 'submit', ...ids.map((id) => accepts(id)));
  return bench;
}

async function begin(bench: Bench, count: number): Promise<readonly number[]> {
  const ids: number[] = [];
  for (let made = 0; made < count; made += 1) ids.push(await bench.begin());
  return ids;
}

async function tokens(bench: Bench, ids: readonly number[]): Promise<readonly unknown[]> {
  const records = await Promise.all(ids.map((id) => bench.find(id)));
  return records.map(({ solution }) => solution?.token);
}

it('tasks that are due together share a call', async () => {
  const bench = openJoint({}, 'u1', 'u2', 'u3');
  bench.transport.script('a', 'poll', text(`${PENDING}|${token('u2')}|ERROR_CAPTCHA_UNSOLVABLE`));
  bench.transport.script('a', 'poll', solves(token('u1')));
  const ids = await begin(bench, 3);
  await bench.clock.advance(15_000);
  expect(bench.transport.calls('a', 'poll').map(idsOf)).toEqual([['u1', 'u2', 'u3'], ['u1']]);
  expect(bench.transport.calls('a', 'poll')[0]?.request).toMatchObject({
    query: { action: 'get', ids: 'u1,u2,u3' },
  });
  expect(await tokens(bench, ids)).toEqual([token('u1'), token('u2'), undefined]);
  expect(await bench.find(ids[2] ?? 0)).toMatchObject({
    error: { code: 'unsolvable' },
    attempts: [{ polls: 1 }],
  });
});

it('a task by itself is asked for by itself, and at its time', async () => {
  const bench = openJoint({}, 'u1');
  bench.transport.script('a', 'poll', solves('short'));
  const [id = 0] = await begin(bench, 1);
  await bench.clock.advance(5_000);
  expect(bench.times('a', 'poll')).toEqual([5_000]);
  expect(await tokens(bench, [id])).toEqual(['short']);
});

it('whoever is due waits a moment for the next ones', async () => {
  const bench = openJoint({}, 'u1', 'u2');
  bench.transport.always('a', 'poll', (sent) => text(idsOf(sent).map(token).join('|')));
  const first = await begin(bench, 1);
  await bench.clock.advance(150);
  const second = await begin(bench, 1);
  await bench.clock.advance(6_000);
  expect(bench.times('a', 'poll')).toEqual([5_200]);
  expect(await tokens(bench, [...first, ...second])).toEqual([token('u1'), token('u2')]);
});

it('nobody waits for those who are not due soon', async () => {
  const bench = openJoint({}, 'u1', 'u2');
  bench.transport.always('a', 'poll', NOT_READY);
  await begin(bench, 1);
  await bench.clock.advance(1_000);
  await begin(bench, 1);
  await bench.clock.advance(5_500);
  expect(bench.times('a', 'poll').slice(0, 2)).toEqual([5_000, 6_000]);
});

it('a call holds a hundred ids at most; the next goes shortly after', async () => {
  const names = Array.from({ length: 130 }, (_, index) => `u${index}`);
  const bench = openJoint({}, ...names);
  bench.transport.always('a', 'poll', (sent) => text(idsOf(sent).map(token).join('|')));
  const ids = await begin(bench, 130);
  await bench.clock.advance(6_000);
  expect(bench.transport.calls('a', 'poll').map((sent) => idsOf(sent).length)).toEqual([100, 30]);
  expect(await tokens(bench, ids)).toEqual(names.map(token));
});

it('kinds whose answers may hold a pipe are asked for one by one', async () => {
  const bench = openJoint({}, 'u1', 'u2');
  bench.transport.always('a', 'poll', NOT_READY);
  const task = { kind: 'funcaptcha', siteKey: 'key', pageUrl: 'https://example.com/' } as const;
  await bench.begin(task);
  await bench.begin(task);
  await bench.clock.advance(5_000);
  expect(bench.transport.calls('a', 'poll').map(idsOf)).toEqual([['u1'], ['u2']]);
});

describe('answers that cannot be told apart', () => {
  it.each([
    ['too few', text('CAPCHA_NOT_READY|CAPCHA_NOT_READY|CAPCHA_NOT_READY')],
    ['one word for all', text('ERROR_WRONG_ID_FORMAT')],
    ['one word in JSON', says('ERROR_WRONG_CAPTCHA_ID')],
    ['a word that nobody has listed', text('ERROR_NEVER_SEEN')],
  ])('are no verdict on any task: %s', async (_what, answer) => {
    const bench = openJoint({}, 'u1', 'u2');
    bench.transport.script('a', 'poll', answer);
    bench.transport.always('a', 'poll', (sent: Sent) => solves(token(idsOf(sent).join())));
    const ids = await begin(bench, 2);
    await bench.clock.advance(10_000);
    expect(bench.transport.calls('a', 'poll').map(idsOf)).toEqual([['u1', 'u2'], ['u1'], ['u2']]);
    expect(await tokens(bench, ids)).toEqual([token('u1'), token('u2')]);
  });

  it('twice in a row: the service is asked for one at a time', async () => {
    const bench = openJoint({}, 'u1', 'u2', 'u3', 'u4', 'u5', 'u6');
    bench.transport.script('a', 'poll', text('ERROR_WRONG_ID_FORMAT'), text('ERROR_WRONG_ID_FORMAT'));
    bench.transport.always('a', 'poll', (sent: Sent) => solves(token(idsOf(sent).join())));
    await begin(bench, 2);
    await bench.clock.advance(1_000);
    await begin(bench, 2);
    await bench.clock.advance(6_000);
    await begin(bench, 2);
    await bench.clock.advance(10_000);
    expect(bench.transport.calls('a', 'poll').map((sent) => idsOf(sent).length)).toEqual([
      2, 2, 1, 1, 1, 1, 1, 1,
    ]);
  });

  it('one of them: only that task is asked for by itself', async () => {
    const bench = openJoint({}, 'u1', 'u2', 'u3');
    bench.transport.script('a', 'poll', text(`what is this|${PENDING}|${PENDING}`));
    bench.transport.always('a', 'poll', (sent: Sent) =>
      idsOf(sent).length === 1 ? solves(token(idsOf(sent).join())) : text(idsOf(sent).map(token).join('|')),
    );
    const ids = await begin(bench, 3);
    await bench.clock.advance(11_000);
    expect(bench.transport.calls('a', 'poll').map(idsOf)).toEqual([['u1', 'u2', 'u3'], ['u1'], ['u2', 'u3']]);
    expect(await tokens(bench, ids)).toEqual(['u1', 'u2', 'u3'].map(token));
  });
});

describe('a call that fails', () => {
  it('is made again at the floor, for the same tasks', async () => {
    const bench = openJoint({}, 'u1', 'u2');
    bench.transport.script('a', 'poll', HTML, text(`${token('u1')}|${token('u2')}`));
    const ids = await begin(bench, 2);
    await bench.clock.advance(11_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 10_000]);
    expect(await tokens(bench, ids)).toEqual([token('u1'), token('u2')]);
  });

  it('by a ban ends every task of it, and nothing is asked', async () => {
    const bench = openJoint({}, 'u1', 'u2');
    bench.transport.script('a', 'poll', text('ERROR: 1005'));
    const ids = await begin(bench, 2);
    await bench.clock.advance(60_000);
    expect(bench.times('a', 'poll')).toEqual([5_000]);
    expect(bench.state('a').cause).toBe('rate_limited');
    for (const id of ids) expect(await bench.find(id)).toMatchObject({ status: 'failed' });
  });
});

it('a cancelled task leaves the others of its call alone', async () => {
  const bench = openJoint({}, 'u1', 'u2');
  bench.transport.script('a', 'poll', late(2_000, text(`${PENDING}|${token('u2')}`)));
  const [first = 0, second = 0] = await begin(bench, 2);
  await bench.clock.advance(6_000);
  await bench.engine.cancel({ id: 'qa', keySha256: '', holdMs: 0 }, first);
  expect(await bench.find(first)).toMatchObject({ status: 'cancelled' });
  await bench.clock.advance(2_000);
  expect(await tokens(bench, [second])).toEqual([token('u2')]);
});

it('1,000 tasks cost less than a request each, at a mean lag within 0.7 s, and no rule is broken', async () => {
  const names = Array.from({ length: 1_000 }, (_, index) => `u${index}`);
  const random = seededRandom(3);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const bench = openJoint({ pollEveryMs: 1_000, maxPolls: 120 }, ...names);
  const solvedAt = new Map<string, number>();
  const polledAt = new Map<string, number>();
  const [lags, broken]: [number[], string[]] = [[], []];
  const answerOne = (id: string, at: number): string => {
    if (at - (polledAt.get(id) ?? 0) < 1_000) broken.push(id);
    polledAt.set(id, at);
    const lagMs = at - (solvedAt.get(id) ?? 0);
    if (lagMs < 0) return PENDING;
    lags.push(lagMs);
    return token(id);
  };
  bench.transport.always('a', 'poll', (sent): Answer => {
    const parts = idsOf(sent).map((id) => answerOne(id, sent.at));
    if (parts.length > 1) return text(parts.join('|'));
    return parts[0] === PENDING ? NOT_READY : solves(String(parts[0]));
  });
  for (const name of names) {
    solvedAt.set(name, bench.clock.now() + 20_000 * Math.exp(0.3 * normal()));
    await bench.begin();
    await bench.clock.advance(20);
  }
  await bench.clock.advance(59_000);
  const mean = lags.reduce((sum, lag) => sum + lag, 0) / lags.length;
  expect([lags.length, broken]).toEqual([1_000, []]);
  expect(bench.transport.calls('a', 'poll').length).toBeLessThan(1_000);
  expect(mean).toBeLessThan(700);
});
