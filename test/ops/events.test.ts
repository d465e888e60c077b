/** The stream of events: what is told to whom, resumed after a break, bounded for whoever reads too slowly. */
import { describe, expect, it } from 'vitest';
import { Events } from '../../src/core/events.js';
import type { TaskRecord } from '../../src/core/store.js';
import { openFeed, type Viewer } from '../../src/ops/events.js';
import { sampleRecord } from '../store/samples.js';
import { FakeClock, NOON, settle } from '../support/fake-clock.js';

interface Told {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: Record<string, unknown>;
}

function open() {
  const clock = new FakeClock();
  const events = new Events(
    () => clock.now(),
    (error) => {
      throw error;
    },
  );
  const sayTask = ({ id, status, solution, options }: TaskRecord) => ({
    taskId: String(id),
    status,
    ...(solution && { solution }),
    meta: options.meta,
  });
  const feed = openFeed({ events, clock, sayTask });
  return { clock, events, feed, watch: (viewer: Viewer = {}) => new Watcher(feed.open(viewer)) };
}

/** Reads a stream as it comes. */
class Watcher {
  text = '';
  isEnded = false;
  fault: unknown;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(stream: ReadableStream<Uint8Array> | undefined) {
    if (!stream) throw new TypeError('There is no stream.');
    this.#reader = stream.getReader();
    void this.#readAll().catch((error) => {
      this.fault = error;
    });
  }

  async #readAll(): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) break;
      this.text += decoder.decode(value);
    }
    this.isEnded = true;
  }

  get told(): readonly Told[] {
    return this.text.split('\n\n').flatMap((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const data = field('data');
      return data === undefined ? [] : [{ id: field('id'), event: field('event'), data: JSON.parse(data) }];
    });
  }

  get names(): readonly (string | undefined)[] {
    return this.told.map(({ event }) => event);
  }

  hangUp(): Promise<void> {
    return this.#reader.cancel();
  }
}

const solved = (id: number, change: Partial<TaskRecord> = {}) =>
  sampleRecord(id, { status: 'solved', finishedAt: NOON, solution: { token: `token-${id}` }, ...change });
const attempt = {
  provider: 'first',
  outcome: 'no_slot',
  upstreamCode: 'ERROR_NO_SLOT_AVAILABLE',
  upstreamId: null,
  startedAt: NOON,
  acceptedAt: null,
  endedAt: NOON,
  polls: 0,
  costUsd: 0,
  mayBeCharged: false,
} as const;
const breaker = {
  provider: 'first',
  scope: 'kind',
  kind: 'recaptcha_v2',
  cause: 'no_slot',
  since: NOON,
  until: NOON + 5_000,
  openings: 1,
  openedBy: null,
  changedBy: { by: 'submit', upstreamCode: 'ERROR_NO_SLOT_AVAILABLE', taskId: '1', reason: null },
} as const;
const low = {
  provider: 'first',
  balanceUsd: 4.2,
  amount: 4.2,
  currency: 'USD',
  hoursToEmpty: 5.5,
  threshold: 'emptyWithinHours',
  limit: 6,
} as const;
const failover = {
  taskId: '1',
  kind: 'recaptcha_v2',
  from: 'first',
  to: 'second',
  cause: 'no_slot',
} as const;

function tellAll(events: Events): void {
  const record = sampleRecord(1);
  events.emit('attempt-ended', { record, attempt });
  events.emit('breaker-opened', breaker);
  events.emit('failover', { ...failover, clientId: 'qa' });
  events.emit('task-accepted', { record, provider: 'second' });
  events.emit('attempt-ended', { record, attempt: { ...attempt, outcome: 'solved' } });
  events.emit('breaker-closed', { ...breaker, until: null });
  events.emit('task-ended', { record: solved(1) });
  events.emit('task-ended', { record: sampleRecord(2, { clientId: 'other', status: 'failed' }) });
}

