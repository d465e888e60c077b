/** Inputs that the first attempt burns: no second purchase can succeed with them. */
import { describe, expect, it } from 'vitest';
import { reset, text } from '../support/fake-transport.js';
import { fullTask, sampleTask } from '../support/sample-tasks.js';
import { accepts, NOT_READY, says } from './answers.js';
import { account, openBench, story } from './bench.js';

const GEETEST = sampleTask('geetest_v3');
const DETAIL = 'challenge can be used once only: send fresh inputs.';

describe('a GeeTest challenge', () => {
  it('that failed after a provider took it is not bought again', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    const record = await bench.run(5_000, GEETEST);
    expect(record).toMatchObject({
      status: 'failed',
      error: { code: 'unsolvable', upstreamCode: 'ERROR_CAPTCHA_UNSOLVABLE', detail: DETAIL },
    });
    expect(bench.transport.calls('b')).toEqual([]);
  });

  it('that may have arrived is not sent to anybody else', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', reset(true));
    const record = await bench.find(await bench.begin(GEETEST));
    expect(record).toMatchObject({ status: 'failed', error: { code: 'bad_reply', detail: DETAIL } });
    expect(record.attempts).toMatchObject([{ mayBeCharged: true }]);
    expect(bench.transport.calls('b')).toEqual([]);
  });

  it('that was refused goes to the next provider', async () => {
    const bench = openBench({ accounts: ['a', 'b', 'c'] });
    bench.transport.script('a', 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
    bench.transport.script('b', 'submit', reset(false));
    bench.transport.script('c', 'submit', accepts('u3'));
    const id = await bench.begin(GEETEST);
    expect(story(await bench.find(id))).toEqual(['a: no_slot', 'b: bad_reply', 'c: solving']);
  });

  it('that was given up is still waited for', async () => {
    const bench = openBench({ accounts: [account('a', { timing: { giveUpMs: 10_000 } }), 'b'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    const answer = { geetest_challenge: 'c', geetest_validate: 'v', geetest_seccode: 's' };
    bench.transport.script('a', 'poll', NOT_READY, text(JSON.stringify({ status: 1, request: answer })));
    const id = await bench.begin(GEETEST);
    await bench.clock.advance(20_000);
    expect(await bench.find(id)).toMatchObject({ status: 'solving', attempts: [{ outcome: 'timeout' }] });
    await bench.clock.advance(10_000);
    expect(await bench.find(id)).toMatchObject({ status: 'solved', solution: { validate: 'v' } });
    expect(bench.transport.calls('b')).toEqual([]);
  });

  it('that was given up fails with what it failed of, when no answer can come any more', async () => {
    const bench = openBench({ accounts: [account('a', { timing: { giveUpMs: 10_000 } }), 'b'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', NOT_READY, says('ERROR_WRONG_CAPTCHA_ID'));
    const record = await bench.run(30_000, GEETEST);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
  });
});

it.each(['recaptcha_v2', 'hcaptcha', 'funcaptcha'] as const)(
  'the one-off value of %s is burnt in the same way',
  async (kind) => {
    const bench = openBench();
    const { proxy: _proxy, cookies: _cookies, ...task } = fullTask(kind);
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    expect(await bench.run(5_000, task)).toMatchObject({ status: 'failed', error: { code: 'unsolvable' } });
    expect(bench.transport.calls('b')).toEqual([]);
  },
);
