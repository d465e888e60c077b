/** The config of a gateway from its start to its stop: read, held, read again, and what follows from it put in place. */
import type { LoadedConfig } from '../config/load.js';
import { systemClock } from '../core/clock.js';
import type { Events, ReloadedBy } from '../core/events.js';
import type { Engine } from '../engine/gateway.js';
import { ConfigFiles } from './config-files.js';
import type { Inbound } from './inbound.js';
import type { ConfiguredLog } from './logging.js';
import { type Part, type ReloadReport, Reloads } from './reload.js';
import { engineSettings, publicUrlOf, Settings } from './settings.js';
import type { Telling } from './telling.js';
import type { TlsDoor } from './tls-door.js';

export interface ReloadingOptions {
  /** Reads the config and tells each file that it is made of, before it reads it. @throws ConfigError */
  readonly read: (onFile: (path: string) => void) => Promise<LoadedConfig>;
  /** How often the files are looked at; never when absent. */
  readonly watchEveryMs: number | undefined;
}

/** What a new config changes. */
export interface Changeable {
  readonly engine: Engine;
  readonly inbound: Inbound;
  readonly telling: Telling;
  readonly log: ConfiguredLog;
  /** Undefined while there is none. */
  readonly tlsDoor: () => TlsDoor | undefined;
  readonly events: Events;
  readonly onFault: (error: unknown) => void;
}

export class Reloading {
  readonly settings: Settings;
  #reloads: Reloads | undefined;

  private constructor(
    readonly loaded: LoadedConfig,
    private readonly load: () => Promise<LoadedConfig>,
    private readonly files: ConfigFiles,
    private readonly isWatched: boolean,
  ) {
    this.settings = new Settings(loaded);
  }

  /** Reads the config for the first time. @throws ConfigError naming every fault. */
  static async open({ read, watchEveryMs }: ReloadingOptions): Promise<Reloading> {
    let changed = () => Promise.resolve();
    const everyMs = watchEveryMs ?? 0;
    const files = new ConfigFiles({ clock: systemClock, everyMs, onChange: () => changed() });
    const load = () => files.read.during(read);
    const reloading = new Reloading(await load(), load, files, watchEveryMs !== undefined);
    changed = async () => await reloading.#reloads?.filesChanged();
    return reloading;
  }

  /** Says what there is to be changed; before that nothing is reloaded. */
  connect({ engine, inbound, telling, log, tlsDoor, events, onFault }: Changeable): void {
    const parts: readonly Part[] = [
      // It is the one that may yet find its part wrong when it puts it in place.
      (next) => tlsDoor()?.prepare(next, systemClock.now()) ?? { apply: () => {} },
      async (next) => ({ apply: await inbound.prepare(publicUrlOf(next.config)) }),
      (next) => ({ apply: () => engine.change(engineSettings(next)) }),
      (next) => ({ apply: () => telling.change(next.config.callbacks) }),
      (next) => ({ apply: () => log.change(next.config) }),
    ];
    const { settings, load } = this;
    this.#reloads = new Reloads({ settings, load, parts, events, clock: systemClock, onFault });
  }

  /** Looks at the files from now on, where that is wanted. */
  watch(): void {
    if (this.isWatched) this.files.start();
  }

  /** Reads the config again. @throws Error before anything is connected. */
  async reload(by: ReloadedBy): Promise<ReloadReport> {
    if (!this.#reloads) throw new Error('nothing can be reloaded yet');
    return await this.#reloads.reload(by);
  }

  /** Begins nothing more; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.files.stop();
    await this.#reloads?.stop();
  }
}
