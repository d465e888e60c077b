/** Whether an answer worked: remembered, and told to the provider once. */
import { expect, it } from 'vitest';
import anticaptcha from '../../providers/anticaptcha.js';
import { askedFor, hang, late } from '../support/fake-transport.js';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts, json, RECORDED, says, solves } from './answers.js';
import { account, type Bench, CLIENT, openBench } from './bench.js';

async function solvedBy(bench: Bench): Promise<number> {
  bench.transport.script('a', 'submit', accepts('u1'));
  bench.transport.script('a', 'poll', solves('token-a'));
  return (await bench.run(5_000)).id;
}

it.each([
  [true, 'reportgood'],
  [false, 'reportbad'],
])('%s is told to the provider as %s, once, whatever is reported later', async (isAccepted, action) => {
  const bench = openBench();
  const id = await solvedBy(bench);
  bench.transport.script('a', 'report', RECORDED);
  await bench.engine.report(CLIENT, id, isAccepted);
  await bench.engine.report(CLIENT, id, isAccepted);
  await bench.engine.report(CLIENT, id, !isAccepted);
  await bench.clock.advance(0);
  const [sent, ...more] = bench.transport.calls('a', 'report');
  expect(sent?.request.query).toMatchObject({ action, id: 'u1' });
  expect(more).toEqual([]);
  expect(await bench.find(id)).toMatchObject({ reported: isAccepted });
  expect(await bench.store.find(id)).toMatchObject({ reported: isAccepted });
});

it('is noted as taken when the provider has taken it, good or bad', async () => {
  const bench = openBench();
  const id = await solvedBy(bench);
  bench.transport.script('a', 'report', late(2_000, RECORDED));
  await bench.engine.report(CLIENT, id, false);
  await bench.clock.advance(1_999);
  expect((await bench.store.find(id))?.attempts).not.toMatchObject([{ tookReport: true }]);
  await bench.clock.advance(1);
  expect(await bench.store.find(id)).toMatchObject({ reported: false, attempts: [{ tookReport: true }] });
});

it('two reports at the same time are one', async () => {
  const bench = openBench();
  const id = await solvedBy(bench);
  bench.transport.script('a', 'report', RECORDED);
  await Promise.all([bench.engine.report(CLIENT, id, true), bench.engine.report(CLIENT, id, false)]);
  await bench.clock.advance(0);
  expect(bench.transport.calls('a', 'report')).toHaveLength(1);
  expect(await bench.store.find(id)).toMatchObject({ reported: true });
});

it('is on disk before it is confirmed, and does not make the client wait for the provider', async () => {
  const bench = openBench();
  const id = await solvedBy(bench);
  bench.transport.script('a', 'report', late(2_000, RECORDED));
  await bench.engine.report(CLIENT, id, true);
  expect(bench.journal.at(-2)).toBe('wrote reported');
  await bench.clock.advance(2_000);
});

it.each([
  ['a provider that does not answer', hang()],
  ['a provider that refuses it', says('ERROR_WRONG_CAPTCHA_ID')],
])('%s changes nothing for the client', async (_name, answer) => {
  const bench = openBench();
  const id = await solvedBy(bench);
  bench.transport.script('a', 'report', answer);
  await bench.engine.report(CLIENT, id, true);
  await bench.clock.advance(10_000);
  expect(await bench.find(id)).toMatchObject({ status: 'solved', reported: true });
  expect((await bench.store.find(id))?.attempts[0]).not.toHaveProperty('tookReport');
});

it('is not told to a service that takes none of this sort', async () => {
  const bench = openBench({ accounts: [account('a', { provider: anticaptcha })] });
  bench.transport.script('a', 'submit', json.accepts(77));
  bench.transport.script('a', 'poll', json.solves('token-a'));
  const { id } = await bench.run(5_000, sampleTask('turnstile'));
  await bench.engine.report(CLIENT, id, true);
  await bench.clock.advance(0);
  expect(bench.transport.calls('a', 'report')).toEqual([]);
  expect(await bench.find(id)).toMatchObject({ reported: true });
  expect((await bench.store.find(id))?.attempts[0]).not.toHaveProperty('tookReport');
});

it('names the attempt that solved it, not the one before', async () => {
  const bench = openBench({ accounts: ['a'] });
  bench.transport.script('a', 'submit', accepts('u1'), accepts('u2'));
  bench.transport.script('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'), solves('token-a'));
  const { id } = await bench.run(10_000);
  bench.transport.script('a', 'report', RECORDED);
  await bench.engine.report(CLIENT, id, false);
  await bench.clock.advance(0);
  expect(bench.transport.calls('a', 'report').map(askedFor)).toEqual(['u2']);
});

it('of a task that is not solved is taken and means nothing', async () => {
  const bench = openBench();
  bench.transport.script('a', 'submit', accepts('u1'));
  const id = await bench.begin();
  await bench.engine.report(CLIENT, id, true);
  expect(await bench.find(id)).toMatchObject({ reported: null });
});

it('can be made after a restart', async () => {
  const bench = openBench();
  const id = await solvedBy(bench);
  await bench.restart();
  bench.transport.script('a', 'report', RECORDED);
  await bench.engine.report(CLIENT, id, true);
  await bench.engine.report(CLIENT, id, true);
  await bench.clock.advance(0);
  expect(await bench.find(id)).toMatchObject({ reported: true });
});

it.each([
  [59_000, 1],
  [61_000, 0],
])('a provider that takes reports for 60 s hears of one after %i ms: %i', async (ageMs, told) => {
  const bench = openBench({ accounts: [account('a', { provider: anticaptcha })] });
  bench.transport.script('a', 'submit', json.accepts(7));
  bench.transport.script('a', 'poll', json.solves('t'));
  const { id } = await bench.run(5_000);
  await bench.clock.advance(ageMs);
  if (told > 0) bench.transport.script('a', 'report', json.processing);
  await bench.engine.report(CLIENT, id, true);
  await bench.clock.advance(0);
  expect(bench.transport.calls('a', 'report')).toHaveLength(told);
  expect(await bench.store.find(id)).toMatchObject({ reported: true });
});
