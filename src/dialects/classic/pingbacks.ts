/**
 * The addresses that clients register for pingbacks, in memory: kept, listed and deleted. What is told of a task goes
 * to its own `pingback`, registered or not.
 */
import { SolveError } from '../../core/errors.js';
import type { Client, Gateway } from '../../core/gateway.js';
import { asText } from '../../core/solution.js';

/** More than any client has servers. */
const MOST = 100;
const LONGEST = 2_000;

const REGISTERED = new WeakMap<Gateway, Map<string, Set<string>>>();

function addressesOf(gateway: Gateway, { id }: Client): Set<string> {
  const byClient = REGISTERED.get(gateway) ?? new Map<string, Set<string>>();
  REGISTERED.set(gateway, byClient);
  const addresses = byClient.get(id) ?? new Set<string>();
  byClient.set(id, addresses);
  return addresses;
}

/** Registers an address; again does no harm. @throws SolveError `bad_request` for no address, or one too many. */
export function addPingback(gateway: Gateway, client: Client, addr: unknown): void {
  const addresses = addressesOf(gateway, client);
  const address = readAddress(addr);
  if (addresses.size >= MOST && !addresses.has(address))
    throw new SolveError('bad_request', { detail: `${MOST} pingback addresses are registered already.` });
  addresses.add(address);
}

/** The addresses of a client, as it wrote them. */
export function pingbacksOf(gateway: Gateway, client: Client): readonly string[] {
  return [...addressesOf(gateway, client)];
}

/** Forgets one address, or `all`. @throws SolveError `bad_request` for no address. */
export function deletePingback(gateway: Gateway, client: Client, addr: unknown): void {
  const addresses = addressesOf(gateway, client);
  if (addr === 'all') addresses.clear();
  else addresses.delete(readAddress(addr));
}

/** As written: clients compare. The list is joined with pipes, and the scheme may be missing. */
function readAddress(addr: unknown): string {
  const address = asText(addr)?.trim() ?? '';
  const url = /^https?:\/\//i.test(address) ? address : `http://${address}`;
  const isAddress = address.length <= LONGEST && /^[!-{}~\u0080-\uffff]+$/.test(address) && URL.canParse(url);
  if (!isAddress) throw new SolveError('bad_request', { detail: 'addr is not an address.' });
  return address;
}
