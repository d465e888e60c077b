/** Sessions of operators in a browser: a random token instead of the key, for a while, and only as long as the key stands. */
import { createHash, randomBytes } from 'node:crypto';

export interface SessionOptions {
  readonly now: () => number;
}

/** How long a session lasts, used or not. */
export const SESSION_MS = 12 * 60 * 60_000;
/** More browsers than that, and the one that has been there longest asks again. */
const MOST_SESSIONS = 100;

interface Session {
  readonly expiresAt: number;
  /** The key that it was opened with. */
  readonly adminKeySha256: string;
}

/** They live in memory: after a restart the key is asked for again. */
export class Sessions {
  /** By the hash of the token, oldest first. */
  readonly #open = new Map<string, Session>();

  constructor(private readonly options: SessionOptions) {}

  /** A new session; what is returned is known to its holder alone. */
  begin(adminKeySha256: string): string {
    const token = randomBytes(32).toString('base64url');
    this.#open.set(hashOf(token), { expiresAt: this.options.now() + SESSION_MS, adminKeySha256 });
    const [oldest] = this.#open.keys();
    if (this.#open.size > MOST_SESSIONS && oldest !== undefined) this.#open.delete(oldest);
    return token;
  }

  /** When this session ends; undefined for none, for one that is over, and for one that another key has opened. */
  until(token: string | undefined, adminKeySha256: string): number | undefined {
    if (token === undefined) return undefined;
    const session = this.#open.get(hashOf(token));
    if (!session) return undefined;
    const isAlive = session.adminKeySha256 === adminKeySha256 && session.expiresAt > this.options.now();
    if (!isAlive) this.end(token);
    return isAlive ? session.expiresAt : undefined;
  }

  end(token: string): void {
    this.#open.delete(hashOf(token));
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Cookies know no ports: two gateways on one machine would log each other's operators out. */
export function cookieName(host: string | null): string {
  const port = /:(\d+)$/.exec(host ?? '')?.[1];
  return port === undefined ? 'captcha-gateway' : `captcha-gateway-${port}`;
}

/** The token that a request brings along. */
export function tokenOf(headers: Headers): string | undefined {
  const prefix = `${cookieName(headers.get('host'))}=`;
  const cookies = (headers.get('cookie') ?? '').split(';').map((cookie) => cookie.trim());
  return cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length);
}
