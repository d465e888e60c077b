/** Adds ended tasks up per client, provider, kind and target host. */
import {
  ALL_PROVIDERS,
  addFigures,
  type Cell,
  type CellName,
  countTask,
  type EndedTask,
  type Figures,
  NOBODY,
  noFigures,
  OTHER_HOSTS,
  OTHER_KINDS,
  wasAsked,
} from './scorecard.js';
import { isKind } from './task.js';

/** How many names of its own choice a client gets; the rest count together. */
export interface Bounds {
  readonly hosts: number;
  readonly passedKinds: number;
}

/** For each hour that is kept. */
export const BOUNDS_OF_HOUR: Bounds = { hosts: 200, passedKinds: 50 };
/** For one scorecard. */
export const BOUNDS_OF_SPAN: Bounds = { hosts: 1_000, passedKinds: 200 };

export const HOUR_MS = 3_600_000;

/** The full hour in which it is counted once it is forgotten. */
export function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}

/** Names that a client has already. */
export interface KnownNames {
  readonly hosts: Iterable<string>;
  readonly kinds: Iterable<string>;
}

/** Adds up tasks, and what others have added up. */
export class Tally {
  readonly #cells = new Map<string, Cell>();
  readonly #names = new Map<string, Names>();

  constructor(
    private readonly bounds: Bounds,
    private readonly known: (clientId: string) => KnownNames = () => ({ hosts: [], kinds: [] }),
  ) {}

  get cells(): Iterable<Cell> {
    return this.#cells.values();
  }

  *cellsOf(clientId: string): Iterable<Cell> {
    for (const cell of this.#cells.values()) if (cell.clientId === clientId) yield cell;
  }

  addTask(task: EndedTask): void {
    const { attempts, clientId, kind, host } = task;
    const asked = attempts.filter(wasAsked);
    const first = asked[0];
    countTask(this.#figures({ clientId, kind, host, provider: ALL_PROVIDERS }), task, { asked, first });
    const providers = asked.length === 0 ? [NOBODY] : new Set(asked.map(({ provider }) => provider));
    for (const provider of providers) {
      const own = asked.filter((attempt) => attempt.provider === provider);
      countTask(this.#figures({ clientId, kind, host, provider }), task, { asked: own, first, provider });
    }
  }

  addCell({ figures, ...name }: Cell): void {
    addFigures(this.#figures(name), figures);
  }

  #figures({ clientId, provider, ...chosen }: CellName): Figures {
    const names = this.#namesOf(clientId);
    const [kind, host] = [names.kind(chosen.kind), names.host(chosen.host)];
    const key = `${clientId}\n${provider}\n${kind}\n${host}`;
    const cell = this.#cells.get(key) ?? { clientId, provider, kind, host, figures: noFigures() };
    this.#cells.set(key, cell);
    return cell.figures;
  }

  #namesOf(clientId: string): Names {
    const names = this.#names.get(clientId) ?? new Names(this.bounds, this.known(clientId));
    this.#names.set(clientId, names);
    return names;
  }
}

/** What ended tasks count in the hours of their end; `known` tells the names that an hour has already. */
export function tallyHours(
  tasks: Iterable<EndedTask>,
  known: (hour: number, clientId: string) => KnownNames,
): ReadonlyMap<number, Tally> {
  const hours = new Map<number, Tally>();
  for (const task of tasks) {
    const hour = hourOf(task.finishedAt);
    const tally = hours.get(hour) ?? new Tally(BOUNDS_OF_HOUR, (clientId) => known(hour, clientId));
    hours.set(hour, tally);
    tally.addTask(task);
  }
  return hours;
}

const LONGEST_HOST = 253;

/** The names of one client: first come, first kept. */
class Names {
  readonly #hosts: Set<string>;
  readonly #kinds: Set<string>;

  constructor(
    private readonly bounds: Bounds,
    { hosts, kinds }: KnownNames,
  ) {
    this.#hosts = new Set(hosts);
    this.#kinds = new Set(kinds);
    for (const host of ['', OTHER_HOSTS]) this.#hosts.delete(host);
    for (const kind of this.#kinds) if (isKind(kind) || kind === OTHER_KINDS) this.#kinds.delete(kind);
  }

  host(host: string): string {
    if (host === '' || host === OTHER_HOSTS) return host;
    return host.length <= LONGEST_HOST && fits(this.#hosts, host, this.bounds.hosts) ? host : OTHER_HOSTS;
  }

  kind(kind: string): string {
    if (isKind(kind) || kind === OTHER_KINDS) return kind;
    return fits(this.#kinds, kind, this.bounds.passedKinds) ? kind : OTHER_KINDS;
  }
}

function fits(names: Set<string>, name: string, most: number): boolean {
  if (names.size < most) names.add(name);
  return names.has(name);
}
