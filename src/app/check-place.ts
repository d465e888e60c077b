/** Where checks are run: through the gateway that runs, or through one of their own where none does. */

import type { LoadedConfig } from '../config/load.js';
import { Refused, UsageError } from './command-faults.js';
import { findGateway, type GatewayPlace, urlOf } from './operator-client.js';
import { openOwnGateway } from './own-gateway.js';
import { readConfig } from './read-config.js';

/** A gateway that checks are run through. */
export interface CheckPlace {
  readonly url: string;
  readonly clientKey: string;
  /** Made for this, and gone after it. */
  readonly isOwn: boolean;
  /** Absent where only the address is known: then nobody knows the prices. */
  readonly loaded: LoadedConfig | undefined;
  close(): Promise<void>;
}

interface Wanted extends GatewayPlace {
  readonly clientKey?: string | undefined;
}

const KEY_VARIABLE = 'GATEWAY_CLIENT_KEY';
const ANSWER_WITHIN_MS = 3_000;

/** @throws UsageError, ConfigError, or Refused where a gateway that was named does not answer. */
export async function openCheckPlace(wanted: Wanted): Promise<CheckPlace> {
  const clientKey = wanted.clientKey ?? process.env[KEY_VARIABLE];
  if (wanted.url !== undefined && wanted.config === undefined) {
    const { url } = await findGateway(wanted);
    if (clientKey === undefined)
      throw new UsageError(`A gateway that is named by --url needs --client-key, or ${KEY_VARIABLE}`);
    if ((await sightOf(url)) !== 'gateway') throw new Refused(`No gateway answers at ${url}`);
    return running(url, clientKey, undefined);
  }
  const configPath = wanted.config ?? 'config.json';
  const loaded = await readConfig({ configPath, env: process.env });
  const { server } = loaded.config;
  if (wanted.url === undefined && server.port === 0) return await own(loaded);
  const url = wanted.url === undefined ? urlOf(server) : (await findGateway({ url: wanted.url })).url;
  const sight = await sightOf(url);
  if (sight === 'gateway') return running(url, clientKey ?? keyIn(loaded), loaded);
  if (sight === 'other') throw new Refused(`Something answers at ${url}, but no gateway`);
  if (wanted.url !== undefined) throw new Refused(`No gateway answers at ${url}`);
  return await own(loaded);
}

function running(url: string, clientKey: string, loaded: LoadedConfig | undefined): CheckPlace {
  return { url, clientKey, isOwn: false, loaded, close: async () => {} };
}

async function own(loaded: LoadedConfig): Promise<CheckPlace> {
  const { url, key, close } = await openOwnGateway(loaded);
  return { url, clientKey: key, isOwn: true, loaded, close };
}

async function sightOf(url: string): Promise<'gateway' | 'other' | 'nobody'> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer = await fetch(`${url}/healthz`, { signal, redirect: 'manual' });
    const told: unknown = await answer.json().catch(() => undefined);
    const isHealth = typeof told === 'object' && told !== null && 'status' in told;
    return answer.ok && isHealth ? 'gateway' : 'other';
  } catch (error) {
    // Whoever is slow is there: a second gateway beside it would break the paces that it keeps.
    return error instanceof Error && error.name === 'TimeoutError' ? 'other' : 'nobody';
  }
}

/** The client that may do most comes first: one without narrowing, then the first whose key is written out. */
function keyIn({ config }: LoadedConfig): string {
  const known = config.clients.filter(({ key }) => !key.startsWith('sha256:'));
  const free = known.find(({ kinds, providers, targets }) => !kinds && !providers && !targets);
  const found = (free ?? known[0])?.key;
  if (found !== undefined) return found;
  throw new UsageError(
    `The config has only the hashes of client keys: give --client-key, or set ${KEY_VARIABLE}`,
  );
}
