/** What no kind describes has a capacity of its own: what is learned of one name says nothing about another. */
import { expect, it } from 'vitest';
import json from '../../providers/json.js';
import type { Passed, Task } from '../../src/core/task.js';
import { accepts, NOT_READY, says } from './answers.js';
import { account, openBench, story } from './bench.js';

const FIELDS = { method: 'vision', scene: 'beach' };

function vision(name = 'vision', passed: Partial<Passed> = {}): Task {
  return {
    kind: `classic:${name}`,
    passed: { wire: 'classic', fields: { ...FIELDS, method: name }, ...passed },
  };
}

it('is asked in the words of the client, with a hole for the key', async () => {
  const bench = openBench({ accounts: ['a'] });
  bench.transport.script('a', 'submit', accepts('u1'));
  bench.transport.always('a', 'poll', NOT_READY);
  await bench.begin(vision());
  expect(bench.transport.calls('a', 'submit')[0]?.request).toEqual({
    method: 'POST',
    path: '/in.php',
    key: 'form.key',
    form: { ...FIELDS, json: '1' },
  });
});

it('goes on as a file where it came as one', async () => {
  const bench = openBench({ accounts: ['a'] });
  bench.transport.script('a', 'submit', accepts('u1'));
  bench.transport.always('a', 'poll', NOT_READY);
  await bench.begin(vision('vision', { fields: { ...FIELDS, photo: 'R0lG' }, files: ['photo'] }));
  expect(bench.transport.calls('a', 'submit')[0]?.request).toEqual({
    method: 'POST',
    path: '/in.php',
    key: 'multipart.key',
    multipart: { ...FIELDS, json: '1' },
    files: { photo: { base64: 'R0lG', name: 'photo' } },
  });
});

it('passes over who speaks another wire and who is kept to kinds', async () => {
  const kept = account('b', { takesPassed: false });
  const bench = openBench({ accounts: [account('a', { provider: json }), kept, 'c'] });
  bench.transport.script('c', 'submit', accepts('u1'));
  bench.transport.always('c', 'poll', NOT_READY);
  const record = await bench.find(await bench.begin(vision()));
  expect(story(record)).toEqual(['c: solving']);
  expect(record.passedOver).toEqual([
    { provider: 'a', why: 'does not speak the classic wire' },
    { provider: 'b', why: 'does not solve classic:vision' },
  ]);
});

it('is unsupported when nobody takes it, and nobody is asked', async () => {
  const bench = openBench({ accounts: [account('a', { takesPassed: false })] });
  expect(await bench.find(await bench.begin(vision()))).toMatchObject({ error: { code: 'unsupported' } });
});

it.each([
  ['ERROR_METHOD_CALL', 'unsupported', 24 * 3_600_000],
  ['ERROR_NO_SLOT_AVAILABLE', 'no_slot', 5_000],
])('%s shuts that name alone, for its time', async (code, cause, forMs) => {
  const bench = openBench({ accounts: ['a'] });
  const opened: unknown[] = [];
  bench.events.on('breaker-opened', (event) => opened.push(event));
  bench.transport.script('a', 'submit', says(code), accepts('u1'), accepts('u2'));
  bench.transport.always('a', 'poll', NOT_READY);
  await bench.begin(vision());
  const until = bench.startedAt + forMs;
  expect(opened).toMatchObject([{ provider: 'a', scope: 'kind', kind: 'classic:vision', cause, until }]);
  const others = [await bench.begin(vision('hearing')), await bench.begin()];
  const stories = await Promise.all(others.map(async (id) => story(await bench.find(id))));
  expect(stories).toEqual([['a: solving'], ['a: solving']]);
  expect(story(await bench.find(await bench.begin(vision())))).toEqual([]);
});

it('names that a client makes up cost nothing but their own answer, however many', async () => {
  const bench = openBench({ accounts: ['a'] });
  bench.transport.always('a', 'submit', says('ERROR_METHOD_CALL'));
  for (let made = 0; made < 150; made += 1) await bench.begin(vision(`made-up-${made}`));
  bench.transport.always('a', 'submit', accepts('u1'));
  bench.transport.always('a', 'poll', NOT_READY);
  expect(bench.transport.calls('a', 'submit')).toHaveLength(150);
  expect(story(await bench.find(await bench.begin(vision())))).toEqual(['a: solving']);
  expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
});
