/** How clients hear at once: callbacks to their servers, streams of events, held polls; plugged together. */
import { keySha256 } from '../config/key.js';
import type { LoadedConfig } from '../config/load.js';
import type { Callback } from '../core/callback.js';
import type { Clock } from '../core/clock.js';
import type { Dialect, DoorServices } from '../core/dialect.js';
import type { Events } from '../core/events.js';
import type { Gateway } from '../core/gateway.js';
import { Holds } from '../core/holds.js';
import type { TaskRecord, TaskStore } from '../core/store.js';
import { openCallbacks } from '../net/callback.js';
import { openAddresses } from '../net/callback-address.js';
import { openFeed } from '../ops/events.js';
import { keyOf } from '../wire/door.js';
import { sayTask } from '../wire/native.js';
import { Courier } from './callbacks.js';
import type { App } from './doors.js';
import { mountEvents } from './events.js';
import { isOperator } from './operator-guard.js';
import type { Sessions } from './operator-sessions.js';

export interface TellingOptions {
  readonly config: LoadedConfig['config'];
  readonly clock: Clock;
  readonly events: Events;
  readonly store: TaskStore;
  readonly gateway: Gateway & { inspect(id: number): Promise<TaskRecord | undefined> };
  readonly dialects: ReadonlyMap<string, Dialect>;
  readonly sessions: Sessions;
  readonly onFault: (error: unknown) => void;
}

export interface Telling {
  readonly services: DoorServices;
  mount(app: App): void;
  /** Begins to deliver, what an earlier process has left first. */
  start(): void;
  /** Ends every stream and every try under way. */
  stop(): Promise<void>;
  deadCallbacks(): Promise<readonly Callback[]>;
  retryCallback(id: number): Promise<boolean>;
}

/** As many as an operator reads at once. */
const MOST_DEAD_CALLBACKS = 1_000;

export function openTelling(options: TellingOptions): Telling {
  const { config, clock, events, store, gateway, dialects, sessions, onFault } = options;
  const { allowPrivate, answerWithinMs, ...settings } = config.callbacks;
  const addresses = openAddresses(allowPrivate);
  const send = openCallbacks({ addresses, answerWithinMs, clock });
  const courier = new Courier({ clock, events, ledger: store.callbacks, send, dialects, settings, onFault });
  const feed = openFeed({ events, clock, sayTask });
  const adminKeySha256 = config.admin && keySha256(config.admin.key);
  return {
    services: { callbackFault: addresses.faultOf, holds: new Holds(clock) },
    mount: (app) =>
      mountEvents(app, {
        gateway,
        feed,
        inspect: (id) => gateway.inspect(id),
        onFault,
        // Where the operator has no key, a client's key still means the client.
        isOperator: (context) =>
          isOperator(context, adminKeySha256, sessions) &&
          (adminKeySha256 !== undefined || keyOf(context.req.raw.headers, undefined) === undefined),
      }),
    start: () => courier.start(),
    async stop() {
      feed.close();
      await courier.stop();
    },
    deadCallbacks: () => store.callbacks.dead(MOST_DEAD_CALLBACKS),
    async retryCallback(id) {
      const isFound = await store.callbacks.revive(id, clock.now());
      if (isFound) courier.look();
      return isFound;
    },
  };
}
