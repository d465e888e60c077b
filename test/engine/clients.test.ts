/** Who may ask, and for what. */
import { describe, expect, it } from 'vitest';
import type { Client, Targets } from '../../src/core/gateway.js';
import type { Task } from '../../src/core/task.js';
import { Clients, checkAllowed } from '../../src/engine/clients.js';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts } from './answers.js';
import { CLIENT, openBench, story, TASK } from './bench.js';

function refusal(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a key', () => {
  // SHA-256 of 'other-key'.
  const other = {
    ...CLIENT,
    id: 'other',
    keySha256: Buffer.from(CLIENT.keySha256, 'hex').reverse().toString('hex'),
  };
  const clients = new Clients([other, CLIENT]);

  it('is that of its client', () => {
    expect(clients.authenticate('qa-key').id).toBe('qa');
  });

  it.each([undefined, ''])('that is missing (%j) is said to be missing', (key) => {
    expect(refusal(() => clients.authenticate(key))).toMatchObject({
      code: 'auth',
      evidence: { isMalformed: true, detail: 'No key was sent.' },
    });
  });

  it.each(['with space', 'ключ', 'tab\t', 'x'.repeat(257), '\u0000'])('%j cannot be one', (key) => {
    expect(refusal(() => clients.authenticate(key))).toMatchObject({
      code: 'auth',
      evidence: { isMalformed: true, detail: 'This cannot be a key.' },
    });
  });

  it.each(['qa-kez', 'qa-key2', 'QA-KEY', 'x'.repeat(256)])('%j is unknown', (key) => {
    const error = refusal(() => clients.authenticate(key));
    expect(error).toMatchObject({ code: 'auth', evidence: { detail: 'No client has this key.' } });
    expect(error).not.toMatchObject({ evidence: { isMalformed: true } });
  });

  it('is not repeated in the error', () => {
    expect(String(refusal(() => clients.authenticate('secret-guess')))).not.toContain('secret-guess');
  });

  it('is asked for by the gateway in the same way', () => {
    const bench = openBench();
    expect(bench.engine.authenticate('qa-key')).toEqual(CLIENT);
    expect(refusal(() => bench.engine.authenticate('nobody'))).toMatchObject({ code: 'auth' });
  });
});

describe('kinds', () => {
  const client: Client = { ...CLIENT, kinds: ['turnstile'] };

  it('that the client may not ask for are refused, and nobody is asked', async () => {
    const bench = openBench();
    await expect(bench.submit(TASK, { client })).rejects.toMatchObject({
      code: 'not_allowed',
      evidence: { detail: 'clients.qa.kinds does not list recaptcha_v2.' },
    });
    expect([bench.transport.sent, bench.store.records]).toEqual([[], []]);
  });

  it('that it may ask for are taken, and offered', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    const id = await bench.begin(sampleTask('turnstile'), { client });
    expect(story(await bench.find(id))).toEqual(['a: solving']);
    expect(bench.engine.kinds(client)).toEqual([{ kind: 'turnstile', providers: ['a', 'b'] }]);
  });
});

