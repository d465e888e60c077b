/** Who is the operator: whoever has the admin key, or, where there is none, whoever calls from this machine. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { Context } from 'hono';
import { SolveError } from '../core/errors.js';
import { keyOf } from '../wire/door.js';
import { sayProblem } from '../wire/native.js';
import type { NodeBindings } from './body.js';

export type OperatorContext = Context<{ Bindings: NodeBindings }>;

type Handler = (context: OperatorContext) => Response | Promise<Response>;

/** Lets the operator through and refuses everybody else. */
export type Guard = (handle: Handler) => Handler;

/** `adminKeySha256` is asked at every request; as hex, undefined where only loopback is answered. */
export function openGuard(adminKeySha256: () => string | undefined): Guard {
  return (handle) => (context) => (isOperator(context, adminKeySha256()) ? handle(context) : denied());
}

/** By the admin key; where there is none, by loopback. */
export function isOperator({ req, env }: OperatorContext, adminKeySha256: string | undefined): boolean {
  if (adminKeySha256 !== undefined) {
    const given = keyOf(req.raw.headers, undefined);
    return given !== undefined && timingSafeEqual(sha256(given), Buffer.from(adminKeySha256, 'hex'));
  }
  const isForwarded = req.header('forwarded') !== undefined || req.header('x-forwarded-for') !== undefined;
  return !isForwarded && isLoopback(env.incoming?.socket.remoteAddress);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function isLoopback(address: string | undefined): boolean {
  const plain = address?.replace(/^::ffff:/, '') ?? '';
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

function denied(): Response {
  return problem(new SolveError('auth', { detail: 'This is for the operator: send the admin key.' }));
}

/** The answer about something that is not there. */
export function noSuch(thing: string): Response {
  return problem(new SolveError('task_not_found', { detail: `There is no such ${thing}.` }));
}

/** A refusal as problem JSON. */
export function problem(error: SolveError): Response {
  const { status, body } = sayProblem(error);
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });
}
