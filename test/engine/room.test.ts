/** The queue for room: who goes on when an account has a free place. */
import { expect, it } from 'vitest';
import { Room } from '../../src/engine/room.js';
import { settle } from '../support/fake-clock.js';

const always = () => true;

/** Puts tasks into the queue, named by client and number, and tells who was let through. */
function openQueue() {
  const room = new Room();
  const through: string[] = [];
  const counts = new Map<string, number>();
  return {
    room,
    through,
    join(client: string, full = ['a'], kind: 'recaptcha_v2' | 'turnstile' = 'recaptcha_v2') {
      const number = (counts.get(client) ?? 0) + 1;
      counts.set(client, number);
      const ticket = room.takeTurn(client, kind);
      void room.wait({ full, shut: [] }, ticket).woken.then((account) => {
        if (account !== undefined) through.push(`${client}${number}`);
      });
    },
    async free(times: number, account = 'a', hasRoomFor: Parameters<Room['freed']>[1] = always) {
      for (let time = 0; time < times; time += 1) room.freed(account, hasRoomFor);
      await settle();
      return through.splice(0);
    },
  };
}

it('serves one client in the order of its tasks', async () => {
  const queue = openQueue();
  for (let task = 0; task < 3; task += 1) queue.join('x');
  expect(await queue.free(3)).toEqual(['x1', 'x2', 'x3']);
});

it('lets clients take turns, however many tasks one of them has sent before', async () => {
  const queue = openQueue();
  for (let task = 0; task < 100; task += 1) queue.join('big');
  queue.join('small');
  queue.join('small');
  queue.join('tiny');
  expect(await queue.free(6)).toEqual(['big1', 'small1', 'tiny1', 'big2', 'small2', 'big3']);
});

it('does not let a client that was away catch up on turns it did not ask for', async () => {
  const queue = openQueue();
  for (let task = 0; task < 10; task += 1) queue.join('big');
  await queue.free(8);
  for (let task = 0; task < 3; task += 1) queue.join('late');
  expect(await queue.free(5)).toEqual(['big9', 'late1', 'big10', 'late2', 'late3']);
});

it('offers room only to who waits for this account and is of a kind it has room for', async () => {
  const queue = openQueue();
  queue.join('x', ['b']);
  queue.join('y', ['a'], 'turnstile');
  queue.join('z', ['a']);
  expect(await queue.free(1, 'a', (kind) => kind !== 'turnstile')).toEqual(['z1']);
  expect(await queue.free(1, 'a', () => false)).toEqual([]);
  expect(await queue.free(1, 'b')).toEqual(['x1']);
  expect(await queue.free(1)).toEqual(['y1']);
});
