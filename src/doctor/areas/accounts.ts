/** Accounts: what each service says to its key, and how much money there is. */
import type { BalanceFacts } from '../../core/examination.js';
import { area, type Check, type Found } from '../facts.js';
import { type Placed, placed } from './reach.js';

type Of<Status extends BalanceFacts['status']> = Extract<BalanceFacts, { status: Status }>;

/** Below this a busy gateway is out of money within minutes. */
const LOW: Readonly<Record<string, number>> = { USD: 1, RUB: 100 };

/** The word of a service that knows the key and not this machine. */
const IS_ABOUT_ADDRESS = /IP_NOT_ALLOWED|IP_ADDRES|IP_BLOCKED|^(?:ERROR_)?IP_/;

function onRefusal(
  check: Omit<Check<readonly Placed[]>, 'find'>,
  isMeant: (refusal: Of<'refused'>) => boolean,
  say: (service: Placed, refusal: Of<'refused'>) => Omit<Found, 'where'>,
): Check<readonly Placed[]> {
  const find = (services: readonly Placed[]) =>
    services.flatMap((service) => {
      const { balance, path } = service;
      return balance?.status === 'refused' && isMeant(balance)
        ? [{ where: path, ...say(service, balance) }]
        : [];
    });
  return { ...check, find };
}

const isAddress = ({ word }: Of<'refused'>) => IS_ABOUT_ADDRESS.test(word);
const isKey = ({ code }: Of<'refused'>) => code === 'auth';
const isPause = ({ code }: Of<'refused'>) => code === 'banned' || code === 'rate_limited';
const isMoney = ({ code }: Of<'refused'>) => code === 'zero_balance';

