/** Who may ask, for what, and how much of it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { SolveError } from '../core/errors.js';
import type { Client, Targets } from '../core/gateway.js';
import { factsOf, type Task, targetHost } from '../core/task.js';

/** Printable ASCII without spaces: what every client can send as a key. */
const KEY_SHAPE = /^[\x21-\x7e]{1,256}$/;

export class Clients {
  #entries: readonly { readonly client: Client; readonly hash: Buffer }[] = [];
  /** The last entry of every client there ever was: tasks outlive the entry of their client. */
  readonly #known = new Map<string, Client>();

  constructor(clients: readonly Client[]) {
    this.change(clients);
  }

  /** Takes the clients of a new config. */
  change(clients: readonly Client[]): void {
    this.#entries = clients.map((client) => ({ client, hash: Buffer.from(client.keySha256, 'hex') }));
    for (const client of clients) this.#known.set(client.id, client);
  }

  /** The client of a task, as the config has it now, or had it last. */
  byId(id: string): Client | undefined {
    return this.#known.get(id);
  }

  /** The client of a key; every known key is compared, in constant time. @throws SolveError `auth`. */
  authenticate(key: string | undefined): Client {
    if (key === undefined || key === '')
      throw new SolveError('auth', { detail: 'No key was sent.', isMalformed: true });
    if (!KEY_SHAPE.test(key))
      throw new SolveError('auth', { detail: 'This cannot be a key.', isMalformed: true });
    const given = createHash('sha256').update(key).digest();
    let found: Client | undefined;
    for (const { client, hash } of this.#entries) {
      if (timingSafeEqual(given, hash)) found = client;
    }
    if (!found) throw new SolveError('auth', { detail: 'No client has this key.' });
    return found;
  }
}

/** @throws SolveError `not_allowed`, naming the rule, when the client may not have this task solved. */
export function checkAllowed(client: Client, task: Task): void {
  if (client.kinds && !client.kinds.some((kind) => kind === task.kind)) {
    throw new SolveError('not_allowed', { detail: `clients.${client.id}.kinds does not list ${task.kind}.` });
  }
  // A name with the root's dot behind it is the same name.
  const host = targetHost(task)?.replace(/\.$/, '');
  if (client.targets) checkTargets(client.id, client.targets, { task, host });
}

/** What runs in a browser stands on a page: a list of pages cannot let it through without one. */
function checkTargets(
  id: string,
  targets: Targets,
  { task, host }: { readonly task: Task; readonly host: string | undefined },
): void {
  if (host !== undefined) {
    checkTarget(id, targets, host);
    return;
  }
  const { group } = factsOf(task.kind);
  if (targets.allow === undefined || group === 'image' || group === 'text') return;
  throw new SolveError('not_allowed', {
    detail: `clients.${id}.targets.allow needs the page that the captcha stands on.`,
  });
}

function checkTarget(id: string, { allow, deny }: Targets, host: string): void {
  const denied = deny?.find((rule) => matches(rule, host));
  if (denied) throw new SolveError('not_allowed', { detail: `clients.${id}.targets.deny has ${denied}.` });
  if (allow && !allow.some((rule) => matches(rule, host))) {
    throw new SolveError('not_allowed', { detail: `clients.${id}.targets.allow does not list ${host}.` });
  }
}

function matches(rule: string, host: string): boolean {
  const wanted = rule.toLowerCase();
  return wanted.startsWith('*.')
    ? host.endsWith(wanted.slice(1)) && host.length > wanted.length - 1
    : host === wanted;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How much each client has in flight and has sent. */
export class Usage {
  readonly #byClient = new Map<string, { inFlight: number; sentAt: number[] }>();

  constructor(private readonly now: () => number) {}

  /** Counts one more task. @throws SolveError `rate_limited` when a limit is reached. */
  begin({ id, limits }: Client): void {
    const usage = this.#of(id);
    if (limits?.inFlight !== undefined && usage.inFlight >= limits.inFlight) {
      throw new SolveError('rate_limited', {
        detail: `clients.${id}.limits.inFlight is reached.`,
        retryAfterMs: 1_000,
      });
    }
    if (limits?.perMinute !== undefined) this.#countSent(id, limits.perMinute);
    usage.inFlight += 1;
  }

  #countSent(id: string, perMinute: number): void {
    const usage = this.#of(id);
    const now = this.now();
    usage.sentAt = usage.sentAt.filter((at) => at > now - MINUTE_MS);
    const [oldest = now] = usage.sentAt;
    if (usage.sentAt.length >= perMinute) {
      const retryAfterMs = oldest + MINUTE_MS - now;
      throw new SolveError('rate_limited', {
        detail: `clients.${id}.limits.perMinute is reached.`,
        retryAfterMs,
      });
    }
    usage.sentAt.push(now);
  }

  /** A task that was running before the restart. */
  resume(id: string): void {
    this.#of(id).inFlight += 1;
  }

  end(id: string): void {
    this.#of(id).inFlight -= 1;
  }

  #of(id: string) {
    const known = this.#byClient.get(id) ?? { inFlight: 0, sentAt: [] };
    this.#byClient.set(id, known);
    return known;
  }
}

/** Midnight UTC before `now`. */
export function startOfDay(now: number): number {
  return Math.floor(now / DAY_MS) * DAY_MS;
}
