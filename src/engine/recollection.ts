/** What is known of accounts beyond the life of a process: why they are closed, their money, how long they take. */
import { createHash } from 'node:crypto';
import type { Cancel, Clock } from '../core/clock.js';
import type { BreakerChange, BreakerScope, Events } from '../core/events.js';
import type { Account } from '../core/provider.js';
import type { GateChange } from '../core/status.js';
import type { TaskStore } from '../core/store.js';
import type { TaskKind } from '../core/task.js';
import type { AcceptanceFigures } from './acceptance.js';
import type { AccountState } from './account.js';
import type { Accounts } from './accounts.js';
import { byOther } from './call.js';
import { forgive } from './config-change.js';
import type { FundsFigures } from './funds.js';
import type { GateMemory } from './gate.js';
import type { ScoreFigures } from './scores.js';

export interface RecollectionTools {
  readonly clock: Clock;
  readonly events: Events;
  readonly store: TaskStore;
  readonly accounts: Accounts;
}

/** A closed gate as it is remembered; null once it is open again. */
type GateFact =
  | (Pick<GateMemory, 'cause' | 'since' | 'until'> &
      Partial<Pick<GateMemory, 'openings' | 'openedBy'>> & { readonly of: string })
  | null;

/** The last changes of an account, or of one of its kinds. */
interface HistoryFact {
  readonly of: string;
  readonly changes: readonly GateChange[];
}

interface BalanceFact {
  readonly of: string;
  readonly amount: number | null;
  readonly at: number;
}

interface FundsFact extends FundsFigures {
  readonly of: string;
}

/** Solve times change slowly: what a crash loses of them is learnt again. */
const SCORES_EVERY_MS = 30_000;

/** Scopes at which another process's word is as good as one's own; connections and capacity are judged by oneself. */
const HINTS: ReadonlySet<BreakerScope> = new Set(['ban', 'money', 'key', 'operator']);

export class Recollection {
  readonly #tools: RecollectionTools;
  readonly #stops: (() => void)[] = [];
  /** Gates that were closed on the word of another process. */
  readonly #hinted = new Set<string>();
  #cancelScores: Cancel = () => {};

  constructor(tools: RecollectionTools) {
    this.#tools = tools;
    this.#start();
  }

  /** Brings back what the last process knew. */
  async load(): Promise<void> {
    await this.#recall(() => true);
  }

