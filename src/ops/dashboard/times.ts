/** Moments on the page: as a clock shows them, and counting down where something is to come. */
import { now } from './api.js';
import { type Child, h } from './dom.js';
import { clock, countdown, duration } from './format.js';
import type { Condition } from './wire.js';

/** A moment, by the clock. */
export function moment(at: number): HTMLElement {
  return h('time', { datetime: new Date(at).toISOString() }, clock(at, now()));
}

/** A moment to come: `in 42 s (14:02:31)`. */
export function coming(at: number): HTMLElement {
  const iso = new Date(at).toISOString();
  return h(
    'span',
    { class: 'coming' },
    h('time', { datetime: iso, 'data-until': at }, countdown(at - now())),
    h('span', { class: 'quiet' }, ` (${clock(at, now())})`),
  );
}

/** What ends a state, and when; goes on after "until". */
export function end({ comesBack, until }: Pick<Condition, 'comesBack' | 'until'>): Child {
  const isDue = until !== null && Date.parse(until) <= now();
  if (isDue && comesBack === 'probe') return 'the next task has tried it';
  const at = until === null ? null : coming(Date.parse(until));
  if (comesBack === 'operator') return 'you let it in';
  if (comesBack === 'balance') return ['a balance check shows money', at && ['; the next is ', at]];
  if (comesBack === 'probe') return [at, at && ', ', at ? 'then one task tries it' : 'one task has tried it'];
  return at ?? 'not told';
}

/** How long something has been so. */
export function lasting(since: number): HTMLElement {
  return h('span', { 'data-since': since }, duration(Math.max(0, now() - since)));
}

/** Moves every countdown on, once a second. */
export function keepTime(): void {
  setInterval(() => {
    for (const element of document.querySelectorAll<HTMLElement>('[data-until]'))
      write(element, countdown(Number(element.dataset.until) - now()));
    for (const element of document.querySelectorAll<HTMLElement>('[data-since]'))
      write(element, duration(Math.max(0, now() - Number(element.dataset.since))));
  }, 1_000);
}

function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
