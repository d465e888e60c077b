/** How many tasks an account takes at once, as its refusals tell. */
import { describe, expect, it } from 'vitest';
import { LearnedLimit } from '../../src/engine/learned-limit.js';

/** An account that takes `capacity` tasks at once; each is solved in the order it was taken. */
class Service {
  readonly limit = new LearnedLimit();
  readonly #open: (() => void)[] = [];
  refusals = 0;

  constructor(public capacity: number) {}

  get inHand(): number {
    return this.#open.length;
  }

  /** Hands tasks in for as long as the limit lets them. */
  fill(most = 1_000): void {
    for (let sent = 0; sent < most && this.limit.hasRoom; sent += 1) {
      this.limit.inFlight += 1;
      if (this.#open.length >= this.capacity) {
        this.refusals += 1;
        this.limit.inFlight -= 1;
        this.limit.refused();
        return;
      }
      this.#open.push(this.limit.accepted());
    }
  }

  solve(count: number): void {
    for (const leave of this.#open.splice(0, count)) {
      this.limit.inFlight -= 1;
      leave();
    }
  }

  /** So many rounds in which every task in hand is solved and as many as may be are handed in. */
  run(rounds: number): void {
    for (let round = 0; round < rounds; round += 1) {
      for (let left = this.inHand; left > 0; left -= 1) {
        this.solve(1);
        this.fill(1);
      }
      this.fill();
    }
  }
}

describe('a learned limit', () => {
  it('is not there before the first refusal', () => {
    const service = new Service(500);
    service.fill(400);
    expect(service.inHand).toBe(400);
    expect(service.limit.value).toBeNull();
  });

  it('stays close below what the account takes, and is refused seldom', () => {
    const service = new Service(20);
    service.fill();
    expect(service.limit.value).toBe(16);
    service.run(200);
    expect(service.inHand).toBeGreaterThanOrEqual(16);
    expect(service.limit.value).toBeLessThanOrEqual(21);
    // About 200 × 18 tasks were handed in: one refusal each time that the top was tried.
    expect(service.refusals).toBeLessThan(90);
    expect(service.refusals).toBeGreaterThan(3);
  });

  it('follows an account that takes more, and one that takes fewer', () => {
    const service = new Service(10);
    service.fill();
    service.capacity = 60;
    service.run(400);
    expect(service.inHand).toBeGreaterThan(46);
    service.capacity = 5;
    service.run(40);
    expect(service.inHand).toBeLessThanOrEqual(5);
    expect(service.limit.value).toBeLessThanOrEqual(7);
  });

  it('learns nothing from a refusal with nothing in hand: that is an outage, no limit', () => {
    const limit = new LearnedLimit();
    limit.inFlight = 1;
    limit.refused();
    expect(limit.value).toBeNull();
    expect(limit.hasRoom).toBe(true);
  });

  it('grows quickly once it holds more than when it was refused', () => {
    const service = new Service(10);
    service.fill();
    service.capacity = 1_000;
    service.run(4);
    expect(service.inHand).toBeGreaterThan(80);
  });

  it('is forgotten when a task is refused with little in hand: that is an outage, whose end lifts it', () => {
    const service = new Service(40);
    service.fill();
    expect(service.limit.value).toBe(32);
    service.limit.refusedAgain();
    expect(service.limit.value).toBe(32);
    service.solve(30);
    service.limit.refusedAgain();
    expect(service.limit.value).toBeNull();
  });

  it('never falls below one', () => {
    const service = new Service(1);
    service.fill();
    for (let time = 0; time < 20; time += 1) service.limit.refused();
    expect(service.limit.value).toBe(1);
  });

  it('is no less than the account holds, when answers of one moment contradict each other', () => {
    const limit = new LearnedLimit();
    limit.inFlight = 10;
    limit.accepted();
    limit.refused();
    expect(limit.value).toBe(1);
    for (let time = 0; time < 8; time += 1) limit.accepted();
    expect(limit.value).toBeGreaterThanOrEqual(9);
  });
});
