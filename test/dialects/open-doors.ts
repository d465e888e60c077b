/** The dialects behind a real server, with whatever gateway the test puts behind them. */
import { mountDoors, openApp } from '../../src/app/doors.js';
import { listen } from '../../src/app/listen.js';
import { systemClock } from '../../src/core/clock.js';
import type { Dialect } from '../../src/core/dialect.js';
import type { Gateway } from '../../src/core/gateway.js';
import { Holds } from '../../src/core/holds.js';
import { openAddresses } from '../../src/net/callback-address.js';
import { loadFolder } from '../../src/registry.js';

export const MAX_BODY_BYTES = 10_000;

export interface OpenDoors {
  readonly url: string;
  /** Faults of the gateway's own that requests uncovered. */
  readonly faults: readonly unknown[];
  /** Puts this gateway behind the doors from now on. */
  use(gateway: Gateway): void;
  close(): Promise<void>;
}

/** A real server, so that chunks, Host, Content-Length and hanging up are what Node makes of them. */
export async function openDoors(): Promise<OpenDoors> {
  let behind: Gateway | undefined;
  const current = new Proxy({} as Gateway, {
    get(_, name) {
      if (!behind) throw new TypeError('No gateway is behind the doors yet.');
      const method: unknown = Reflect.get(behind, name);
      return typeof method === 'function' ? method.bind(behind) : method;
    },
  });
  const faults: unknown[] = [];
  const dialects = await loadFolder<Dialect>(new URL('../../src/dialects/', import.meta.url));
  const app = openApp((fault) => {
    throw fault;
  });
  mountDoors(app, {
    gateway: current,
    dialects,
    services: { callbackFault: openAddresses([]).faultOf, holds: new Holds(systemClock) },
    maxBodyBytes: MAX_BODY_BYTES,
    onFault: (fault) => faults.push(fault),
  });
  const { port, close } = await listen(app, { host: '127.0.0.1', port: 0 });
  return {
    url: `http://127.0.0.1:${port}`,
    faults,
    use(gateway) {
      behind = gateway;
    },
    close: () => close(0),
  };
}
