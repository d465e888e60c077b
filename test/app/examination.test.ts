/** Which accounts `doctor` asks for their balance itself: none that a service might count as one call too many. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { balanceOf, examineAccounts, type Known } from '../../src/app/examination/accounts.js';
import type { Transport, UpstreamReply } from '../../src/core/provider.js';
import { openSandbox } from '../../src/sandbox/sandbox.js';
import { account } from '../engine/bench.js';

const API_KEY = 'key-of-first';

/** A service that answers every call alike, and how often it was called. */
function serviceOf(reply: Partial<UpstreamReply>) {
  const asked: string[] = [];
  const transport: Transport = {
    send: async (_account, request) => {
      asked.push(`${request.method} ${request.path}`);
      return { status: 200, body: '', ...reply };
    },
    close: async () => {},
  };
  const ask = (known: Known, isPublic = true) =>
    balanceOf(account('first', { isPublic }), transport, Promise.resolve(known));
  return { asked, ask, transport };
}

const RICH = { body: '{"status":1,"request":"12.5"}' };

describe('an account at a public service', () => {
  it('is asked once where no gateway runs', async () => {
    const { asked, ask } = serviceOf(RICH);
    expect(await ask('nobody')).toEqual({ status: 'told', amount: 12.5, currency: 'USD' });
    expect(asked).toEqual(['GET /res.php']);
  });

  it('is not asked where a gateway runs and does not tell when it asked', async () => {
    const { asked, ask } = serviceOf(RICH);
    expect(await ask('untold')).toBeNull();
    expect(asked).toEqual([]);
  });
});

it('what answers on this machine under the name of a public service is not told the key', async () => {
  const sandbox = await openSandbox({});
  onTestFinished(() => sandbox.close());
  const { asked, transport } = serviceOf(RICH);
  const running = Promise.resolve('nobody' as const);
  const at = (isPublic: boolean) => [account('first', { isPublic, baseUrl: sandbox.url })];
  const [led] = await examineAccounts({ accounts: at(true), transport, running });
  expect(led).toMatchObject({ reach: { status: 'reached', addresses: ['127.0.0.1'] }, balance: null });
  expect(asked).toEqual([]);
  await examineAccounts({ accounts: at(false), transport, running });
  expect(asked).toHaveLength(1);
});

it('an account at a private address is asked whoever runs', async () => {
  const { asked, ask } = serviceOf(RICH);
  expect(await ask('untold', false)).toMatchObject({ amount: 12.5 });
  expect(asked).toHaveLength(1);
});

describe('an answer', () => {
  it.each([
    [
      "a refusal, in the service's own word",
      { body: 'ERROR_KEY_DOES_NOT_EXIST' },
      { code: 'auth', word: 'ERROR_KEY_DOES_NOT_EXIST' },
    ],
    ['a page', { status: 502, body: ' <html>' }, { status: 'odd', looks: 'html' }],
    ['a redirect', { status: 302, location: 'https://x.example' }, { status: 'odd', looks: 'redirect' }],
    ['a path nobody knows', { status: 404, body: '<html>' }, { status: 'odd', looks: 'missing' }],
    ['another wire', { body: '{"errorId":0,"balance":3}' }, { status: 'odd', looks: 'json' }],
    ['a text', { body: 'Hello' }, { status: 'odd', looks: 'text' }],
  ])('is told as %s', async (_name, reply, facts) => {
    expect(await serviceOf(reply).ask('nobody')).toMatchObject(facts);
  });

  it('with the key in it is told without', async () => {
    const told = await serviceOf({ body: `ERROR_${API_KEY}` }).ask('nobody');
    expect(JSON.stringify(told)).not.toContain(API_KEY);
  });
});
