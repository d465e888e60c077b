/** How a browser becomes the operator's: the admin key once, then a session in a cookie that no script can read. */
import type { Clock } from '../core/clock.js';
import { SolveError } from '../core/errors.js';
import { bodyText, parseBody } from '../wire/door.js';
import { readBounded } from './body.js';
import type { App } from './doors.js';
import { isKey, isSameOrigin, type OperatorContext, problem, proofOf } from './operator-guard.js';
import { cookieName, SESSION_MS, type Sessions, tokenOf } from './operator-sessions.js';

export interface LoginOptions {
  readonly adminKeySha256: () => string | undefined;
  readonly sessions: Sessions;
  readonly clock: Clock;
}

/** Every wrong key waits that long. */
const WRONG_KEY_MS = 300;
const LARGEST_BODY = 4_096;

/** Mounts `/admin/session`: GET tells who asks, POST logs in, DELETE logs out. */
export function mountLogin(app: App, options: LoginOptions): void {
  const { adminKeySha256, sessions, clock } = options;
  const wrongKeys = new WrongKeys(clock);
  app.get('/admin/session', (context) => {
    const key = adminKeySha256();
    const proof = proofOf(context, key, sessions) ?? null;
    const until = key === undefined ? undefined : sessions.until(tokenOf(context.req.raw.headers), key);
    const expiresAt = proof === 'session' && until !== undefined ? new Date(until).toISOString() : null;
    return noStore(Response.json({ proof, hasKey: key !== undefined, expiresAt }));
  });
  app.post('/admin/session', async (context) => noStore(await logIn(context, options, wrongKeys)));
  app.delete('/admin/session', (context) => {
    if (isSameOrigin(context) === false) return noStore(refused('Only the dashboard itself logs out.'));
    const token = tokenOf(context.req.raw.headers);
    if (token !== undefined) sessions.end(token);
    return noStore(withCookie(context, '', 0));
  });
}

async function logIn(
  context: OperatorContext,
  { adminKeySha256, sessions, clock }: LoginOptions,
  wrongKeys: WrongKeys,
): Promise<Response> {
  if (isSameOrigin(context) === false) return refused('Only the dashboard itself logs in.');
  const key = adminKeySha256();
  if (key === undefined)
    return refused('There is no admin key (admin.key): open this page on the machine itself.');
  const from = context.env.incoming?.socket.remoteAddress ?? '';
  const retryAfterMs = wrongKeys.pauseFor(from);
  if (retryAfterMs !== undefined) return tooMany(retryAfterMs);
  // Counted before it is read, or a hundred at once would all be the first.
  wrongKeys.note(from);
  const given = await readKey(context);
  if (given !== undefined && isKey(given, key)) {
    wrongKeys.forgive(from);
    return withCookie(context, sessions.begin(key), SESSION_MS);
  }
  await new Promise<void>((resolve) => clock.after(WRONG_KEY_MS, resolve));
  return refused('This is not the admin key.');
}

async function readKey({ req }: OperatorContext): Promise<string | undefined> {
  try {
    const body = parseBody(bodyText(await readBounded(req.raw, LARGEST_BODY)));
    const key = typeof body === 'object' && body !== null && 'key' in body ? body.key : undefined;
    return typeof key === 'string' ? key.trim() : undefined;
  } catch {
    return undefined;
  }
}

function withCookie({ req }: OperatorContext, token: string, lastsMs: number): Response {
  const { headers, url } = req.raw;
  const isSecure = url.startsWith('https:') || headers.get('x-forwarded-proto') === 'https';
  const cookie = [
    `${cookieName(headers.get('host'))}=${token}`,
    'Path=/',
    `Max-Age=${lastsMs / 1_000}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(isSecure ? ['Secure'] : []),
  ].join('; ');
  return new Response(null, { status: 204, headers: { 'set-cookie': cookie } });
}

function refused(detail: string): Response {
  return problem(new SolveError('auth', { detail }));
}

function tooMany(retryAfterMs: number): Response {
  const detail = 'Too many wrong keys from this address.';
  const response = problem(new SolveError('rate_limited', { detail, retryAfterMs }));
  response.headers.set('retry-after', String(Math.ceil(retryAfterMs / 1_000)));
  return response;
}

function noStore(response: Response): Response {
  response.headers.set('cache-control', 'no-store');
  response.headers.set('x-content-type-options', 'nosniff');
  return response;
}

const WINDOW_MS = 60_000;
/** Wrong keys of one address within a window; after that it is not listened to. */
const MOST_WRONG_KEYS = 10;
const MOST_ADDRESSES = 1_000;

/** Wrong keys by the address that sent them; memory is bounded however many guess. */
class WrongKeys {
  readonly #windows = new Map<string, { readonly since: number; count: number }>();

  constructor(private readonly clock: Clock) {}

  /** How long this address has to wait; undefined when it may try. */
  pauseFor(address: string): number | undefined {
    const window = this.#windowOf(address);
    if (!window || window.count < MOST_WRONG_KEYS) return undefined;
    return window.since + WINDOW_MS - this.clock.now();
  }

  note(address: string): void {
    const window = this.#windowOf(address) ?? { since: this.clock.now(), count: 0 };
    window.count += 1;
    this.#windows.set(address, window);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > MOST_ADDRESSES && oldest !== undefined) this.#windows.delete(oldest);
  }

  /** It was the right one. */
  forgive(address: string): void {
    const window = this.#windows.get(address);
    if (window) window.count -= 1;
  }

  #windowOf(address: string) {
    const window = this.#windows.get(address);
    if (!window || window.since + WINDOW_MS > this.clock.now()) return window;
    this.#windows.delete(address);
    return undefined;
  }
}
