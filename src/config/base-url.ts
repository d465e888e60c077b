/** Addresses of provider services: which are written well, and which stay inside the operator's network. */

/** Why this text cannot be a provider's base URL; undefined when it can. Never repeats the text: it may hold a password. */
export function baseUrlFault(text: string): string | undefined {
  return addressFault(text, '; the key goes into apiKey');
}

/** The same for the address under which others reach this gateway. */
export function publicUrlFault(text: string): string | undefined {
  return addressFault(text, '');
}

function addressFault(text: string, hint: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!url || !isHttp || /\s/.test(text)) return 'must be an absolute http(s) URL';
  if (url.username !== '' || url.password !== '') return `must not hold credentials${hint}`;
  if (/[?#]/.test(text)) return 'must not have a query or a fragment';
  if (url.protocol === 'http:' && !isPrivateBase(text)) {
    return 'must be https; http is for loopback and private addresses only';
  }
  return undefined;
}

/** The base URL without its trailing slash; a path in it stays as the prefix of every call. */
export function normalizeBaseUrl(text: string): string {
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`.replace(/\/+$/, '');
}

/** Whether the host is loopback, private (RFC 1918, ULA) or link-local; names other than localhost are not. */
export function isPrivateBase(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const host = new URL(url).hostname.replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  if (host.startsWith('[')) return isPrivateIpv6(host.slice(1, -1));
  return /^\d+(?:\.\d+){3}$/.test(host) && isPrivateIpv4(host.split('.').map(Number));
}

function isPrivateIpv4([first = 0, second = 0]: readonly number[]): boolean {
  if (first === 127 || first === 10) return true;
  if (first === 172) return second >= 16 && second <= 31;
  return (first === 192 && second === 168) || (first === 169 && second === 254);
}

/** Takes the canonical form that URL writes. */
function isPrivateIpv6(address: string): boolean {
  if (address === '::1') return true;
  const mapped = /^::ffff:([0-9a-f]+):[0-9a-f]+$/.exec(address)?.[1];
  if (mapped !== undefined) {
    const high = Number.parseInt(mapped, 16);
    return isPrivateIpv4([high >> 8, high & 0xff]);
  }
  const first = Number.parseInt(address.split(':')[0] || '0', 16);
  const isUniqueLocal = (first & 0xfe00) === 0xfc00;
  const isLinkLocal = (first & 0xffc0) === 0xfe80;
  return isUniqueLocal || isLinkLocal;
}
