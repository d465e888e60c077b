/** Services that answer inside the submit: nothing is polled. */
import { expect, it } from 'vitest';
import capsolver from '../../providers/capsolver.js';
import { late } from '../support/fake-transport.js';
import { sampleTask } from '../support/sample-tasks.js';
import { json } from './answers.js';
import { account, CLIENT, openBench, story } from './bench.js';

const IMAGE = sampleTask('image_to_text');

function openInline() {
  return openBench({ accounts: [account('a', { provider: capsolver }), 'b'] });
}

it('the solution is there with the acceptance', async () => {
  const bench = openInline();
  bench.transport.script('a', 'submit', late(900, json.solvesText('w93bx')));
  const id = await bench.begin(IMAGE);
  await bench.clock.advance(900);
  const record = await bench.find(id);
  expect(record).toMatchObject({ status: 'solved', provider: 'a', solution: { text: 'w93bx' } });
  expect(record.attempts).toMatchObject([
    { outcome: 'solved', upstreamId: 'inline-1', polls: 0, mayBeCharged: true, costUsd: 0.001 },
  ]);
  expect(bench.transport.sent).toHaveLength(1);
  expect(bench.clock.pending).toBe(0);
});

it('acceptance, outcome and settlement are written together, before anybody is told', async () => {
  const bench = openInline();
  bench.store.writeMs = 20;
  bench.transport.script('a', 'submit', json.solvesText('w93bx'));
  bench.events.on('task-ended', () => bench.journal.push('told'));
  const submitted = bench.submit(IMAGE);
  await bench.clock.advance(40);
  await submitted;
  expect(bench.journal).toEqual([
    'wrote created+attempt-begun',
    'submit a',
    'wrote attempt-accepted+attempt-ended+settled',
    'told',
  ]);
});

it('a deadline shorter than a poll is no reason to pass it over', async () => {
  const bench = openInline();
  bench.transport.script('a', 'submit', json.solvesText('w93bx'));
  const id = await bench.begin(IMAGE, { deadlineMs: 2_000 });
  expect(await bench.find(id)).toMatchObject({ status: 'solved' });
});

it('an answer that comes after the end is booked, and changes nothing else', async () => {
  const bench = openInline();
  bench.transport.script('a', 'submit', late(900, json.solvesText('w93bx')));
  const id = await bench.begin(IMAGE);
  expect(await bench.engine.cancel(CLIENT, id)).toMatchObject({ status: 'cancelled', solution: null });
  await bench.clock.advance(900);
  const record = await bench.store.find(id);
  expect(record).toMatchObject({ status: 'cancelled', solution: null });
  expect(record?.attempts).toMatchObject([{ outcome: 'solved', upstreamId: 'inline-1', costUsd: 0.001 }]);
});

it('an answer that comes while the process ends is not lost', async () => {
  const bench = openInline();
  bench.transport.script('a', 'submit', late(900, json.solvesText('w93bx')));
  const id = await bench.begin(IMAGE);
  bench.engine.stop();
  await bench.clock.advance(900);
  expect(await bench.store.find(id)).toMatchObject({ status: 'solved', solution: { text: 'w93bx' } });
});

it('a service without an answer is asked for as usual', async () => {
  const bench = openInline();
  bench.transport.script('a', 'submit', json.accepts(77));
  bench.transport.script('a', 'poll', json.solves('token'));
  expect(story(await bench.run(5_000, sampleTask('turnstile')))).toEqual(['a: solved']);
});
