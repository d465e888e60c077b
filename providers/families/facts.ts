/** What both families know of a service, and the rows of the wire that it speaks. */
import type { FieldName } from '../../src/core/fields.js';
import type { Provider } from '../../src/core/provider.js';
import { KIND_NAMES, type Kind } from '../../src/core/task.js';
import type { CodeRow } from '../../src/wire/codes.js';
import type { Names } from '../../src/wire/rows.js';
import { type PaceFacts, paceOf } from './timing.js';

export interface ServiceFacts<Row> extends PaceFacts {
  readonly id: string;
  readonly title: string;
  readonly baseUrl: string;
  readonly kinds: readonly Kind[];
  /** Kinds that are withdrawn or unconfirmed: asked for only when the config names them. */
  readonly alsoSpeaks?: readonly Kind[];
  readonly pricesUsdPer1000?: Readonly<Partial<Record<Kind, number>>>;
  /** Where the service spells a kind otherwise than 2Captcha. */
  readonly rows?: Readonly<Partial<Record<Kind, Partial<Row>>>>;
  /** Inputs that the service has no place for. */
  readonly lacks?: Readonly<Partial<Record<Kind, readonly FieldName[]>>>;
  /** The service's own codes, and its own meanings of shared ones. */
  readonly codes?: readonly CodeRow[];
}

/** The rows that a service speaks: the shared ones with its deviations, without what it has no place for. */
export class ServiceRows<Row extends { readonly names: Names }> {
  readonly #rows = new Map<Kind, Row>();

  constructor(
    private readonly facts: ServiceFacts<Row>,
    shared: Readonly<Partial<Record<Kind, Row>>>,
  ) {
    const spoken = new Set([...facts.kinds, ...(facts.alsoSpeaks ?? [])]);
    for (const kind of KIND_NAMES) {
      const base = shared[kind];
      if (!base || !spoken.has(kind)) continue;
      const row = { ...base, ...facts.rows?.[kind] };
      this.#rows.set(kind, { ...row, names: withoutNames(row.names, facts.lacks?.[kind]) });
    }
  }

  get kinds(): readonly Kind[] {
    return [...this.#rows.keys()];
  }

  find(kind: Kind): Row | undefined {
    return this.#rows.get(kind);
  }

  /** @throws TypeError for a kind that the router should never have sent here. */
  of(kind: Kind): Row {
    const row = this.#rows.get(kind);
    if (!row) throw new TypeError(`${this.facts.id} has no row for ${kind}`);
    return row;
  }
}

function withoutNames(names: Names, lacks: readonly FieldName[] = []): Names {
  const kept = Object.entries(names).filter(([name]) => !lacks.some((lacking) => lacking === name));
  return Object.fromEntries(kept);
}

/** The part of a provider that does not depend on the wire. */
export function plainFacts<Row extends { readonly names: Names }>(
  facts: ServiceFacts<Row>,
  rows: ServiceRows<Row>,
) {
  return {
    id: facts.id,
    title: facts.title,
    baseUrl: facts.baseUrl,
    kinds: facts.kinds,
    speaks: rows.kinds,
    timing: paceOf(facts),
    pricesUsdPer1000: facts.pricesUsdPer1000 ?? {},
  } satisfies Partial<Provider>;
}
