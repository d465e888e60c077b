/** Finds out whether a service can be reached at all, without a word of any account. */
import { promises as dns } from 'node:dns';
import { isIP } from 'node:net';
import { Client } from 'undici';
import { type Clock, systemClock } from '../core/clock.js';
import type { ReachFacts } from '../core/examination.js';

/** Codes of a connection that was there: what comes of a question is not decided here. */
const CONNECTED = /^(UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|UND_ERR_SOCKET|UND_ERR_HEADERS_OVERFLOW)$/;

/** Looks the name up, connects, and asks for the root page's headers, all within `timeoutMs`; never throws. */
export async function reach(
  baseUrl: string,
  timeoutMs: number,
  clock: Clock = systemClock,
): Promise<ReachFacts> {
  const signal = AbortSignal.timeout(timeoutMs);
  const { hostname } = new URL(baseUrl);
  const host = hostname.replace(/^\[|\]$/g, '');
  try {
    const addresses = isIP(host) ? [host] : await addressesOf(host, signal);
    return await connect(baseUrl, { addresses, timeoutMs, clock, signal });
  } catch (error) {
    return { status: 'failed', addresses: [], code: codeOf(error) };
  }
}

/** The system's own look-up, which hosts files take part in, cannot be ended: it is left behind. */
function addressesOf(host: string, signal: AbortSignal): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const late = Object.assign(new Error('no answer from DNS'), { code: 'EAI_AGAIN' });
    signal.addEventListener('abort', () => reject(late), { once: true });
    dns.lookup(host, { all: true }).then((found) => resolve(found.map(({ address }) => address)), reject);
  });
}

interface Connecting {
  readonly addresses: readonly string[];
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function connect(baseUrl: string, options: Connecting): Promise<ReachFacts> {
  const { addresses, timeoutMs, clock, signal } = options;
  const { origin, pathname } = new URL(baseUrl);
  const client = new Client(origin, { connectTimeout: timeoutMs, headersTimeout: timeoutMs });
  let isConnected = false;
  client.once('connect', () => {
    isConnected = true;
  });
  try {
    const { headers, body } = await client.request({ method: 'HEAD', path: pathname, signal });
    const at = Date.parse(String(headers.date));
    const skewMs = Number.isNaN(at) ? null : at - clock.now();
    await body.dump();
    return { status: 'reached', addresses, skewMs };
  } catch (error) {
    const code = codeOf(error);
    const isAsked = CONNECTED.test(code) || (code === 'late' && isConnected);
    if (isAsked) return { status: 'reached', addresses, skewMs: null };
    return { status: 'failed', addresses, code };
  } finally {
    await client.destroy();
  }
}

/** `late` for our own time limit; a name with several addresses fails with one error for each. */
function codeOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  if (!(first instanceof Error)) return 'unknown';
  if (first.name === 'TimeoutError' || first.name === 'AbortError') return 'late';
  return 'code' in first && typeof first.code === 'string' ? first.code : first.name;
}