describe('providers', () => {
  it('that are not the client’s are passed over', async () => {
    const client = { ...CLIENT, providers: ['b'] };
    const bench = openBench({ clients: [client] });
    bench.transport.script('b', 'submit', accepts('u2'));
    const record = await bench.find(await bench.begin(TASK, { client }));
    expect(story(record)).toEqual(['b: solving']);
    expect(record.passedOver).toEqual([{ provider: 'a', why: 'not among the providers of client qa' }]);
    expect(bench.engine.kinds(client)[0]?.providers).toEqual(['b']);
  });

  it('that the caller has not named are passed over', async () => {
    const bench = openBench();
    bench.transport.script('b', 'submit', accepts('u2'));
    const record = await bench.find(await bench.begin(TASK, { providers: ['b', 'nobody'] }));
    expect(record.passedOver).toEqual([{ provider: 'a', why: 'not among the providers asked for' }]);
  });

  it('stand in the kind’s own order where the config has one', async () => {
    const kinds = { recaptcha_v2: { providers: ['c', 'a'] } };
    const bench = openBench({ accounts: ['a', 'b', 'c'], routing: { kinds } });
    bench.transport.script('c', 'submit', accepts('u3'));
    bench.transport.script('a', 'submit', accepts('u1'));
    const record = await bench.find(await bench.begin());
    expect(story(record)).toEqual(['c: solving']);
    expect(record.passedOver).toEqual([
      { provider: 'b', why: 'not among routing.kinds.recaptcha_v2.providers' },
    ]);
    expect(story(await bench.find(await bench.begin(sampleTask('turnstile'))))).toEqual(['a: solving']);
  });

  it('that cannot carry the inputs are passed over in their own words', async () => {
    const bench = openBench();
    const task = {
      ...sampleTask('recaptcha_v3'),
      proxy: { scheme: 'http', host: '198.51.100.7', port: 1 },
    } as const;
    const record = await bench.find(await bench.begin(task));
    expect(record).toMatchObject({ status: 'failed', error: { code: 'unsupported' } });
    expect(record.passedOver[0]).toEqual({ provider: 'a', why: 'cannot pass proxy' });
  });
});

describe('targets', () => {
  const at = (pageUrl: string): Task => ({ ...TASK, pageUrl });
  const said = (targets: Targets, pageUrl: string) => {
    const error = refusal(() => checkAllowed({ ...CLIENT, targets }, at(pageUrl)));
    return error instanceof Error ? error.message : undefined;
  };
  const DENIED = 'not_allowed clients.qa.targets.deny has';
  const NOT_LISTED = 'not_allowed clients.qa.targets.allow does not list';

  // biome-ignore format: a table is read by its rows
  const CASES: ReadonlyArray<readonly [targets: Targets, pageUrl: string, said: string | undefined]> = [
    [{ allow: ['example.com'] },   'https://example.com/login',      undefined],
    [{ allow: ['example.com'] },   'https://www.example.com/',       `${NOT_LISTED} www.example.com.`],
    [{ allow: ['example.com'] },   'https://notexample.com/',        `${NOT_LISTED} notexample.com.`],
    [{ allow: ['*.example.com'] }, 'https://www.example.com/',       undefined],
    [{ allow: ['*.example.com'] }, 'https://a.b.example.com:8443/',  undefined],
    [{ allow: ['*.example.com'] }, 'https://example.com/',           `${NOT_LISTED} example.com.`],
    [{ allow: ['*.example.com'] }, 'https://notexample.com/',        `${NOT_LISTED} notexample.com.`],
    [{ allow: ['Example.COM'] },   'HTTPS://EXAMPLE.com/',           undefined],
    [{ allow: [] },                'https://example.com/',           `${NOT_LISTED} example.com.`],
    [{ deny: ['example.com'] },    'https://example.com/',           `${DENIED} example.com.`],
    [{ deny: ['example.com'] },    'https://other.com/',             undefined],
    [{ deny: ['example.com'] },    'https://example.com./',          `${DENIED} example.com.`],
    [{ deny: ['*.example.com'] },  'https://www.example.com./',      `${DENIED} *.example.com.`],
    [{ deny: ['example.com'] },    'https://user@example.com/',      `${DENIED} example.com.`],
    [{ deny: ['example.com'] },    'example.com/login',              `${DENIED} example.com.`],
    [{ allow: ['*.example.com'], deny: ['bad.example.com'] }, 'https://bad.example.com/', `${DENIED} bad.example.com.`],
    [{ allow: ['*.example.com'], deny: ['bad.example.com'] }, 'https://ok.example.com/',  undefined],
  ];

  it.each(CASES)('%j and %s', (targets, pageUrl, expected) => {
    expect(said(targets, pageUrl)).toBe(expected);
  });

  it('say nothing about a kind that has no page', () => {
    const client = { ...CLIENT, targets: { allow: ['example.com'] } };
    expect(refusal(() => checkAllowed(client, sampleTask('image_to_text')))).toBeUndefined();
  });
});
