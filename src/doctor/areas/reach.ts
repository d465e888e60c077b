/** The way to each service: its name, its address, the connection. */
import { isPrivateBase } from '../../config/base-url.js';
import type { LoadedConfig } from '../../config/load.js';
import type { ReachFacts, ServiceFacts } from '../../core/examination.js';
import { area, type Check, type Facts, type Found } from '../facts.js';
import { entryPath, hostOf, listed } from '../places.js';

/** One service with its place in the config. */
export interface Placed extends ServiceFacts {
  /** Like `providers[0]`. */
  readonly path: string;
  readonly host: string;
  readonly hasOwnUrl: boolean;
}

/** The services that were asked. */
export function placed({ services, loaded }: Facts): readonly Placed[] | null {
  return services && loaded && services.map((service) => place(loaded, service));
}

function place(loaded: LoadedConfig, service: ServiceFacts): Placed {
  const hasOwnUrl = loaded.config.providers.some(
    ({ id, baseUrl }) => id === service.id && baseUrl !== undefined,
  );
  return { ...service, path: entryPath(loaded, service.id), host: hostOf(service.baseUrl), hasOwnUrl };
}

type Failed = Extract<ReachFacts, { status: 'failed' }>;

/** A check of those connections that failed with one of these codes. */
function onFailure(
  check: Omit<Check<readonly Placed[]>, 'find' | 'severity'>,
  codes: RegExp,
  say: (service: Placed, failed: Failed) => Omit<Found, 'where'>,
): Check<readonly Placed[]> {
  const find = (services: readonly Placed[]) =>
    services.flatMap((service) => {
      const { reach, path } = service;
      if (reach.status === 'reached' || firstOf(reach.code) !== codes) return [];
      return [{ where: path, ...say(service, reach) }];
    });
  return { ...check, severity: 'fault', find };
}

const NAME = /^(ENOTFOUND|EAI_\w+)$/;
const REFUSED = /^ECONNREFUSED$/;
const TLS = /CERT|SIGNED|SIGNATURE|^(EPROTO|ERR_TLS|ERR_SSL)/;
const LATE = /^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT|late)$/;
const OTHER = /./;

function firstOf(code: string): RegExp {
  return [NAME, REFUSED, TLS, LATE].find((codes) => codes.test(code)) ?? OTHER;
}

function wrongUrl({ hasOwnUrl, path }: Placed): string {
  return hasOwnUrl ? ` or ${path}.baseUrl is wrong` : '';
}

/** Whether a connection can be had. */
export const REACH = area('reach', placed, [
  onFailure(
    { id: 'service-name-unknown', title: "a service's host name is not found" },
    NAME,
    (service, { code }) => ({
      what: `The name ${service.host} is not found (${code}).`,
      cause: `This machine has no working DNS,${wrongUrl(service) || ' or the service is gone'}.`,
      fix: `See what comes of: getent hosts ${service.host}   and mend /etc/resolv.conf${service.hasOwnUrl ? ` or ${service.path}.baseUrl` : ''}`,
    }),
  ),
  onFailure(
    { id: 'service-refuses-connection', title: 'a service refuses the connection' },
    REFUSED,
    (service) => ({
      what: `Nobody listens at ${service.host}.`,
      cause: `The service is down, a firewall rejects it,${wrongUrl(service) || ' or a hosts file leads elsewhere'}.`,
      fix: service.hasOwnUrl
        ? `Start the service, or write its address at ${service.path}.baseUrl`
        : `See what comes of: curl -v ${service.baseUrl}/   and let the firewall pass it`,
    }),
  ),
  onFailure(
    { id: 'service-tls', title: "a service's TLS certificate is not accepted" },
    TLS,
    (service, { code }) => ({
      what: `The TLS connection to ${service.host} fails (${code}).`,
      cause:
        'Its certificate has expired, is for another name, or is replaced by a proxy on the way; or it speaks plain HTTP.',
      fix: `See what comes of: curl -v ${service.baseUrl}/   and, if your network has a certificate of its own, set NODE_EXTRA_CA_CERTS to its file`,
    }),
  ),
  onFailure(
    { id: 'service-unreachable', title: 'no connection to a service comes about in time' },
    LATE,
    (service) => ({
      what: `No connection to ${service.host} came about in time.`,
      cause: `A firewall drops what goes there, or only a proxy leads outside.`,
      fix: `Let this machine reach ${service.host} directly; see: curl -v ${service.baseUrl}/`,
    }),
  ),
  onFailure(
    { id: 'service-connection-fails', title: 'the connection to a service fails in another way' },
    OTHER,
    (service, { code }) => ({
      what: `The connection to ${service.host} fails (${code}).`,
      cause: 'There is no route to it, or what listens there does not speak HTTP.',
      fix: `See what comes of: curl -v ${service.baseUrl}/`,
    }),
  ),
  {
    id: 'service-name-private',
    severity: 'fault',
    title: "a public service's name leads to a private address, such as the gateway's own",
    find: (services) =>
      services
        .filter(({ isPublic, reach }) => isPublic && reach.addresses.some(isPrivateAddress))
        .map(({ path, host, reach }) => ({
          where: path,
          what: `${host} stands for ${listed(reach.addresses)} on this machine.`,
          cause:
            'A hosts file or the DNS of your network leads it there, perhaps to this gateway for its clients: it would ask itself.',
          fix: `Take ${host} out of /etc/hosts on this machine; only clients need it there`,
        })),
  },
]);

function isPrivateAddress(address: string): boolean {
  return isPrivateBase(`http://${address.includes(':') ? `[${address}]` : address}`);
}
