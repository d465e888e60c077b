/** How clients and the operator hear at once: calls to their servers, streams of events, held polls; plugged together. */
import type { Callback } from '../core/callback.js';
import type { Clock } from '../core/clock.js';
import type { Dialect, DoorServices } from '../core/dialect.js';
import type { Events } from '../core/events.js';
import type { Gateway } from '../core/gateway.js';
import { Holds } from '../core/holds.js';
import { changeMembers } from '../core/live.js';
import type { TaskRecord, TaskStore } from '../core/store.js';
import { openCallbacks } from '../net/callback.js';
import { anyAddress, openAddresses } from '../net/callback-address.js';
import { openFeed } from '../ops/events.js';
import { sayTask } from '../wire/native.js';
import { Alerts } from './alerts.js';
import { Courier } from './callbacks.js';
import type { App } from './doors.js';
import { mountEvents } from './events.js';
import type { OperatorTest } from './operator-guard.js';
import type { Config, Settings } from './settings.js';

export interface TellingOptions {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly events: Events;
  readonly store: TaskStore;
  readonly gateway: Gateway & { inspect(id: number): Promise<TaskRecord | undefined> };
  readonly dialects: ReadonlyMap<string, Dialect>;
  readonly isOperator: OperatorTest;
  readonly onFault: (error: unknown) => void;
}

export interface Telling {
  readonly services: DoorServices;
  mount(app: App): void;
  /** Begins to deliver, what an earlier process has left first. */
  start(): void;
  /** Takes the `callbacks` of a new config; tries under way go on as they began. */
  change(callbacks: Config['callbacks']): void;
  /** Ends every stream and every try under way. */
  stop(): Promise<void>;
  deadCallbacks(): Promise<readonly Callback[]>;
  retryCallback(id: number): Promise<boolean>;
}

/** As many as an operator reads at once. */
const MOST_DEAD_CALLBACKS = 1_000;

/** How callbacks leave, and for how long they are tried. */
function openWay({ allowPrivate, answerWithinMs, ...settings }: Config['callbacks'], clock: Clock) {
  const addresses = openAddresses(allowPrivate);
  return { addresses, settings, send: openCallbacks({ addresses, answerWithinMs, clock }) };
}

export function openTelling(options: TellingOptions): Telling {
  const { settings, clock, events, store, gateway, dialects, isOperator, onFault } = options;
  let way = openWay(settings.config.callbacks, clock);
  const courier = new Courier({
    clock,
    events,
    ledger: store.callbacks,
    send: (call) => way.send(call),
    dialects,
    settings: way.settings,
    onFault,
  });
  const alerts = new Alerts({
    clock,
    events,
    sayTask,
    send: (call) => {
      const { answerWithinMs } = settings.config.callbacks;
      return openCallbacks({ addresses: anyAddress, answerWithinMs, clock })(call);
    },
    webhook: () => settings.config.alerts.webhook,
    pace: () => settings.config.callbacks,
    onFault,
  });
  const feed = openFeed({ events, clock, sayTask });
  return {
    services: { callbackFault: (url) => way.addresses.faultOf(url), holds: new Holds(clock) },
    change(callbacks) {
      const { settings: kept } = way;
      const next = openWay(callbacks, clock);
      changeMembers(kept, next.settings);
      way = { ...next, settings: kept };
    },
    mount: (app) =>
      mountEvents(app, {
        gateway,
        feed,
        events,
        inspect: (id) => gateway.inspect(id),
        onFault,
        isOperator,
      }),
    start() {
      courier.start();
      alerts.start();
    },
    async stop() {
      feed.close();
      await Promise.all([courier.stop(), alerts.stop()]);
    },
    deadCallbacks: () => store.callbacks.dead(MOST_DEAD_CALLBACKS),
    async retryCallback(id) {
      const isFound = await store.callbacks.revive(id, clock.now());
      if (isFound) courier.look();
      return isFound;
    },
  };
}
