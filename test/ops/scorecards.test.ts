/** Counting is done once for equal questions, and one at a time. */
import { expect, it } from 'vitest';
import type { Span } from '../../src/core/scorecard.js';
import type { Tally } from '../../src/core/tally.js';
import { readQuery } from '../../src/ops/scorecard-query.js';
import { Scorecards } from '../../src/ops/scorecards.js';
import { FakeClock } from '../support/fake-clock.js';

const question = (query: string) => readQuery(new URLSearchParams(query));

/** A ledger that says when it is asked, and answers when told. */
function openDesk() {
  const clock = new FakeClock();
  const asked: Span[] = [];
  const answers: (() => void)[] = [];
  const faults: Error[] = [];
  const tally = async (span: Span, sums: Tally) => {
    asked.push(span);
    await new Promise<void>((resolve) => answers.push(resolve));
    const fault = faults.shift();
    if (fault) throw fault;
    const task = { kind: 'turnstile', host: '', status: 'failed', provider: null, reported: null } as const;
    for (const clientId of ['qa', 'lab'])
      sums.addTask({ ...task, clientId, finishedAt: span.since, attempts: [] });
  };
  const desk = new Scorecards({ clock, store: { tally } });
  const answer = async () => {
    await new Promise(setImmediate);
    answers.shift()?.();
    await new Promise(setImmediate);
  };
  return { clock, asked, faults, desk, answer };
}

it('answers equal questions by one counting, for five times as long as it took', async () => {
  const { clock, asked, desk, answer } = openDesk();
  const first = desk.tell(question('since=1h&by='));
  const second = desk.tell(question('since=1h&by=client'), 'lab');
  await clock.advance(100);
  await answer();
  expect((await first).rows).toMatchObject([{ tasks: 2 }]);
  expect((await second).rows).toMatchObject([{ client: 'lab', tasks: 1 }]);
  await clock.advance(499);
  expect(await desk.tell(question('since=1h&kind=turnstile'))).toMatchObject({ since: (await first).since });
  expect(asked).toHaveLength(1);
  await clock.advance(1);
  void desk.tell(question('since=1h'));
  await answer();
  expect(asked.map(({ until }) => until)).toEqual([clock.now() - 600, clock.now()]);
  desk.stop();
  expect(clock.pending).toBe(0);
});

it('keeps no figures longer than ten seconds, and those that cost nothing not at all', async () => {
  const { clock, asked, desk, answer } = openDesk();
  const dear = desk.tell(question('since=1h'));
  await clock.advance(60_000);
  await answer();
  await dear;
  await clock.advance(9_999);
  await desk.tell(question('since=1h'));
  expect(asked).toHaveLength(1);
  await clock.advance(1);
  for (const count of [2, 3]) {
    const told = desk.tell(question('since=1h'));
    await answer();
    await told;
    await clock.advance(0);
    expect(asked).toHaveLength(count);
  }
  desk.stop();
});

it('counts one after the other, and refuses when too many wait', async () => {
  const { asked, desk, answer } = openDesk();
  const told = ['1h', '2h', '3h', '4h'].map((since) => desk.tell(question(`since=${since}`)));
  await new Promise(setImmediate);
  expect(asked).toHaveLength(1);
  await expect(desk.tell(question('since=5h'))).rejects.toMatchObject({ code: 'overloaded' });
  for (const _each of told) await answer();
  expect(await Promise.all(told)).toHaveLength(4);
  expect(asked).toHaveLength(4);
  const fifth = desk.tell(question('since=5h'));
  await answer();
  await expect(fifth).resolves.toBeDefined();
  desk.stop();
});

it('counts again after a counting that failed, and goes on with the next', async () => {
  const { asked, faults, desk, answer } = openDesk();
  faults.push(new Error('the disk is gone'));
  const failed = expect(desk.tell(question('since=1h'))).rejects.toThrow('disk is gone');
  const next = desk.tell(question('since=2h'));
  await answer();
  await failed;
  await answer();
  await expect(next).resolves.toBeDefined();
  const again = desk.tell(question('since=1h'));
  await answer();
  await expect(again).resolves.toBeDefined();
  expect(asked).toHaveLength(3);
  desk.stop();
});

it('refuses a span without length, unasked', async () => {
  const { asked, desk } = openDesk();
  await expect(desk.tell(question('since=1h&until=1h'))).rejects.toMatchObject({ code: 'bad_request' });
  expect(asked).toEqual([]);
});
