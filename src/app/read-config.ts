/** The config of a file, checked against the providers there are. */
import { type LoadedConfig, loadConfig } from '../config/load.js';
import type { Provider } from '../core/provider.js';
import { loadFolder } from '../registry.js';

export interface ConfigPlace {
  readonly configPath: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Every provider there is, by id. */
export function loadProviders(): Promise<ReadonlyMap<string, Provider>> {
  return loadFolder<Provider>(new URL('../../providers/', import.meta.url));
}

/** @throws ConfigError naming every fault. */
export async function readConfig({ configPath, env }: ConfigPlace): Promise<LoadedConfig> {
  return loadConfig({ path: configPath, env, providers: await loadProviders() });
}
