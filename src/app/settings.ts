/** The config as it holds now, and what each part of the gateway reads in it. */
import { normalizeBaseUrl } from '../config/base-url.js';
import { withoutFixed } from '../config/changes.js';
import { keySha256 } from '../config/key.js';
import type { LoadedConfig } from '../config/load.js';
import type { EngineSettings } from '../engine/settings.js';

export type Config = LoadedConfig['config'];

/** The config that the gateway runs on: what was read last, but for what it cannot change while it runs. */
export class Settings {
  /** As it was read last. */
  #read: LoadedConfig;
  #config: Config;

  constructor(private readonly first: LoadedConfig) {
    this.#read = first;
    this.#config = first.config;
  }

  get config(): Config {
    return this.#config;
  }

  /** What the file said when it was read last, whether the gateway can follow that or not. */
  get wanted(): Config {
    return this.#read.config;
  }

  /** What the gateway was started with. */
  get atStart(): Config {
    return this.first.config;
  }

  /** The part of a new config that this gateway can run on. */
  possible(next: LoadedConfig): LoadedConfig {
    return { ...next, config: withoutFixed(this.atStart, next.config) };
  }

  change(next: LoadedConfig): void {
    this.#read = next;
    this.#config = this.possible(next).config;
  }

  /** SHA-256 of the operator's key; undefined where loopback is the operator. */
  get adminKeySha256(): string | undefined {
    const { admin } = this.#config;
    return admin && keySha256(admin.key);
  }
}

/** What the engine is told of a config. */
export function engineSettings({ config, accounts, clients }: LoadedConfig): EngineSettings {
  return {
    accounts,
    clients,
    routing: { ...config.routing, kinds: config.routing.kinds ?? {} },
    breaker: config.breaker,
    pollCostMs: config.polling.costMs,
    repeatWindowMs: config.server.repeatWindowMs,
  };
}

/** Where providers reach the gateway; undefined where they do not. */
export function publicUrlOf({ server: { publicUrl } }: Config): string | undefined {
  return publicUrl === undefined ? undefined : normalizeBaseUrl(publicUrl);
}