describe('the operator', () => {
  it('sees everything as it happens, and no solution', async () => {
    const { events, watch } = open();
    const seen = watch();
    tellAll(events);
    await settle();
    expect(seen.names).toEqual([
      'attempt-failed',
      'breaker-opened',
      'failover',
      'task-accepted',
      'breaker-closed',
      'task-solved',
      'task-failed',
    ]);
    const at = new Date(NOON).toISOString();
    expect(seen.told.map(({ data }) => data.at)).toEqual(Array(7).fill(at));
    expect(seen.told[0]?.data).toEqual({
      at,
      taskId: '1',
      kind: 'recaptcha_v2',
      provider: 'first',
      outcome: 'no_slot',
      upstreamCode: 'ERROR_NO_SLOT_AVAILABLE',
      costUsd: 0,
      mayBeCharged: false,
    });
    expect(seen.told[1]?.data).toEqual({
      at,
      provider: 'first',
      scope: 'kind',
      kind: 'recaptcha_v2',
      cause: 'no_slot',
      changedBy: breaker.changedBy,
      since: at,
      until: new Date(NOON + 5_000).toISOString(),
    });
    expect(seen.told[2]?.data).toEqual({ at, ...failover });
    expect(seen.told[5]?.data).toEqual({ at, taskId: '1', status: 'solved' });
    expect(new Set(seen.told.map(({ id }) => id)).size).toBe(7);
  });

  it('hears of low money, and no client does', async () => {
    const { events, watch } = open();
    const [seen, client] = [watch(), watch({ clientId: 'qa' })];
    events.emit('balance-low', low);
    await settle();
    expect(seen.told).toMatchObject([{ event: 'balance-low', data: { at: expect.any(String), ...low } }]);
    expect(client.told).toEqual([]);
  });
});

describe('a client', () => {
  it('sees its own tasks only, with their solutions', async () => {
    const { events, watch } = open();
    const [qa, other, third] = [
      watch({ clientId: 'qa' }),
      watch({ clientId: 'other' }),
      watch({ clientId: 'x' }),
    ];
    tellAll(events);
    await settle();
    expect(qa.names).toEqual(['attempt-failed', 'failover', 'task-accepted', 'task-solved']);
    expect(qa.told.at(-1)?.data).toMatchObject({ status: 'solved', solution: { token: 'token-1' } });
    expect(other.names).toEqual(['task-failed']);
    expect(third.names).toEqual([]);
  });

  it('may look at one task, to its end', async () => {
    const { events, watch, feed } = open();
    let isOver = false;
    const onOver = () => {
      isOver = true;
    };
    const one = watch({ clientId: 'qa', taskId: '1', onOver });
    events.emit('task-accepted', { record: sampleRecord(3), provider: 'second' });
    tellAll(events);
    events.emit('task-ended', { record: solved(1) });
    await settle();
    expect(one.names).toEqual(['attempt-failed', 'failover', 'task-accepted', 'task-solved']);
    expect([one.isEnded, isOver, feed.size]).toEqual([true, true, 0]);
  });

  it('is told of an end that happened elsewhere', async () => {
    const { watch, feed } = open();
    const [one, all] = [watch({ clientId: 'qa', taskId: '1' }), watch({ clientId: 'qa' })];
    feed.tellEnd(solved(1));
    await settle();
    expect([one.names, one.isEnded, all.names]).toEqual([['task-solved'], true, []]);
  });
});

