/** Keeps up with the gateway: its stream of events says when to look, and what is looked at is the whole truth. */
import { ask, Denied } from './api.js';
import type { History, Status } from './wire.js';

export interface Picture {
  readonly status: Status;
  readonly history: History;
}

export interface LiveOptions {
  readonly onPicture: (picture: Picture) => void;
  /** What has just been told, for those who listen rather than look. */
  readonly onEvent: (name: string, data: Readonly<Record<string, unknown>>) => void;
  readonly onLost: (since: number) => void;
  readonly onBack: () => void;
  readonly onDenied: () => void;
}

export interface Live {
  /** Looks again at once. */
  look(): void;
  close(): void;
}

const EVENTS = [
  'task-accepted',
  'attempt-failed',
  'failover',
  'breaker-opened',
  'breaker-closed',
  'task-solved',
  'task-failed',
  'balance-low',
  'config-reloaded',
] as const;
/** However much happens, it looks no more often than this. */
const PACE_MS = 500;
/** And no less often: figures age, and a dead connection makes no sound. */
const REST_MS = 10_000;
const RETRY_MS = 2_000;

/** Opens the stream and looks; goes on by itself when the gateway is back. */
export function openLive(options: LiveOptions): Live {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lookedAt = 0;
  let isLooking = false;
  let isAskedAgain = false;
  let lostSince: number | undefined;
  let isOver = false;

  function lost(): void {
    if (lostSince === undefined) {
      lostSince = Date.now();
      options.onLost(lostSince);
    }
  }

  function plan(ms: number): void {
    clearTimeout(timer);
    if (!isOver) timer = setTimeout(() => void look(), ms);
  }

  async function look(): Promise<void> {
    if (isLooking) {
      isAskedAgain = true;
      return;
    }
    isLooking = true;
    isAskedAgain = false;
    lookedAt = Date.now();
    try {
      const [status, history] = await Promise.all([
        ask<Status>('status'),
        ask<History>('admin/history?minutes=60'),
      ]);
      if (isOver) return;
      if (lostSince !== undefined) options.onBack();
      lostSince = undefined;
      options.onPicture({ status, history });
      if (!source || source.readyState === EventSource.CLOSED) listen();
    } catch (error) {
      if (isOver) return;
      if (error instanceof Denied) {
        close();
        options.onDenied();
        return;
      }
      lost();
    } finally {
      isLooking = false;
      plan(isAskedAgain ? PACE_MS : lostSince === undefined ? REST_MS : RETRY_MS);
    }
  }

  /** Looks at once, or as soon as the pace allows. */
  function soon(): void {
    plan(Math.max(0, lookedAt + PACE_MS - Date.now()));
  }

  function listen(): void {
    source?.close();
    const opened = new EventSource('v1/events');
    source = opened;
    opened.onopen = soon;
    // The browser tries again by itself, with the id of the last event; looking finds out what is the matter.
    opened.onerror = () => {
      lost();
      soon();
    };
    for (const name of EVENTS) {
      opened.addEventListener(name, (event) => {
        options.onEvent(name, JSON.parse(event.data));
        soon();
      });
    }
  }

  function close(): void {
    isOver = true;
    clearTimeout(timer);
    source?.close();
  }

  void look();
  return { look: () => void look(), close };
}
