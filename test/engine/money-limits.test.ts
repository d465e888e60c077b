/** How often and for how much a task may be bought. */
import { describe, expect, it } from 'vitest';
import { hang, reset } from '../support/fake-transport.js';
import { accepts, NOT_READY, says, solves } from './answers.js';
import { account, openBench, story } from './bench.js';

const UNSOLVABLE = says('ERROR_CAPTCHA_UNSOLVABLE');
const MANY = ['a', 'b', 'c', 'd', 'e'];

describe('maxAttempts', () => {
  it('counts what was accepted, and names those who were not asked for it', async () => {
    const bench = openBench({ accounts: MANY });
    for (const id of ['a', 'b', 'c']) {
      bench.transport.script(id, 'submit', accepts(`u-${id}`));
      bench.transport.script(id, 'poll', UNSOLVABLE);
    }
    const record = await bench.run(15_000);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'unsolvable' } });
    expect(story(record)).toEqual(['a: unsolvable', 'b: unsolvable', 'c: unsolvable']);
    expect(record.passedOver).toEqual([
      { provider: 'd', why: 'the task has had all its attempts' },
      { provider: 'e', why: 'the task has had all its attempts' },
    ]);
  });

  it('counts what may have been accepted', async () => {
    const bench = openBench({ accounts: MANY });
    for (const id of ['a', 'b', 'c']) bench.transport.script(id, 'submit', reset(true));
    const record = await bench.find(await bench.begin());
    expect(record).toMatchObject({ status: 'failed', error: { code: 'bad_reply' } });
    expect(record.attempts).toHaveLength(3);
  });

  it('does not count refusals: every candidate is asked', async () => {
    const bench = openBench({ accounts: MANY, routing: { maxAttempts: 1 } });
    for (const id of ['a', 'b']) bench.transport.script(id, 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
    for (const id of ['c', 'd']) bench.transport.script(id, 'submit', reset(false));
    bench.transport.script('e', 'submit', accepts('u5'));
    bench.transport.script('e', 'poll', solves('token-e'));
    expect(await bench.run(5_000)).toMatchObject({ status: 'solved', provider: 'e' });
  });

  it('ends at what failed last, not at what was not asked', async () => {
    const bench = openBench({ accounts: MANY, routing: { maxAttempts: 1 } });
    bench.transport.script('a', 'submit', hang());
    expect(await bench.run(10_000)).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
  });

  it('is waited out while somebody may answer late', async () => {
    const bench = openBench({
      accounts: [account('a', { timing: { giveUpMs: 10_000 } }), 'b'],
      routing: { maxAttempts: 1 },
    });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', NOT_READY, solves('token-a'));
    const record = await bench.run(30_000);
    expect(record).toMatchObject({ status: 'solved', provider: 'a' });
    expect(bench.transport.calls('b')).toEqual([]);
  });
});

describe('maxUsdPerTask', () => {
  const priced = (prices: Readonly<Record<string, number | null>>) =>
    Object.entries(prices).map(([id, priceUsd]) => account(id, { priceUsd }));

  it('passes over who costs more than the task may', async () => {
    const bench = openBench({ accounts: priced({ a: 0.03, b: 0.001 }) });
    bench.transport.script('b', 'submit', accepts('u2'));
    const record = await bench.find(await bench.begin());
    expect(story(record)).toEqual(['b: solving']);
    expect(record.passedOver).toEqual([{ provider: 'a', why: 'costs more than the task may' }]);
  });

  it('is what all attempts may cost together', async () => {
    const bench = openBench({
      accounts: priced({ a: 0.003, b: 0.003, c: 0.004, d: 0.003 }),
      routing: { maxUsdPerTask: 0.009, maxAttempts: 9 },
    });
    for (const id of ['a', 'b', 'd']) {
      bench.transport.script(id, 'submit', accepts(`u-${id}`));
      bench.transport.script(id, 'poll', UNSOLVABLE);
    }
    const record = await bench.run(15_000);
    expect(story(record)).toEqual(['a: unsolvable', 'b: unsolvable', 'd: unsolvable']);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'unsolvable' } });
  });

  it('counts an ambiguous submit as bought', async () => {
    const bench = openBench({
      accounts: priced({ a: 0.006, b: 0.006 }),
      routing: { maxUsdPerTask: 0.01 },
    });
    bench.transport.script('a', 'submit', reset(true));
    const record = await bench.find(await bench.begin());
    expect(record.attempts).toMatchObject([{ mayBeCharged: true, costUsd: 0.006 }]);
    expect(bench.transport.calls('b')).toEqual([]);
  });

  it('is lowered by the caller, never raised', async () => {
    const bench = openBench({ accounts: priced({ a: 0.015, b: 0.03 }) });
    const low = await bench.find(await bench.begin(undefined, { maxUsd: 0.01 }));
    expect(low).toMatchObject({ status: 'failed', error: { code: 'no_slot' } });
    const high = await bench.find(await bench.begin(undefined, { maxUsd: 1, providers: ['b'] }));
    expect(high).toMatchObject({ status: 'failed', attempts: [] });
  });

  it('takes a price that nobody knows as nothing, and shows it as unknown', async () => {
    const bench = openBench({ accounts: priced({ a: null }), routing: { maxUsdPerTask: 0 } });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', solves('token-a'));
    expect(await bench.run(5_000)).toMatchObject({ status: 'solved', attempts: [{ costUsd: null }] });
  });

  it('a price told by the provider wins over the config’s', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', { body: '{"status":1,"request":"t","price":"0.00299"}' });
    expect((await bench.run(5_000)).attempts).toMatchObject([{ costUsd: 0.00299 }]);
  });
});

describe('an ambiguous submit', () => {
  it('is never sent to the same provider again, whatever else fails', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', reset(true));
    bench.transport.script('b', 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
    const record = await bench.run(180_000);
    expect(story(record)).toEqual(['a: bad_reply', 'b: no_slot']);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'no_slot' } });
    expect(bench.transport.calls('a', 'submit')).toHaveLength(1);
  });

  it('is flagged as possibly charged, in memory and on disk', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', hang());
    bench.transport.script('b', 'submit', accepts('u2'));
    const id = await bench.begin();
    await bench.clock.advance(10_000);
    const flagged = { outcome: 'timeout', mayBeCharged: true, costUsd: 0.001, upstreamId: null };
    expect((await bench.find(id)).attempts[0]).toMatchObject(flagged);
    expect((await bench.store.find(id))?.attempts[0]).toMatchObject(flagged);
  });

  it('a definite refusal costs nothing', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
    bench.transport.script('b', 'submit', accepts('u2'));
    const { attempts } = await bench.find(await bench.begin());
    expect(attempts[0]).toMatchObject({ mayBeCharged: false, costUsd: 0 });
  });
});
