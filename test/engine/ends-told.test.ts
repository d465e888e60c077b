/** Every end of an attempt is told, also one that comes when nobody waits for it any more. */
import { expect, it } from 'vitest';
import { late } from '../support/fake-transport.js';
import { accepts, says } from './answers.js';
import { type Bench, CLIENT, openBench } from './bench.js';

function ends(bench: Bench): readonly string[] {
  const told: string[] = [];
  bench.events.on('attempt-ended', ({ attempt, isLate }) =>
    told.push(`${attempt.provider} ${attempt.outcome}${isLate ? ' late' : ''}`),
  );
  return told;
}

it('an answer to a submit that comes after the end of its task', async () => {
  const bench = openBench();
  const told = ends(bench);
  bench.transport.script('a', 'submit', late(2_000, says('ERROR_NO_SLOT_AVAILABLE')));
  const id = await bench.begin();
  await bench.engine.cancel(CLIENT, id);
  expect(told).toEqual(['a cancelled']);
  await bench.clock.advance(3_000);
  expect(told).toEqual(['a cancelled', 'a no_slot late']);
});

it('an attempt that ends once is told once, and is not late', async () => {
  const bench = openBench();
  const told = ends(bench);
  bench.transport.script('a', 'submit', accepts('u1'));
  const id = await bench.begin();
  await bench.clock.advance(100);
  await bench.engine.cancel(CLIENT, id);
  await bench.clock.advance(60_000);
  expect(told).toEqual(['a cancelled']);
});

it('a word of the provider that repeats what it was sent is booked without that', async () => {
  const bench = openBench({ accounts: ['a'] });
  const key = '0f4e9d3c2b1a49788796a5b4c3d2e1f0';
  bench.transport.script(
    'a',
    'submit',
    says(`ERROR_ODD ${key} for 6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI`),
  );
  const id = await bench.begin();
  await bench.clock.advance(60_000);
  const record = await bench.find(id);
  expect(record.attempts[0]?.upstreamCode).toBe('ERROR_ODD *** for ***');
  expect(JSON.stringify(record.error)).not.toContain(key);
  expect(JSON.stringify(bench.engine.provider('a'))).not.toContain(key);
});
