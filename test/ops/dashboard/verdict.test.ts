/** The one sentence by which somebody knows at a glance how things stand. */
import { expect, it } from 'vitest';
import { incidentsOf } from '../../../src/ops/dashboard/incidents.js';
import { verdict } from '../../../src/ops/dashboard/verdict.js';
import type { Serving, Status } from '../../../src/ops/dashboard/wire.js';
import { history, iso, kind, NOW, provider, status } from './samples.js';

const OPEN = { state: 'open', since: iso(5), until: iso(-5) } as const;
const EMPTY = provider('a', { ...OPEN, cause: 'zero_balance' });
const WHY = { provider: 'a', why: 'money open: zero_balance until somebody acts' };

function served(change: Partial<Serving>): Serving {
  return { kind: 'turnstile', provider: 'b', next: [], passedOver: [WHY], ...change };
}

function say(change: Partial<Status>) {
  const whole = status(change);
  return verdict(whole, incidentsOf(whole, history(), NOW));
}

it.each<[string, string, Partial<Status>]>([
  ['good', 'All 2 providers take tasks.', {}],
  ['good', 'The provider takes tasks.', { providers: [provider('a')] }],
  [
    'good',
    'All 2 providers take tasks; a is coming back.',
    { providers: [provider('a', { state: 'ramping' }), provider('b')] },
  ],
  [
    'warn',
    'a is out of money. Every kind is still served: b stands in.',
    { providers: [EMPTY, provider('b')], serving: [served({})] },
  ],
  [
    'warn',
    'a has no free worker for Turnstile. Every kind is still served.',
    { providers: [provider('a', { kinds: [kind('turnstile', { ...OPEN, cause: 'no_slot' })] })] },
  ],
  [
    'warn',
    'a is out of money, b is out of money, c is out of money and 2 more troubles. Every kind is still served.',
    { providers: ['a', 'b', 'c', 'd', 'e'].map((id) => ({ ...EMPTY, id })) },
  ],
  [
    'warn',
    'New tasks of 1 kind wait for a free thread.',
    { serving: [served({ provider: null, passedOver: [{ provider: 'a', why: 'all threads are busy' }] })] },
  ],
  [
    'warn',
    'a is being tried again (no answer). New tasks of 1 kind wait for a try that is under way.',
    {
      providers: [provider('a', { ...OPEN, state: 'half-open', cause: 'timeout' })],
      serving: [
        served({
          provider: null,
          passedOver: [{ provider: 'a', why: 'transport open: timeout and being tried' }],
        }),
      ],
    },
  ],
  [
    'bad',
    'Nothing can be solved now: a is out of money.',
    { providers: [EMPTY], serving: [served({ provider: null })] },
  ],
  [
    'bad',
    '1 kind cannot be solved now: a is out of money.',
    { providers: [EMPTY, provider('b')], serving: [served({ provider: null }), served({ kind: 'audio' })] },
  ],
])('%s: %s', (tone, text, change) => expect(say(change)).toEqual({ tone, text }));
