/** Who serves each kind, as a task would find it: without a task, and without changing anything. */
import { expect, it } from 'vitest';
import { accepts, says, solves } from './answers.js';
import { account, type Bench, openBench, SINGLY } from './bench.js';

const KIND = 'recaptcha_v2';
const ONE_KIND = { kinds: [KIND] } as const;

function serving(bench: Bench, kind: string = KIND) {
  return bench.engine.offers.serving().find((served) => served.kind === kind);
}

it('names the first in line, those behind it, and every kind that anybody takes', () => {
  const bench = openBench({
    accounts: [account('a', ONE_KIND), account('b', { kinds: [KIND, 'turnstile'] }), account('c', ONE_KIND)],
  });
  expect(bench.engine.offers.serving()).toEqual([
    { kind: 'recaptcha_v2', provider: 'a', next: ['b', 'c'], passedOver: [] },
    { kind: 'turnstile', provider: 'b', next: [], passedOver: [] },
  ]);
});

it('follows the order of a kind, and says who is not in it', () => {
  const bench = openBench({
    accounts: [account('a', ONE_KIND), account('b', ONE_KIND), account('c', ONE_KIND)],
    routing: { kinds: { [KIND]: { providers: ['c', 'a'] } } },
  });
  expect(serving(bench)).toEqual({
    kind: KIND,
    provider: 'c',
    next: ['a'],
    passedOver: [{ provider: 'b', why: `not among routing.kinds.${KIND}.providers` }],
  });
});

it('is what the next task finds: the same account, the same reasons', async () => {
  const bench = openBench({ accounts: [account('a', ONE_KIND), account('b', ONE_KIND)] });
  bench.transport.script('a', 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
  bench.transport.always('b', 'submit', accepts('u1'));
  bench.transport.always('b', 'poll', solves('t'));
  await bench.run(1_000);
  const told = serving(bench);
  const next = await bench.run(6_000);
  expect(told).toMatchObject({ provider: 'b', next: [], passedOver: [{ provider: 'a' }] });
  expect(told?.passedOver[0]?.why).toMatch(/^kind open: no_slot until \d{4}-/);
  expect(next.provider).toBe(told?.provider);
  expect(next.passedOver).toEqual(told?.passedOver);
});

it('names nobody where a task would wait or fail', () => {
  const bench = openBench({ accounts: [account('a', ONE_KIND)] });
  bench.engine.hold('a', 'maintenance');
  expect(serving(bench)).toEqual({
    kind: KIND,
    provider: null,
    next: [],
    passedOver: [{ provider: 'a', why: 'operator open: maintenance until somebody acts' }],
  });
});

it('names the last resort where everybody is closed', async () => {
  const bench = openBench({
    accounts: [account('a', { ...ONE_KIND, isPublic: false })],
    routing: { maxAttempts: 1 },
    breaker: { cooldownMs: 60_000 },
  });
  bench.transport.always('a', 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
  await bench.run(30_000);
  expect(serving(bench)).toMatchObject({ provider: 'a', passedOver: [{ provider: 'a' }] });
});

it('tells of most tasks: who is new or coming back stands behind the others, the heaviest is first', () => {
  const strategy = 'weighted' as const;
  const bench = openBench({
    accounts: [
      account('new', { ...ONE_KIND, shadow: 0.1, weight: 100 }),
      account('light', ONE_KIND),
      account('heavy', { ...ONE_KIND, weight: 3 }),
    ],
    routing: { strategy, explore: 0.9 },
  });
  expect(serving(bench)).toEqual({
    kind: KIND,
    provider: 'heavy',
    next: ['light', 'new'],
    passedOver: [{ provider: 'new', why: 'new: most tasks ask others first' }],
  });
});

it.each([0, 1, 2, 3, 4, 5])('puts the heaviest first, wherever it stands: %d', (place) => {
  const weights = [0, 1, 2, 3, 4, 5].map((index) => (index === place ? 1.2 : 1));
  const accounts = weights.map((weight, index) => account(`a${index}`, { ...ONE_KIND, weight }));
  const bench = openBench({ accounts, routing: { strategy: 'weighted' } });
  expect(serving(bench)?.provider).toBe(`a${place}`);
});

it('does not judge inputs that no task has sent', () => {
  const choosy = { ...SINGLY, refuses: () => 'needs instructions' };
  const bench = openBench({ accounts: [account('a', { ...ONE_KIND, provider: choosy })] });
  expect(serving(bench)).toMatchObject({ provider: 'a', passedOver: [] });
});

it('leaves no state behind for kinds that an account does not take', () => {
  const bench = openBench({ accounts: [account('a', ONE_KIND), account('b', { kinds: ['turnstile'] })] });
  bench.engine.offers.serving();
  expect(bench.engine.provider('a')?.kinds.map(({ kind }) => kind)).toEqual([KIND]);
});
