/** What all families know of a service, and the rows of the wire that it speaks. */
import type { CallsBack, Currency, Provider, Solved } from '../../src/core/provider.js';
import { isKind, KIND_NAMES, type Kind, passedWire, type Task, type TaskKind } from '../../src/core/task.js';
import type { CodeRow } from '../../src/wire/codes.js';
import { type Row, rowOf } from '../../src/wire/rows.js';
import { type PaceFacts, paceOf } from './timing.js';

/**
 * Where a service spells a kind otherwise than the shared row; nothing for a kind it spells alike.
 * `takes` lists the names of all the inputs it has a place for, in any spelling of the shared row.
 */
export type Deviation<Shared extends Row> = Partial<Shared> & { readonly takes?: string };
export type KindRows<Shared extends Row> = Readonly<Partial<Record<Kind, Deviation<Shared>>>>;

export interface ServiceFacts<Shared extends Row> extends PaceFacts {
  readonly id: string;
  readonly title: string;
  readonly baseUrl: string;
  /** What it is asked for. */
  readonly kinds: KindRows<Shared>;
  /** Withdrawn or unconfirmed: asked for only when the config names the kind. */
  readonly onRequest?: KindRows<Shared>;
  readonly pricesUsdPer1000?: Readonly<Partial<Record<Kind, number>>>;
  /** The service's own codes, and its own meanings of shared ones. */
  readonly codes?: readonly CodeRow[];
  /** What balance and cost are counted in; USD unless told. */
  readonly currency?: Currency;
  /** How long after its answer the service takes a report, in seconds. */
  readonly reportWithinSeconds?: number;
  /** Whether a submit may name an address to be called; absent where the service calls nobody. */
  readonly callsBack?: CallsBack;
}

/** The rows that a service speaks: the shared ones with its deviations. */
export class ServiceRows<Shared extends Row> {
  readonly #rows = new Map<TaskKind, Shared>();

  constructor(
    private readonly facts: ServiceFacts<Shared>,
    shared: Readonly<Partial<Record<Kind, Shared>>>,
  ) {
    const own: KindRows<Shared> = { ...facts.onRequest, ...facts.kinds };
    for (const kind of KIND_NAMES) {
      const base = shared[kind];
      const deviation = own[kind];
      if (base && deviation) this.#rows.set(kind, rowOf(base, deviation));
    }
  }

  get kinds(): readonly Kind[] {
    return [...this.#rows.keys()].filter(isKind);
  }

  /** The row of a kind; undefined for one that the service does not speak, and for passed-through ones. */
  find(kind: TaskKind): Shared | undefined {
    return this.#rows.get(kind);
  }

  /** @throws TypeError for a kind that the router should never have sent here. */
  of(kind: TaskKind): Shared {
    const row = this.find(kind);
    if (!row) throw new TypeError(`${this.facts.id} has no row for ${kind}`);
    return row;
  }

  /** Why the service cannot be given this task: no such kind, no such wire, or what `judge` says of its row. */
  refuses(
    task: Task,
    wire: string,
    judge: (task: Task, row: Shared) => string | undefined,
  ): string | undefined {
    const row = this.find(task.kind);
    if (row) return judge(task, row);
    const passed = passedWire(task.kind);
    if (passed === undefined) return `does not solve ${task.kind}`;
    return passed === wire ? undefined : `does not speak the ${passed} wire`;
  }
}

/** The part of a provider that does not depend on the wire. */
export function plainFacts<Shared extends Row>(facts: ServiceFacts<Shared>, rows: ServiceRows<Shared>) {
  const { id, title, baseUrl, pricesUsdPer1000 = {}, currency = 'USD' } = facts;
  const { reportWithinSeconds, callsBack } = facts;
  return {
    id,
    title,
    baseUrl,
    kinds: rows.kinds.filter((kind) => facts.kinds[kind]),
    speaks: rows.kinds,
    timing: paceOf(facts),
    pricesUsdPer1000,
    currency,
    ...(reportWithinSeconds !== undefined && { reportWithinMs: reportWithinSeconds * 1_000 }),
    ...(callsBack !== undefined && { callsBack }),
  } satisfies Partial<Provider>;
}

/** A cost that the service told, where it counts in USD; other money says nothing about the caps of a task. */
export function inUsd<Told extends Solved | undefined>(
  told: Told,
  { currency = 'USD' }: { readonly currency?: Currency },
): Told {
  return told === undefined || currency === 'USD' ? told : { ...told, costUsd: undefined };
}

/** Only these kinds of a table of rows, given by name. */
export function only<Shared extends Row>(rows: KindRows<Shared>, names: string): KindRows<Shared> {
  const kinds = names.split(' ').map((name) => {
    if (!isKind(name) || !rows[name]) throw new TypeError(`There is no row for ${name}.`);
    return [name, rows[name]];
  });
  return Object.fromEntries(kinds);
}
