/** Who is the operator: whoever has the admin key, or, where there is none, whoever calls from this machine. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { Context } from 'hono';
import { SolveError } from '../core/errors.js';
import { keyOf } from '../wire/door.js';
import { sayProblem } from '../wire/native.js';
import type { NodeBindings } from './body.js';
import { type Sessions, tokenOf } from './operator-sessions.js';

export type OperatorContext = Context<{ Bindings: NodeBindings }>;

type Handler = (context: OperatorContext) => Response | Promise<Response>;

/** Lets the operator through and refuses everybody else. */
export type Guard = (handle: Handler) => Handler;

/** By what the operator is known. */
export type Proof = 'key' | 'session' | 'address';

/** `adminKeySha256` is asked at every request; as hex, undefined where only loopback is answered. */
export function openGuard(adminKeySha256: () => string | undefined, sessions?: Sessions): Guard {
  return (handle) => async (context) => {
    const isTheirs = isOperator(context, adminKeySha256(), sessions);
    const response = isTheirs ? await handle(context) : denied();
    response.headers.set('cache-control', 'no-store');
    response.headers.set('x-content-type-options', 'nosniff');
    return response;
  };
}

/** Whether a request on a door that clients use too is the operator's. */
export type OperatorTest = (context: OperatorContext) => boolean;

/** Like the guard, but that where the operator has no key a client's key still means the client. */
export function operatorTest(adminKeySha256: () => string | undefined, sessions?: Sessions): OperatorTest {
  return (context) => {
    const key = adminKeySha256();
    const isClient = key === undefined && keyOf(context.req.raw.headers, undefined) !== undefined;
    return !isClient && isOperator(context, key, sessions);
  };
}

/** By the admin key or a session; where there is no key, by loopback. Never by what another site makes a browser send. */
export function isOperator(
  context: OperatorContext,
  adminKeySha256: string | undefined,
  sessions?: Sessions,
): boolean {
  const proof = proofOf(context, adminKeySha256, sessions);
  if (proof === undefined || proof === 'key' || isReading(context)) return proof !== undefined;
  // Programs on this machine send no origin; a browser with a cookie always does.
  return isSameOrigin(context) ?? proof === 'address';
}

/** How the request shows that it is the operator's; undefined when it does not. */
export function proofOf(
  { req, env }: OperatorContext,
  adminKeySha256: string | undefined,
  sessions?: Sessions,
): Proof | undefined {
  const { headers } = req.raw;
  if (adminKeySha256 !== undefined) {
    const given = keyOf(headers, undefined);
    if (given !== undefined) return isKey(given, adminKeySha256) ? 'key' : undefined;
    return sessions?.until(tokenOf(headers), adminKeySha256) === undefined ? undefined : 'session';
  }
  const isForwarded = headers.has('forwarded') || headers.has('x-forwarded-for');
  const isLocal = isLoopback(env.incoming?.socket.remoteAddress) && isLoopbackName(headers.get('host'));
  return !isForwarded && isLocal ? 'address' : undefined;
}

/** Compares in constant time. */
export function isKey(given: string, adminKeySha256: string): boolean {
  const hash = createHash('sha256').update(given).digest();
  return timingSafeEqual(hash, Buffer.from(adminKeySha256, 'hex'));
}

/** Whether a page of this very gateway made the request; undefined when no browser says so. */
export function isSameOrigin({ req }: OperatorContext): boolean | undefined {
  const site = req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = req.header('origin');
  if (origin === undefined) return undefined;
  return URL.canParse(origin) && new URL(origin).host === req.header('host')?.toLowerCase();
}

function isReading({ req }: OperatorContext): boolean {
  return req.raw.method === 'GET' || req.raw.method === 'HEAD';
}

function isLoopback(address: string | undefined): boolean {
  const plain = address?.replace(/^::ffff:/, '') ?? '';
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

/** A name of somebody else's that leads here is how a strange page in a browser would read this one. */
function isLoopbackName(host: string | null): boolean {
  if (host === null) return true;
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  return name === '0.0.0.0' || name === 'localhost' || name.endsWith('.localhost') || isLoopback(name);
}

function denied(): Response {
  return problem(new SolveError('auth', { detail: 'This is for the operator: send the admin key.' }));
}

/** The answer about something that is not there. */
export function noSuch(thing: string): Response {
  const title = `There is no such ${thing}`;
  return problem(new SolveError('task_not_found', { detail: `${title}.` }), title);
}

/** A refusal as problem JSON. */
export function problem(error: SolveError, title?: string): Response {
  const { status, body } = sayProblem(error);
  return new Response(JSON.stringify(title === undefined ? body : { ...body, title }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });
}
