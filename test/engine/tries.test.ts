/** Tries of what is closed: none blocks the way back for ever, and none is made while a ban lasts. */
import { describe, expect, it } from 'vitest';
import { type Answer, late, reset } from '../support/fake-transport.js';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts, hasMoney, NOT_READY, says } from './answers.js';
import { account, type Bench, openBench } from './bench.js';

const RESET = reset(false);
const NO_SLOT = says('ERROR_NO_SLOT_AVAILABLE');
const EMPTY = says('ERROR_ZERO_BALANCE');
const BANNED_30S = says('ERROR: 1003');

function openA(): Bench {
  const bench = openBench({ accounts: [account('a', { balanceCheckMs: 1_000 })] });
  bench.transport.always('a', 'poll', NOT_READY);
  return bench;
}

describe('a try that nobody ends', () => {
  it('does not block the way back for ever', async () => {
    const bench = openA();
    bench.transport.script('a', 'submit', NO_SLOT, accepts('u1'));
    await bench.begin();
    await bench.clock.advance(5_000);
    // The ledger takes its time: the task that tries cannot leave before.
    bench.store.writeMs = 25_000;
    const stuck = bench.submit();
    await bench.clock.advance(9_999);
    expect(bench.kind('a').state).toBe('half-open');
    bench.store.writeMs = 0;
    await bench.clock.advance(1);
    const next = await bench.submit();
    await bench.clock.advance(0);
    expect(await bench.find(next.id)).toMatchObject({ status: 'solving' });
    bench.transport.script('a', 'submit', accepts('u2'));
    await bench.clock.advance(20_000);
    await stuck;
  });
});

describe('while a ban lasts', () => {
  it('the late answer of what was given up is not asked for', async () => {
    const bench = openBench({ accounts: [account('a', { timing: { giveUpMs: 8_000 } }), 'b'] });
    bench.transport.script('a', 'submit', accepts('u1'), BANNED_30S);
    bench.transport.script('a', 'poll', NOT_READY);
    bench.transport.always('b', 'submit', accepts('u-b'));
    bench.transport.always('b', 'poll', NOT_READY);
    await bench.begin();
    await bench.clock.advance(10_000);
    await bench.begin();
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.clock.advance(29_999);
    // Its drain was due at 28 s.
    expect(bench.times('a')).toEqual([0, 5_000, 10_000]);
    await bench.clock.advance(1);
    expect(bench.times('a', 'poll')).toEqual([5_000, 40_000]);
  });

  it('neither connection, money nor kind is tried', async () => {
    const bench = openA();
    const slow = (answer: Answer) => late(4_000, answer);
    bench.transport.script(
      'a',
      'submit',
      slow(NO_SLOT),
      slow(EMPTY),
      slow(RESET),
      slow(RESET),
      slow(RESET),
      slow(BANNED_30S),
    );
    const kinds = ['recaptcha_v2', 'turnstile', 'hcaptcha', 'hcaptcha', 'hcaptcha', 'funcaptcha'] as const;
    bench.transport.script('a', 'balance', hasMoney(0));
    for (const kind of kinds) await bench.begin(sampleTask(kind));
    await bench.clock.advance(4_000);
    const open = bench.engine.provider('a')?.gates.filter(({ state }) => state !== 'closed');
    expect(open?.map(({ scope }) => scope)).toEqual(['ban', 'money', 'transport']);
    const sent = bench.transport.sent.length;
    await bench.clock.advance(29_999);
    for (const kind of kinds) await bench.begin(sampleTask(kind));
    expect(bench.transport.sent).toHaveLength(sent);
    bench.transport.script('a', 'balance', hasMoney(1));
    await bench.clock.advance(1_000);
    expect(bench.transport.sent).toHaveLength(sent + 1);
  });
});
