/** Which addresses a client may have the gateway call: public ones, and those that the operator allows. */
import { BlockList, isIP } from 'node:net';

export interface CallbackAddresses {
  /** Whether a connection may be made to this IP address. */
  isAllowed(address: string): boolean;
  /** Why nothing will ever be sent to this URL, in words; undefined when it may be tried. */
  faultOf(url: string): string | undefined;
}

/** Not public, or not one host. Source: the IANA registries of special-purpose addresses, RFC 6890. */
const SPECIAL_V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];

/** What is public in IPv6; IPv4-mapped, NAT64, local and multicast addresses lie outside. */
const PUBLIC_V6 = ['2000::/3'];
/** Within it: Teredo and other protocols, documentation, 6to4. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const LONGEST_URL = 2_000;

/** For the operator's own server, which may be anywhere. */
export const anyAddress: CallbackAddresses = { isAllowed: () => true, faultOf: () => undefined };

/** `allowPrivate`: addresses and subnets that are allowed though they are not public. */
export function openAddresses(allowPrivate: readonly string[]): CallbackAddresses {
  const allowed = listOf(allowPrivate);
  const specialV4 = listOf(SPECIAL_V4);
  const publicV6 = listOf(PUBLIC_V6);
  const specialV6 = listOf(SPECIAL_V6);

  function isAllowed(address: string): boolean {
    const family = isIP(address);
    if (family === 4) return !specialV4.check(address, 'ipv4') || allowed.check(address, 'ipv4');
    if (family !== 6) return false;
    const isPublic = publicV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6');
    return isPublic || allowed.check(address, 'ipv6');
  }

  return {
    isAllowed,
    faultOf(url) {
      if (url.length > LONGEST_URL) return `must not be longer than ${LONGEST_URL} characters`;
      const parsed = URL.canParse(url) ? new URL(url) : undefined;
      if (!parsed || !/^https?:$/.test(parsed.protocol)) return 'must be an http or https URL';
      const literal = addressIn(parsed);
      if (literal !== undefined && !isAllowed(literal)) return 'must not be a private or special address';
      return undefined;
    },
  };
}

/** The IP address that a URL names in whatever spelling; undefined for a host name. */
export function addressIn({ hostname }: URL): string | undefined {
  const plain = hostname.replace(/^\[|\]$/g, '');
  return isIP(plain) === 0 ? undefined : plain;
}

function listOf(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', prefix] = subnet.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family);
  }
  return list;
}
