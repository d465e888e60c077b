/** Takes a new config without a restart: read, checked and built first, then put in place all at once, or not at all. */
import { changedPaths, fixedPaths } from '../config/changes.js';
import { ConfigError, type ConfigIssue } from '../config/config-error.js';
import type { LoadedConfig } from '../config/load.js';
import { type Clock, sleepUntil } from '../core/clock.js';
import type { Events, ReloadedBy } from '../core/events.js';
import type { Settings } from './settings.js';

/** What one part of the gateway makes of a new config. */
export interface Prepared {
  /** Paths whose meaning has changed though the config says the same: the content of a file that it names. */
  readonly changed?: readonly string[];
  /** Puts it in place; nothing else happens meanwhile. */
  readonly apply: () => void;
}

/** @throws ConfigError for a config that this part cannot work with. */
export type Part = (next: LoadedConfig) => Prepared | Promise<Prepared>;

export interface ReloadsOptions {
  readonly settings: Settings;
  /** Reads the config. @throws ConfigError naming every fault. */
  readonly load: () => Promise<LoadedConfig>;
  /** The first ones are put in place first. */
  readonly parts: readonly Part[];
  readonly events: Events;
  readonly clock: Clock;
  /** Faults of our own. */
  readonly onFault: (error: unknown) => void;
}

/** What came of one reload. */
export type ReloadReport =
  | {
      readonly outcome: 'reloaded' | 'unchanged';
      readonly by: ReloadedBy;
      readonly changed: readonly string[];
      readonly needsRestart: readonly string[];
      readonly tookMs: number;
    }
  | {
      readonly outcome: 'refused';
      readonly by: ReloadedBy;
      readonly issues: readonly ConfigIssue[];
      readonly tookMs: number;
    };

/** A file may be half written when it is read: what is wrong with it is told when it is still wrong after this. */
const SECOND_LOOK_MS = 300;

export class Reloads {
  #last: Promise<unknown> = Promise.resolve();
  #isGood = true;
  readonly #over = new AbortController();

  constructor(private readonly options: ReloadsOptions) {}

  /** Reads the config again and tells what came of it; one after the other. */
  reload(by: ReloadedBy): Promise<ReloadReport> {
    return this.#inTurn(async () => this.#tell(await this.#try(by)));
  }

  /** The same for files that have changed: silent about what says the same, patient with what is wrong. */
  async filesChanged(): Promise<void> {
    const first = await this.#inTurn(async () => {
      const report = await this.#try('file');
      return report.outcome === 'refused' ? report : this.#tell(report);
    });
    if (first.outcome !== 'refused') return;
    const { clock } = this.options;
    if (await sleepUntil(clock, clock.now() + SECOND_LOOK_MS, this.#over.signal)) await this.reload('file');
  }

  /** Begins nothing more; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#over.abort();
    await this.#last;
  }

  #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(run);
    this.#last = result.catch(() => {});
    return result;
  }

  async #try(by: ReloadedBy): Promise<ReloadReport> {
    const { settings } = this.options;
    const startedAt = performance.now();
    const tookMs = () => Math.round((performance.now() - startedAt) * 10) / 10;
    try {
      if (this.#over.signal.aborted) throw new Error('the gateway is stopping');
      const next = await this.options.load();
      const fromConfig = changedPaths(settings.wanted, next.config);
      const prepared = await this.#prepare(settings.possible(next));
      const changed = [...new Set([...fromConfig, ...prepared.flatMap((part) => part.changed ?? [])])];
      if (changed.length > 0) {
        for (const { apply } of prepared) apply();
        settings.change(next);
      }
      const needsRestart = fixedPaths(changedPaths(settings.atStart, next.config));
      const outcome = changed.length > 0 ? 'reloaded' : 'unchanged';
      return { outcome, by, changed, needsRestart, tookMs: tookMs() };
    } catch (error) {
      if (!(error instanceof ConfigError)) this.options.onFault(error);
      return { outcome: 'refused', by, issues: issuesOf(error), tookMs: tookMs() };
    }
  }

  #prepare(next: LoadedConfig): Promise<readonly Prepared[]> {
    return Promise.all(this.options.parts.map(async (part) => await part(next)));
  }

  #tell(report: ReloadReport): ReloadReport {
    const { events } = this.options;
    const wasGood = this.#isGood;
    this.#isGood = report.outcome !== 'refused';
    if (report.outcome === 'refused') {
      const { by, issues, tookMs } = report;
      events.emit('config-refused', { by, issues, tookMs });
      return report;
    }
    const { by, changed, needsRestart, tookMs } = report;
    const isQuiet = report.outcome === 'unchanged' && by === 'file' && wasGood;
    events.emit(isQuiet ? 'config-unchanged' : 'config-reloaded', { by, changed, needsRestart, tookMs });
    return report;
  }
}

/** Faults of a config name no value; of any other error nobody knows that. */
function issuesOf(error: unknown): readonly ConfigIssue[] {
  if (error instanceof ConfigError) return error.issues;
  const name = error instanceof Error ? error.name : 'an unknown error';
  return [{ path: '', message: `cannot be put in place now: ${name}` }];
}