describe('a stream', () => {
  it('is resumed after the last event that was seen', async () => {
    const { events, watch, clock } = open();
    const before = watch();
    tellAll(events);
    await settle();
    const after = before.told[3]?.id;
    await before.hangUp();
    await clock.advance(1_000);
    const resumed = watch({ after });
    await settle();
    expect(resumed.names).toEqual(['breaker-closed', 'task-solved', 'task-failed']);
    expect(resumed.told.map(({ id }) => id)).toEqual(before.told.slice(4).map(({ id }) => id));
    const own = watch({ after, clientId: 'other' });
    await settle();
    expect(own.names).toEqual(['task-failed']);
  });

  it('begins with what is new when nothing was seen, and with all there is after a restart', async () => {
    const { events, watch } = open();
    tellAll(events);
    const [fresh, restarted, odd] = [watch(), watch({ after: 'otherepoch-5' }), watch({ after: 'x' })];
    await settle();
    expect([fresh.names.length, restarted.names.length, odd.names.length]).toEqual([0, 7, 7]);
  });

  it('is resumed for a while: neither old events nor too many are kept', async () => {
    const { events, watch, clock } = open();
    for (let id = 1; id <= 1_500; id += 1) events.emit('task-ended', { record: solved(id) });
    const many = watch({ after: 'x' });
    await settle();
    expect([many.told.length, many.told[0]?.data.taskId]).toEqual([1_000, '501']);
    await clock.advance(5 * 60_000);
    events.emit('task-ended', { record: solved(7) });
    const late = watch({ after: 'x' });
    await settle();
    expect(late.told.map(({ data }) => data.taskId)).toEqual(['7']);
  });

  it('keeps no more than so many characters', async () => {
    const { events, watch } = open();
    const token = 'x'.repeat(30_000);
    for (let id = 1; id <= 300; id += 1)
      events.emit('task-ended', { record: solved(id, { solution: { token } }) });
    const operator = watch({ after: 'x' });
    await settle();
    expect(operator.told.length).toBeGreaterThan(25);
    expect(operator.told.length).toBeLessThan(35);
  });

  it('can be resumed however much there is to tell, and goes on from there', async () => {
    const { events, watch } = open();
    const token = 'x'.repeat(30_000);
    for (let id = 1; id <= 30; id += 1)
      events.emit('task-ended', { record: solved(id, { solution: { token } }) });
    const client = watch({ after: 'x', clientId: 'qa' });
    events.emit('task-ended', { record: solved(31) });
    await settle();
    expect([client.fault, client.told.length]).toEqual([undefined, 31]);
  });

  it('shows that it lives every 15 s, and stops when nobody listens', async () => {
    const { clock, watch } = open();
    expect(clock.pending).toBe(0);
    const watcher = watch();
    await clock.advance(31_000);
    expect(watcher.text.match(/^: /gm)).toHaveLength(2);
    await watcher.hangUp();
    expect(clock.pending).toBe(0);
    const next = watch();
    await clock.advance(15_000);
    expect(next.text.match(/^: /gm)).toHaveLength(1);
  });

  it('of a reader that does not read is broken off, and nothing is kept for it', async () => {
    const { events, feed } = open();
    let isOver = false;
    const stream = feed.open({
      onOver: () => {
        isOver = true;
      },
    });
    for (let id = 1; id <= 10_000 && !isOver; id += 1) events.emit('task-ended', { record: solved(id) });
    expect([isOver, feed.size]).toEqual([true, 0]);
    await expect(stream?.getReader().read()).rejects.toThrow('too slow');
  });

  it('leaves nothing when its reader goes', async () => {
    const { feed, clock, watch } = open();
    for (let round = 0; round < 1_000; round += 1) {
      const watcher = watch({ clientId: 'qa' });
      await watcher.hangUp();
    }
    expect([feed.size, clock.pending]).toEqual([0, 0]);
  });

  it('is not opened when there are too many', async () => {
    const { feed, watch } = open();
    const opened = Array.from({ length: 100 }, () => watch({ clientId: 'qa' }));
    expect(feed.open({ clientId: 'qa' })).toBeUndefined();
    watch({ clientId: 'other' });
    await opened[0]?.hangUp();
    expect(feed.open({ clientId: 'qa' })).toBeDefined();
  });

  it('ends with the gateway, and nothing is told after', async () => {
    const { feed, watch, events } = open();
    const watcher = watch();
    feed.close();
    tellAll(events);
    await settle();
    expect([watcher.isEnded, watcher.names]).toEqual([true, []]);
  });
});
