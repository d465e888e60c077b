/** A solving service on loopback that speaks every wire that services have and does what its script says. */
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type Cancel, type Clock, systemClock } from '../core/clock.js';
import { SolveError } from '../core/errors.js';
import type { SandboxTask } from './accepted-task.js';
import { makeCall } from './callback.js';
import { deliver } from './delivery.js';
import { readRequest } from './request.js';
import type { Violation } from './rules.js';
import type { Behaviour, Call, Script } from './script.js';
import { type SandboxRequest, type SandboxStats, Service, type ServiceOptions } from './service.js';

export type { SandboxTask } from './accepted-task.js';
export { fingerprintOf } from './fingerprint.js';
export { MAGIC_SITE_KEYS } from './magic-site-keys.js';
export type { Rule, Violation } from './rules.js';
export type { Act, Behaviour, Call, Manner, Outage, Rules, Script, SolveTime, Verdict } from './script.js';
export { CALLS, MANNERS } from './script.js';
export { parseScript } from './script-check.js';
export type { SandboxRequest, SandboxStats } from './service.js';

export interface SandboxOptions {
  readonly host?: string | undefined;
  /** A free one unless told. */
  readonly port?: number | undefined;
  /** Keys that are accepted; any that is not empty when absent. */
  readonly keys?: readonly string[] | undefined;
  readonly script?: Script | undefined;
  /** The same seed and calls give the same solve times, verdicts and failures. */
  readonly seed?: number | undefined;
  readonly clock?: Clock | undefined;
  /** Whether `requests()` is kept (the latest 1,000); it costs a little of the speed. */
  readonly record?: boolean | undefined;
  /** At least this many of the latest tasks are kept (100,000 unless told), and at most twice as many. */
  readonly keepTasks?: number | undefined;
}

/** One account at one service. */
export interface Sandbox {
  readonly url: string;
  readonly port: number;
  /** Changes the script from now on; a member set to undefined goes back to its default. */
  set(changes: Script): void;
  /** One-shot behaviours for the next calls of this sort. */
  queue(call: Call, ...behaviours: readonly Behaviour[]): void;
  stats(): SandboxStats;
  /** Accepted tasks that are kept, oldest first. */
  tasks(): readonly SandboxTask[];
  /** The latest requests, oldest first. */
  requests(): readonly SandboxRequest[];
  violations(): readonly Violation[];
  /** Back to how it was opened: script, books, bans, and the same chance again. */
  reset(): void;
  /** Refuses connections from now on and breaks off those that are open, hung ones too. */
  close(): Promise<void>;
}

const KEEP_REQUESTS = 1_000;
const KEEP_TASKS = 100_000;

/** Opens a sandbox; it listens when the promise resolves. */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    host = '127.0.0.1',
    port = 0,
    keys,
    script = {},
    seed = 1,
    record = true,
    keepTasks = KEEP_TASKS,
  } = options;
  const { clock, cancelAll } = withTimers(options.clock ?? systemClock);
  const keepRequests = record ? KEEP_REQUESTS : 0;
  const facts: ServiceOptions = { keys, script, seed, clock, keepRequests, keepTasks };
  let service = new Service(facts);
  const calling = new Set<ClientRequest>();
  const server = createServer((message, response) => answer(service, clock, { message, response, calling }));
  const boundPort = await listen(server, host, port);
  let closing: Promise<void> | undefined;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    port: boundPort,
    set: (changes) => service.set(changes),
    queue: (call, ...behaviours) => service.queue(call, behaviours),
    stats: () => service.stats(),
    tasks: () => service.tasks(),
    requests: () => service.requests(),
    violations: () => service.violations(),
    reset() {
      service = new Service(facts);
    },
    close() {
      cancelAll();
      for (const call of calling) call.destroy();
      closing ??= closeServer(server);
      return closing;
    },
  };
}

interface Arrival {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  /** Calls of the service's own that are under way. */
  readonly calling: Set<ClientRequest>;
}

function answer(service: Service, clock: Clock, { message, response, calling }: Arrival): void {
  readRequest(message, (request) => {
    const { reply, delivery, delayMs, calls } = service.receive(request);
    for (const call of calls) clock.after(call.afterMs, () => keep(calling, makeCall(call)));
    if (delayMs > 0) clock.after(delayMs, () => deliver(response, reply, delivery, clock));
    else deliver(response, reply, delivery, clock);
  });
}

function keep(calling: Set<ClientRequest>, call: ClientRequest): void {
  calling.add(call);
  call.on('close', () => calling.delete(call));
}

function listen(server: Server, host: string, port: number): Promise<number> {
  // A service that hangs up on an idle connection just as it is used again would fail calls at random.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new SolveError('internal', { detail: `The sandbox cannot listen on ${host}:${port}.`, cause }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** The clock, and a way to call off everything that still waits for it. */
function withTimers(clock: Clock): { readonly clock: Clock; readonly cancelAll: () => void } {
  const cancels = new Set<Cancel>();
  const after: Clock['after'] = (delayMs, action) => {
    const cancel = clock.after(delayMs, () => {
      cancels.delete(cancel);
      action();
    });
    cancels.add(cancel);
    return cancel;
  };
  const cancelAll = () => {
    for (const cancel of cancels) cancel();
    cancels.clear();
  };
  return { clock: { now: () => clock.now(), after }, cancelAll };
}