/** What came of the balance call, or is known of an earlier one. */
export const ACCOUNTS = area('accounts', placed, [
  onRefusal(
    { id: 'key-refused', severity: 'fault', title: 'a service refuses the key' },
    (refusal) => isKey(refusal) && !isAddress(refusal),
    ({ id, path, host }, { word }) => ({
      what: `${host} refuses the key of ${id}${said(word)}.`,
      cause: 'The key is wrong, was replaced at the service, or belongs to another service.',
      fix: `Write the key from your account page at ${path}.apiKey`,
    }),
  ),
  onRefusal(
    {
      id: 'address-not-allowed',
      severity: 'fault',
      title: "a service does not let this machine's address in",
    },
    isAddress,
    ({ id, host }, { word }) => ({
      what: `${host} does not take calls for ${id} from this machine${said(word)}.`,
      cause: "The account's list of trusted addresses leaves this one out, or the address is blocked.",
      fix: `Add this machine's public address to the trusted ones on your account page at ${host}`,
    }),
  ),
  onRefusal(
    { id: 'account-banned', severity: 'fault', title: 'a service has closed the account for a time' },
    (refusal) => isPause(refusal) && !isAddress(refusal),
    ({ id, host }, { word }) => ({
      what: `${host} has closed ${id} for a time${said(word)}.`,
      cause: 'It was asked too often, by this gateway or by other programs with the same key.',
      fix: 'Stop other programs that use this key, and leave the account alone for ten minutes',
    }),
  ),
  onRefusal(
    { id: 'account-refused', severity: 'warning', title: 'a service refuses to tell the balance' },
    (refusal) => !isKey(refusal) && !isPause(refusal) && !isMoney(refusal) && !isAddress(refusal),
    ({ id, path, host }, { word }) => ({
      what: `${host} does not tell the balance of ${id}${said(word)}.`,
      cause: 'It fails for the moment, or means something else by the call.',
      fix: `Look again in a minute; if it stays: captcha-gateway probe ${id}, and see ${path}.use`,
    }),
  ),
  {
    id: 'balance-zero',
    severity: 'fault',
    title: 'an account has no money',
    find: (services) =>
      services.filter(isBroke).map(({ id, path, host }) => ({
        where: path,
        what: `${id} has no money left.`,
        cause: 'It was spent, or the payment has not arrived; every task goes to the other accounts.',
        fix: `Top up the account at ${host}; the gateway notices by itself`,
      })),
  },
  {
    id: 'balance-low',
    severity: 'warning',
    title: 'an account has less than 1 USD or 100 RUB',
    find: (services) =>
      services.flatMap(({ id, path, host, balance }) => {
        if (balance?.status !== 'told' || balance.amount === null || balance.amount <= 0) return [];
        const { amount, currency } = balance;
        if (amount >= (LOW[currency] ?? 0)) return [];
        return [
          {
            where: path,
            what: `${id} has ${Number(amount.toFixed(4))} ${currency} left.`,
            cause: 'Money goes with every solved task.',
            fix: `Top up the account at ${host}`,
          },
        ];
      }),
  },
  {
    id: 'service-silent',
    severity: 'fault',
    title: 'a service takes the connection and does not answer the balance call',
    find: (services) =>
      services.flatMap(({ path, host, balance }) =>
        balance?.status === 'silent'
          ? [
              {
                where: path,
                what: `${host} did not answer: ${balance.detail}.`,
                cause: 'The service is overloaded or broken; tasks go to the other accounts meanwhile.',
                fix: `Look again in a minute; if it stays, look at the status page of ${host}`,
              },
            ]
          : [],
      ),
  },
  {
    id: 'service-answers-html',
    severity: 'fault',
    title: 'a service answers the balance call with a web page',
    find: (services) =>
      odd(services, ['html'], ({ path, host, hasOwnUrl }) => ({
        what: `${host} answers with a web page.`,
        cause: hasOwnUrl
          ? 'The address is that of the web site, not of its API; or a proxy on the way answers itself.'
          : 'The service is being repaired, or a proxy on the way answers itself.',
        fix: hasOwnUrl
          ? `Write the address of the API at ${path}.baseUrl`
          : `Look again in a minute; see: curl -v https://${host}/`,
      })),
  },
  {
    id: 'service-redirects',
    severity: 'fault',
    title: 'a service sends the balance call elsewhere',
    find: (services) =>
      odd(services, ['redirect'], ({ path, host }) => ({
        what: `${host} answers with a redirect.`,
        cause:
          'The service has another address now, or wants https or www; redirects are not followed, they would carry the key.',
        fix: `See where to with: curl -I https://${host}/   and write that address at ${path}.baseUrl`,
      })),
  },
  {
    id: 'service-other-wire',
    severity: 'fault',
    title: 'a service answers in another form than the entry expects',
    find: (services) =>
      odd(services, ['json', 'text', 'missing'], ({ id, path, host, balance }) => ({
        what: `${host} answers in a form that ${id} does not expect${FORMS[balance?.status === 'odd' ? balance.looks : ''] ?? ''}.`,
        cause: 'It speaks the other wire, or its API is below another path.',
        fix: `captcha-gateway probe ${id} tells what it speaks; write that at ${path}.use (classic or json), its path at ${path}.baseUrl`,
      })),
  },
]);

const FORMS: Readonly<Record<string, string>> = {
  json: ' (a JSON object)',
  text: ' (a text)',
  missing: ' (404: it knows no such path)',
};

function said(word: string): string {
  return word === '' ? '' : ` (${word})`;
}

function isBroke({ balance }: Placed): boolean {
  if (balance?.status === 'refused') return isMoney(balance);
  return balance?.status === 'told' && balance.amount !== null && balance.amount <= 0;
}

function odd(
  services: readonly Placed[],
  looks: readonly Of<'odd'>['looks'][],
  say: (service: Placed) => Omit<Found, 'where'>,
): readonly Found[] {
  return services
    .filter(({ balance }) => balance?.status === 'odd' && looks.includes(balance.looks))
    .map((service) => ({ where: service.path, ...say(service) }));
}
