/** Listeners are told, once each, with the time; one that throws hurts nobody. */
import { describe, expect, it, vi } from 'vitest';
import { type EventMap, Events } from '../../src/core/events.js';

const FAILOVER: EventMap['failover'] = {
  taskId: '7',
  kind: 'turnstile',
  from: 'a',
  to: 'b',
  cause: 'no_slot',
};

function setUp() {
  const onError = vi.fn();
  return { events: new Events(() => 42, onError), onError };
}

describe('Events', () => {
  it('tells every listener of the name, in the order they came, with the time', () => {
    const { events } = setUp();
    const told: string[] = [];
    events.on('failover', ({ from, at }) => told.push(`first ${from} ${at}`));
    events.on('failover', ({ to }) => told.push(`second ${to}`));
    events.on('task-ended', () => told.push('never'));
    events.emit('failover', FAILOVER);
    expect(told).toEqual(['first a 42', 'second b']);
  });

  it('is silent where nobody listens', () => {
    const { events, onError } = setUp();
    expect(() => events.emit('failover', FAILOVER)).not.toThrow();
    expect(onError).not.toHaveBeenCalled();
  });

  it('stops telling whoever has left, and leaving twice is harmless', () => {
    const { events } = setUp();
    const left = vi.fn();
    const stays = vi.fn();
    const leave = events.on('failover', left);
    events.on('failover', stays);
    leave();
    leave();
    events.emit('failover', FAILOVER);
    expect(left).not.toHaveBeenCalled();
    expect(stays).toHaveBeenCalledTimes(1);
  });

  it('reports a listener that throws and tells the next one', () => {
    const { events, onError } = setUp();
    const broken = new Error('broken listener');
    const next = vi.fn();
    events.on('failover', () => {
      throw broken;
    });
    events.on('failover', next);
    expect(() => events.emit('failover', FAILOVER)).not.toThrow();
    expect(onError).toHaveBeenCalledExactlyOnceWith(broken);
    expect(next).toHaveBeenCalledTimes(1);
  });

  it('lets a listener leave while it is told', () => {
    const { events } = setUp();
    const next = vi.fn();
    const leave = events.on('failover', () => leave());
    events.on('failover', next);
    events.emit('failover', FAILOVER);
    events.emit('failover', FAILOVER);
    expect(next).toHaveBeenCalledTimes(2);
  });

  it('leaves the given event as it was', () => {
    const { events } = setUp();
    events.on('failover', () => {});
    events.emit('failover', FAILOVER);
    expect(FAILOVER).not.toHaveProperty('at');
  });
});
