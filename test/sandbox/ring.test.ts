/** A ring keeps its latest entries, oldest first. */
import { expect, it } from 'vitest';
import { Ring } from '../../src/sandbox/ring.js';

it('forgets the oldest when it is full', () => {
  const ring = new Ring<number>(3);
  const seen = [1, 2, 3, 4, 5].map((entry) => {
    ring.push(entry);
    return ring.list();
  });
  expect(seen).toEqual([[1], [1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5]]);
});

it('can be of no size at all', () => {
  const ring = new Ring<number>(0);
  ring.push(1);
  expect(ring.list()).toEqual([]);
});
