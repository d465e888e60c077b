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
/** However much happens, it looks no more often than this; at what changes who is asked, sooner. */
const PACE_MS = 500;
const URGENT_MS = 100;
const URGENT: ReadonlySet<string> = new Set(['failover', 'breaker-opened', 'breaker-closed']);
/** And no less often: figures age, and a dead connection makes no sound. */
const REST_MS = 10_000;
const RETRY_MS = 2_000;

/** Opens the stream and looks; goes on by itself when the gateway is back. */
export function openLive(options: LiveOptions): Live {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lookedAt = 0;
  let isLooking = false;
  /** When to look next; events bring it forward. */
  let dueAt = 0;
  let lostSince: number | undefined;
  let isOver = false;

  function lost(): void {
    if (lostSince === undefined) {
      lostSince = Date.now();
      options.onLost(lostSince);
    }
  }

  function plan(): void {
    clearTimeout(timer);
    if (!isOver && !isLooking) timer = setTimeout(() => void look(), Math.max(0, dueAt - Date.now()));
  }

  async function look(): Promise<void> {
    isLooking = true;
    lookedAt = Date.now();
    dueAt = lookedAt + REST_MS;
    const picture = await read();
    isLooking = false;
    if (isOver) return;
    if (lostSince !== undefined) dueAt = Math.min(dueAt, Date.now() + RETRY_MS);
    plan();
    if (!picture) return;
    options.onPicture(picture);
    if (!source || source.readyState === EventSource.CLOSED) listen();
  }

  /** Undefined while nobody answers. */
  async function read(): Promise<Picture | undefined> {
    try {
      const figures = [ask<Status>('status'), ask<History>('admin/history?minutes=60')] as const;
      const [status, history] = await Promise.all(figures);
      if (lostSince !== undefined && !isOver) options.onBack();
      lostSince = undefined;
      return { status, history };
    } catch (error) {
      if (isOver) return undefined;
      if (error instanceof Denied) {
        close();
        options.onDenied();
      } else lost();
      return undefined;
    }
  }

  /** Looks at once, or as soon as the pace allows. */
  function soon(paceMs = PACE_MS): void {
    dueAt = Math.min(dueAt, lookedAt + paceMs);
    plan();
  }

  function listen(): void {
    source?.close();
    const opened = new EventSource('v1/events');
    source = opened;
    opened.onopen = () => soon();
    // The browser tries again by itself, with the id of the last event; looking finds out what is the matter.
    opened.onerror = () => {
      lost();
      soon();
    };
    for (const name of EVENTS) {
      opened.addEventListener(name, (event) => {
        options.onEvent(name, JSON.parse(event.data));
        soon(URGENT.has(name) ? URGENT_MS : PACE_MS);
      });
    }
  }

  function close(): void {
    isOver = true;
    clearTimeout(timer);
    source?.close();
  }

  void look();
  return { look: () => soon(0), close };
}
