/** Reads config.json into what the gateway runs on, or says everything that is wrong with it at once. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Client } from '../core/gateway.js';
import type { Account, Provider } from '../core/provider.js';
import { toAccounts, toClients } from './accounts.js';
import { crossFaults } from './checks.js';
import { ConfigError } from './config-error.js';
import { schemaFaults } from './faults.js';
import { readJson } from './json-text.js';
import { reasonOf, resolveReferences } from './references.js';
import { type Config, configSchema } from './schema.js';

export interface LoadOptions {
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `use` may name. */
  readonly providers: ReadonlyMap<string, Provider>;
  /** Told the config file, and each file that it refers to, as it is about to be read. */
  readonly onFile?: ((path: string) => void) | undefined;
}

export interface LoadedConfig {
  readonly config: Config;
  /** In the order of their priority. */
  readonly accounts: readonly Account[];
  readonly clients: readonly Client[];
  /** The config file's folder: paths in the config are relative to it. */
  readonly directory: string;
}

/** @throws ConfigError with every fault of the file. */
export function loadConfig({ path, env, providers, onFile }: LoadOptions): LoadedConfig {
  const directory = dirname(resolve(path));
  onFile?.(resolve(path));
  const { value, faults } = resolveReferences(readFile(path), { env, directory, onFile });
  const parsed = configSchema.safeParse(value);
  const issues = parsed.error?.issues ?? [];
  const all = [
    ...faults,
    ...issues.flatMap((issue) => schemaFaults(issue, value)),
    ...crossFaults(value, providers),
  ];
  if (!parsed.success || all.length > 0) throw new ConfigError(all);
  const config = parsed.data;
  return { config, accounts: toAccounts(config, providers), clients: toClients(config), directory };
}

function readFile(path: string): unknown {
  const reading = readJson(readText(path));
  if ('value' in reading) return reading.value;
  const { line, column, message, hint } = reading.fault;
  throw new ConfigError([{ path: [], message: `line ${line}, column ${column}: ${message}`, hint }]);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([{ path: [], message: `${path} cannot be read: ${reasonOf(error)}` }]);
  }
}
