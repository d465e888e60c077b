/** The configs that a gateway is told in turn while it works: accounts come, go, change places, keys and figures. */
import { KEY } from './clients.mjs';

export const ADMIN_KEY = 'ad317000000000000000000000000000b2';

/** Of this many configs in a row no two that follow each other are alike. */
const KEYS = 3;
const STRATEGIES = ['priority', 'weighted', 'best'];

/**
 * @param {import('./upstreams.mjs').Upstreams['accounts']} accounts of which there are three
 * @param {number} turn
 */
export function configAt(accounts, turn) {
  const absent = turn % (accounts.length + 1);
  const providers = accounts
    .filter((_, index) => index !== absent)
    .map((account, index) => ({
      ...account,
      // The one that is given a new key in this turn keeps it for the next ones.
      apiKey: `${account.apiKey}-${Math.floor((turn + index) / 4) % KEYS}`,
      priority: 1 + ((index + turn) % accounts.length),
      weight: 1 + (turn % 3),
      threads: 200 + (turn % 5),
      pricesUsdPer1000: { recaptcha_v2: 1 + (turn % 7) / 10 },
    }));
  const passing = { id: `client-${turn % 4}`, key: `a-key-of-a-client-that-comes-and-goes-${turn % 4}` };
  return {
    server: { port: 0, maxBodyBytes: 1_000_000 + turn },
    admin: { key: ADMIN_KEY },
    clients: [{ id: 'bench', key: KEY, limits: { inFlight: 5_000 + (turn % 3) } }, passing],
    providers,
    routing: { deadlineMs: 50_000 + turn, maxUsdPerTask: 1, strategy: STRATEGIES[turn % STRATEGIES.length] },
    breaker: { failures: 3 + (turn % 2), cooldownMs: 200, maxCooldownMs: 400 },
    polling: { holdMs: 1_000 + (turn % 2) },
    store: { path: 'gateway.db' },
  };
}
