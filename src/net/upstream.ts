/** The way out to the providers: one pool of connections per origin, every exchange bounded in time and size. */
import { Pool } from 'undici';
import { type Clock, systemClock } from '../core/clock.js';
import { SolveError } from '../core/errors.js';
import type { SendLimits, Transport, UpstreamReply } from '../core/provider.js';
import { RunningExchange } from './upstream-exchange.js';
import { abortFailure, failureOf, lateFailure, type Progress } from './upstream-failure.js';
import { type FilledRequest, fillRequest, secretsOf } from './upstream-request.js';

/** Limits that hold for every origin; the defaults suit production. */
export interface TransportOptions {
  /** Connections to one origin at once; more requests wait for a free one. */
  readonly connections?: number | undefined;
  /** A connection (TLS included) that takes longer fails, and nothing was sent. */
  readonly connectTimeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

const MAX_BODY_BYTES = 1024 * 1024;
/** Below the 5 s in which the process has to stop, since a connection being opened outlives its pool. */
const CONNECT_TIMEOUT_MS = 3_500;
const CLOSE_WITHIN_MS = 1_000;

/** Opens the transport; it connects on first use. */
export function openTransport(options: TransportOptions = {}): Transport {
  const { clock = systemClock } = options;
  const pools = new Map<string, Pool>();
  let isClosed = false;

  function poolFor(origin: string): Pool {
    const pool = pools.get(origin) ?? openPool(origin, options);
    pools.set(origin, pool);
    return pool;
  }

  return {
    async send(account, request, limits) {
      const progress = { provider: account.id, method: request.method, isSent: false };
      if (limits.signal?.aborted) throw abortFailure(progress);
      if (isClosed) throw new SolveError('bad_reply', { provider: account.id, detail: 'transport closed' });
      const base = new URL(account.baseUrl);
      const filled = fillRequest(base.pathname, request, account.apiKey);
      const reply = await exchange({
        pool: poolFor(base.origin),
        provider: account.id,
        filled,
        limits,
        clock,
      });
      return blanked(reply, secretsOf(request.key, account.apiKey));
    },
    async close() {
      isClosed = true;
      const open = [...pools.values()];
      pools.clear();
      await within(clock, CLOSE_WITHIN_MS, Promise.all(open.map((pool) => pool.destroy())));
    },
  };
}

/** Some services repeat the key in an error; past this point nobody ever sees one. */
function blanked(reply: UpstreamReply, secrets: readonly string[]): UpstreamReply {
  const blank = (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  const { status, body, location } = reply;
  return { status, body: blank(body), ...(location === undefined ? {} : { location: blank(location) }) };
}

function openPool(origin: string, options: TransportOptions): Pool {
  const { connections = 256, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  return new Pool(origin, {
    connections,
    connectTimeout: connectTimeoutMs,
    pipelining: 1,
    allowH2: false,
    maxResponseSize: MAX_BODY_BYTES,
    // The exchange has a timer of its own, which a slow drip cannot push back.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

interface Call {
  readonly pool: Pool;
  /** The account's id. */
  readonly provider: string;
  readonly filled: FilledRequest;
  readonly limits: SendLimits;
  readonly clock: Clock;
}

function exchange({ pool, provider, filled, limits, clock }: Call): Promise<UpstreamReply> {
  const { timeoutMs, signal } = limits;
  return new Promise((resolve, reject) => {
    const progress = (): Progress => ({ provider, method: filled.method, isSent: running.isSent });
    const onAbort = () => running.giveUp(abortFailure(progress()));
    const release = () => {
      cancelTimer();
      signal?.removeEventListener('abort', onAbort);
    };
    const running = new RunningExchange(
      (reply) => {
        release();
        resolve(reply);
      },
      (error) => {
        release();
        reject(error instanceof SolveError ? error : failureOf(error, progress()));
      },
    );
    const cancelTimer = clock.after(timeoutMs, () => running.giveUp(lateFailure(timeoutMs, progress())));
    signal?.addEventListener('abort', onAbort, { once: true });
    pool.dispatch(filled, running);
  });
}

/** Resolves with the work or when the time is over. */
function within(clock: Clock, timeoutMs: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, resolve);
    work.then(() => resolve(), reject).finally(cancel);
  });
}
