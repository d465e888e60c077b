/** Asks the services: can they be reached, and what does each account have. */
import { isPrivateBase } from '../../config/base-url.js';
import { asSolveError } from '../../core/errors.js';
import type { BalanceFacts, ReachFacts, ServiceFacts } from '../../core/examination.js';
import type { Account, Transport, UpstreamReply } from '../../core/provider.js';
import { reach } from '../../net/reach.js';
import { askBalance, type Place } from './running.js';

const REACH_WITHIN_MS = 3_500;
const ANSWER_WITHIN_MS = 5_000;

export interface AskingOptions {
  readonly accounts: readonly Account[];
  readonly transport: Transport;
  readonly running: Promise<Known>;
}

/** Who may know already: a gateway that tells, one that runs and does not tell, or nobody. */
export type Known = Place | 'untold' | 'nobody';

/** Everybody at once: a service once for all its accounts, an account once for all its entries. */
export async function examineAccounts({
  accounts,
  transport,
  running,
}: AskingOptions): Promise<readonly ServiceFacts[]> {
  const reached = new Map<string, Promise<ReachFacts>>();
  const balances = new Map<string, Promise<BalanceFacts | null>>();
  return await Promise.all(
    accounts.map(async (account) => {
      const { id, baseUrl, isPublic, apiKey } = account;
      const found = await once(reached, baseUrl, () => reach(baseUrl, REACH_WITHIN_MS));
      const ask = () => balanceOf(account, transport, running);
      const isThere = found.status === 'reached' && !(isPublic && found.addresses.some(isPrivate));
      const balance = isThere ? await once(balances, `${baseUrl} ${apiKey}`, ask) : null;
      return { id, baseUrl, isPublic, reach: found, balance };
    }),
  );
}

/** What stands there under the name of a public service is not told the key. */
function isPrivate(address: string): boolean {
  return isPrivateBase(`http://${address.includes(':') ? `[${address}]` : address}`);
}

function once<Value>(
  asked: Map<string, Promise<Value>>,
  key: string,
  ask: () => Promise<Value>,
): Promise<Value> {
  const answer = asked.get(key) ?? ask();
  asked.set(key, answer);
  return answer;
}

/**
 * Services count how often they are asked: what the gateway knows is not asked for again, and where a gateway runs that
 * does not tell, public services are not asked at all.
 */
export async function balanceOf(
  account: Account,
  transport: Transport,
  running: Promise<Known>,
): Promise<BalanceFacts | null> {
  const place = await running;
  if (place === 'untold') return account.isPublic ? null : await askService(account, transport);
  const known = place === 'nobody' ? undefined : await askBalance(place, account.id);
  if (known && known.amount !== null)
    return { status: 'told', amount: known.amount, currency: known.currency };
  if (known && !known.mayAsk) return null;
  return await askService(account, transport);
}

async function askService(account: Account, transport: Transport): Promise<BalanceFacts> {
  const { balance, currency } = account.provider;
  let reply: UpstreamReply | undefined;
  try {
    reply = await transport.send(account, balance.ask(), { timeoutMs: ANSWER_WITHIN_MS });
    return { status: 'told', amount: balance.read(reply), currency };
  } catch (thrown) {
    const error = asSolveError(thrown);
    const { upstreamCode = '', detail = 'no answer' } = error.evidence;
    if (!reply) return { status: 'silent', detail };
    if (error.code === 'bad_reply') return { status: 'odd', looks: looksOf(reply) };
    return { status: 'refused', code: error.code, word: asWord(upstreamCode, account.apiKey) };
  }
}

function looksOf({
  status,
  body,
  location,
}: UpstreamReply): Extract<BalanceFacts, { status: 'odd' }>['looks'] {
  if (location !== undefined || (status >= 300 && status < 400)) return 'redirect';
  if (status === 404) return 'missing';
  if (/^\s*</.test(body)) return 'html';
  return /^\s*\{/.test(body) ? 'json' : 'text';
}

/** A service may say anything where a code belongs, the key too: only words without it are repeated. */
function asWord(said: string, apiKey: string): string {
  return /^[A-Za-z][\w :.-]{0,79}$/.test(said) && !said.includes(apiKey) ? said : '';
}