  async #recall(isWanted: (provider: string) => boolean): Promise<void> {
    const facts = [...(await this.#tools.store.recall())].filter(([key]) => {
      const [, provider = ''] = key.split(' ');
      return isWanted(parseGateKey(key)?.provider ?? provider);
    });
    // What happened is brought back first: a gate that is closed again writes it down anew.
    for (const [key, value] of facts) if (key.startsWith('changes ')) this.#restore(key, value);
    for (const [key, value] of facts) if (!key.startsWith('changes ')) this.#restore(key, value);
  }

  #start(): void {
    const { events, store, accounts } = this.#tools;
    const remember = (change: BreakerChange, fact: GateFact) => {
      // What another replica has written down stands there as it knows it.
      if (change.changedBy?.by !== 'replica') store.remember(gateKey(change), fact);
      this.#rememberChanges(change);
    };
    this.#stops.push(
      events.on('breaker-opened', (change) => {
        const { cause, since, until, openings, openedBy, provider } = change;
        remember(change, { cause, since, until, openings, openedBy, of: this.#fingerprint(provider) });
      }),
      events.on('breaker-closed', (change) => remember(change, null)),
    );
    for (const state of accounts.configured) this.#keepMoney(state);
  }

  /** Brings back what was known of accounts that a reload has brought, and remembers them from now on. */
  async welcome(added: readonly AccountState[]): Promise<void> {
    if (added.length === 0) return;
    for (const state of added) this.#keepMoney(state);
    await this.#recall((provider) => added.some((state) => state === this.#account(provider)));
    for (const { gates } of added) forgive(gates);
  }

  #keepMoney({ id, account, gates, funds }: AccountState): void {
    const { store } = this.#tools;
    const of = fingerprint(account);
    gates.balance.onTold((amount, at) =>
      store.remember(`balance ${id}`, { of, amount, at } satisfies BalanceFact),
    );
    funds.onChange(() => store.remember(`funds ${id}`, { of, ...funds.figures() } satisfies FundsFact));
  }

  /** Writes the solve times down now and then. */
  keepScores(): void {
    this.#cancelScores = this.#tools.clock.after(SCORES_EVERY_MS, () => {
      this.#rememberScores();
      this.keepScores();
    });
  }

  /** What another process has remembered just now. */
  learn(key: string, value: unknown): void {
    // One reading of an account serves every gateway that uses it.
    if (/^(balance|funds) /.test(key)) this.#restore(key, value);
    const gate = parseGateKey(key);
    if (!gate || !HINTS.has(gate.scope)) return;
    const gates = this.#account(gate.provider)?.gates;
    if (value !== null && gates?.at(gate.scope).isOpen === false) {
      this.#hinted.add(key);
      this.#restore(key, value, true);
    } else if (value === null && this.#hinted.delete(key)) {
      gates?.at(gate.scope).close({ by: byOther('replica') });
    }
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#cancelScores();
    this.#rememberScores();
  }

  #restore(key: string, value: unknown, isHint = false): void {
    if (value === null || typeof value !== 'object') return;
    const [sort, provider = '', kind = ''] = key.split(' ');
    const gate = parseGateKey(key);
    const state = this.#account(gate?.provider ?? provider);
    if (!state || (value as { of?: unknown }).of !== fingerprint(state.account)) return;
    if (gate) {
      const memory = { openings: 0, openedBy: null, ...(value as Exclude<GateFact, null>) };
      state.gates.restore({ ...gate, ...memory }, isHint);
    }
    if (sort === 'changes')
      state.gates.history.restore(kind === '' ? null : (kind as TaskKind), (value as HistoryFact).changes);
    if (sort === 'balance') state.gates.balance.restore(value as BalanceFact);
    if (sort === 'funds') state.funds.restore(value as FundsFact);
    const learnt = () => state.gates.kind(kind as TaskKind);
    if (sort === 'score') learnt().score.restore(value as ScoreFigures);
    if (sort === 'acceptance') learnt().acceptance.restore(value as AcceptanceFigures);
  }

  #rememberChanges({ provider, kind }: BreakerChange): void {
    const state = this.#account(provider);
    if (!state) return;
    const changes = state.gates.history.of(kind);
    const fact: HistoryFact = { of: fingerprint(state.account), changes };
    this.#tools.store.remember(['changes', provider, kind ?? []].flat().join(' '), fact);
  }

  #rememberScores(): void {
    for (const { id, account, gates } of this.#tools.accounts.configured) {
      const of = fingerprint(account);
      for (const [kind, score] of gates.learnt.changedScores())
        this.#tools.store.remember(`score ${id} ${kind}`, { of, ...score.figures() });
      for (const [kind, acceptance] of gates.learnt.changedAcceptances()) {
        this.#tools.store.remember(`acceptance ${id} ${kind}`, { of, ...acceptance.figures() });
      }
    }
  }

  #account(provider: string): AccountState | undefined {
    return this.#tools.accounts.byId(provider);
  }

  #fingerprint(provider: string): string {
    const state = this.#account(provider);
    return state ? fingerprint(state.account) : '';
  }
}

/** What was learnt under another key or at another address is worth nothing; the key itself is not kept. */
function fingerprint({ baseUrl, apiKey }: Account): string {
  return createHash('sha256').update(`${baseUrl}\n${apiKey}`).digest('hex').slice(0, 16);
}

/** An account's id may hold a colon, and no blank. */
function gateKey({ provider, scope, kind }: Pick<BreakerChange, 'provider' | 'scope' | 'kind'>): string {
  return ['gate', scope, provider, kind ?? []].flat().join(' ');
}

function parseGateKey(key: string): Pick<BreakerChange, 'provider' | 'scope' | 'kind'> | undefined {
  const [sort, scope, provider, kind] = key.split(' ');
  if (sort !== 'gate' || scope === undefined || provider === undefined) return undefined;
  return { scope: scope as BreakerScope, provider, kind: (kind as TaskKind | undefined) ?? null };
}
