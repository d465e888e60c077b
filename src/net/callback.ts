/** The way out to clients' own servers: every address checked when the connection is made, every try bounded. */
import { lookup as lookUp } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { buildConnector, Client } from 'undici';
import type { CallbackRequest } from '../core/callback.js';
import { type Clock, systemClock } from '../core/clock.js';
import { addressIn, type CallbackAddresses } from './callback-address.js';

export interface CallbackCall {
  readonly url: string;
  readonly request: CallbackRequest;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Tries once: the status of the answer, whose redirects nobody follows. @throws CallbackFault when there is none. */
export type SendCallback = (call: CallbackCall) => Promise<number>;

export interface CallbackOptions {
  readonly addresses: CallbackAddresses;
  /** From the first packet to the status line. */
  readonly answerWithinMs: number;
  readonly clock?: Clock | undefined;
  /** The system's resolver when absent. */
  readonly lookup?: LookupFunction | undefined;
}

/** Why a try brought no answer, in words that hold nothing of the address. */
export class CallbackFault extends Error {
  override readonly name = 'CallbackFault';
}

/** Nobody reads the answer; so much of it is taken in that the receiver can finish its sentence. */
const DUMPED_BYTES = 16 * 1024;

/** A connection for every try: nothing is left open towards a stranger's server. */
export function openCallbacks(options: CallbackOptions): SendCallback {
  const { addresses, answerWithinMs, clock = systemClock } = options;
  const lookup = checkedLookup(options);
  return async ({ url, request, headers, signal }) => {
    const target = new URL(url);
    const literal = addressIn(target);
    // Nobody looks up what is an address already.
    if (literal !== undefined && !addresses.isAllowed(literal)) throw new CallbackFault(NOT_ALLOWED);
    const connect = buildConnector({ lookup, timeout: answerWithinMs });
    const client = new Client(target.origin, {
      connect,
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 16 * 1024,
    });
    const late = new AbortController();
    const cancel = clock.after(answerWithinMs, () => late.abort());
    try {
      const both = AbortSignal.any([signal, late.signal]);
      const { statusCode, body } = await client.request({
        path: pathOf(target, request.query),
        method: request.method,
        headers: { ...headersFor(target, request), ...headers },
        body: request.method === 'GET' ? null : request.body,
        signal: both,
      });
      await body.dump({ limit: DUMPED_BYTES, signal: both }).catch(() => {});
      return statusCode;
    } catch (error) {
      throw faultOf(error, late.signal.aborted ? `no answer within ${answerWithinMs} ms` : undefined);
    } finally {
      cancel();
      // Not waited for: a connection that is being made ends when its own time is over.
      void client.destroy().catch(() => {});
    }
  };
}

const NOT_ALLOWED = 'the address is private or special';

/** Every address that a name stands for has to be allowed: which of them is taken is not ours to say. */
function checkedLookup({ addresses, lookup = lookUp as LookupFunction }: CallbackOptions): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const all = Array.isArray(found) ? found : [];
      const [first] = all;
      if (!first || !all.every(({ address }) => addresses.isAllowed(address)))
        return callback(new CallbackFault(NOT_ALLOWED), []);
      if (options.all) return callback(null, all);
      callback(null, first.address, first.family);
    });
  };
}

function pathOf({ pathname, search }: URL, query: CallbackRequest['query'] = {}): string {
  const added = new URLSearchParams(query).toString();
  if (added === '') return `${pathname}${search}`;
  return `${pathname}${search === '' ? '?' : `${search}&`}${added}`;
}

function headersFor({ username, password }: URL, { contentType }: CallbackRequest): Record<string, string> {
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    'user-agent': 'captcha-gateway',
    ...(contentType !== undefined && { 'content-type': contentType }),
    ...(login !== ':' && { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
  };
}

/** Quotes nothing of the error but its code: messages name hosts and ports. */
function faultOf(error: unknown, known: string | undefined): CallbackFault {
  if (known !== undefined) return new CallbackFault(known);
  if (error instanceof CallbackFault) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new CallbackFault(/^\w{1,60}$/.test(code) ? `no answer (${code})` : 'no answer');
}
