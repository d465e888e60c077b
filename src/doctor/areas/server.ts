/** Where the gateway listens: whether it may, and who can reach it there. */
import { isPrivateBase } from '../../config/base-url.js';
import type { LoadedConfig } from '../../config/load.js';
import { area, type Facts } from '../facts.js';
import { hostOf, listed } from '../places.js';

const ANY: readonly string[] = ['0.0.0.0', '::'];
const IS_ADDRESS = /^[\d.]+$|:/;

interface Listening extends Pick<Facts, 'machine' | 'ports' | 'running'> {
  readonly loaded: LoadedConfig;
}

function partOf({ loaded, machine, ports, running }: Facts): Listening | null {
  return loaded && { loaded, machine, ports, running };
}

/** Ports, addresses, and what travels over them. */
export const SERVER = area('server', partOf, [
  {
    id: 'port-taken',
    severity: 'fault',
    title: 'another program listens on the port',
    find: ({ ports }) =>
      (ports ?? [])
        .filter(({ state }) => state === 'other')
        .map(({ path, port }) => ({
          where: path,
          what: `Something that is no captcha-gateway listens on port ${port}.`,
          cause: 'Another program was there first, or a gateway that hangs: a new one cannot start.',
          fix: `Find it with: ss -ltnp sport = :${port}   and end it, or write another port at ${path}`,
        })),
  },
  {
    id: 'ports-equal',
    severity: 'fault',
    title: 'both doors have the same port',
    find: ({ loaded: { config } }) =>
      config.server.port === 0 || config.server.tls?.port !== config.server.port
        ? []
        : [
            {
              where: 'server.tls.port',
              what: `The HTTP door and the HTTPS door both want port ${config.server.port}.`,
              cause: 'A port has one protocol.',
              fix: 'Write another port, such as 8443, at server.tls.port',
            },
          ],
  },
  {
    id: 'port-privileged',
    severity: 'fault',
    title: 'the port needs rights that the process has not',
    find: ({ loaded, machine }) =>
      portsOf(loaded)
        .filter(({ port }) => port > 0 && port < machine.firstFreePort)
        .map(({ path, port }) => ({
          where: path,
          what: `This user may not listen on port ${port}.`,
          cause: `Ports below ${machine.firstFreePort} are for root.`,
          fix: `Write a port from ${machine.firstFreePort} on at ${path}, or: sudo setcap cap_net_bind_service=+ep "$(readlink -f "$(which node)")"`,
        })),
  },
  {
    id: 'host-not-here',
    severity: 'fault',
    title: 'the gateway is to listen on an address that this machine has not',
    find: ({ loaded: { config }, machine }) => {
      const { host } = config.server;
      const isHere = ANY.includes(host) || /^127\./.test(host) || machine.addresses.includes(host);
      if (!IS_ADDRESS.test(host) || isHere) return [];
      return [
        {
          where: 'server.host',
          what: `${host} is no address of this machine (it has ${listed(machine.addresses)}).`,
          cause: 'The config comes from another machine, or names the address outside a NAT or a container.',
          fix: 'Write 0.0.0.0 (all addresses) or 127.0.0.1 (this machine only) at server.host',
        },
      ];
    },
  },
  {
    id: 'plain-http-on-network',
    severity: 'warning',
    title: 'keys travel over the network unencrypted: a host beyond loopback, no `tls`, no https `publicUrl`',
    find: ({ loaded: { config } }) => {
      const { host, tls, publicUrl } = config.server;
      if (isLoopback(host) || tls || publicUrl?.startsWith('https:')) return [];
      return [
        {
          where: 'server.host',
          what: `The gateway listens on ${host} without TLS.`,
          cause: 'Whoever can listen in on that network reads the keys of your clients.',
          fix: 'Write "self-signed" or { "port", "cert", "key" } at server.tls, or 127.0.0.1 at server.host',
        },
      ];
    },
  },
  {
    id: 'operator-pages-local-only',
    severity: 'note',
    title: 'a host beyond loopback and no `admin.key`: the operator pages answer this machine only',
    find: ({ loaded: { config } }) =>
      config.admin || isLoopback(config.server.host)
        ? []
        : [
            {
              where: 'admin.key',
              what: '/status, /metrics and /admin answer calls from this machine only.',
              cause: 'There is no admin key, and the gateway listens beyond loopback.',
              fix: 'Run captcha-gateway key new, and write the hash it prints at admin.key',
            },
          ],
  },
  {
    id: 'operator-pages-behind-proxy',
    severity: 'warning',
    title:
      'a `publicUrl` over loopback and no `admin.key`: a reverse proxy may open the operator pages to all',
    find: ({ loaded: { config } }) => {
      const { host, publicUrl } = config.server;
      if (config.admin || publicUrl === undefined || !isLoopback(host) || isPrivateBase(publicUrl)) return [];
      return [
        {
          where: 'admin.key',
          what: 'Whoever reaches publicUrl may be the operator.',
          cause:
            'Without an admin key the pages answer loopback, and a proxy on this machine that adds no X-Forwarded-For is loopback.',
          fix: 'Run captcha-gateway key new, and write the hash it prints at admin.key',
        },
      ];
    },
  },
]);

/** The address under which providers reach the gateway, as the config has it. */
export const PUBLIC_ADDRESS = area(
  'public address',
  ({ loaded }) => loaded && (loaded.config.server.publicUrl ? loaded : undefined),
  [
    {
      id: 'public-url-private',
      severity: 'fault',
      title: 'services on the internet are asked to call a loopback or private `publicUrl`',
      find: ({ config, accounts }) => {
        const { publicUrl = '' } = config.server;
        const called = accounts
          .filter(({ callsBack, isPublic }) => callsBack && isPublic)
          .map(({ id }) => id);
        if (!isPrivateBase(publicUrl) || called.length === 0) return [];
        return [
          {
            where: 'server.publicUrl',
            what: `${listed(called)} cannot reach ${hostOf(publicUrl)}.`,
            cause: 'The address means something inside your network only.',
            fix: `Write the address that the internet sees at server.publicUrl, or take callbacks out of ${listed(called)}`,
          },
        ];
      },
    },
  ],
);

function callsOf({ publicUrl, loaded }: Facts) {
  return publicUrl ?? (loaded && loaded.config.server.publicUrl === undefined ? undefined : null);
}

/** The same, tried. */
export const PUBLIC_CALLS = area('public calls', callsOf, [
  {
    id: 'public-url-unreachable',
    severity: 'warning',
    title: '`publicUrl` does not answer from here',
    find: ({ state, url, detail }) =>
      state !== 'failed'
        ? []
        : [
            {
              where: 'server.publicUrl',
              what: `${hostOf(url)} does not answer: ${detail}.`,
              cause:
                'Its name, its proxy or its certificate is not in order (or this machine may not reach it, and others may).',
              fix: `See what comes of: curl -v ${url}/callbacks/doctor`,
            },
          ],
  },
  {
    id: 'public-url-elsewhere',
    severity: 'fault',
    title: '`publicUrl` leads to something that is no gateway',
    find: ({ state, url, detail }) =>
      state !== 'other'
        ? []
        : [
            {
              where: 'server.publicUrl',
              what: `${url}/callbacks/ is answered by something else (${detail}).`,
              cause: 'The proxy in front does not pass that path on, or passes it to another program.',
              fix: `Let the proxy pass ${new URL(url).pathname.replace(/\/$/, '')}/callbacks/ on to the gateway`,
            },
          ],
  },
]);

function portsOf({ config: { server } }: LoadedConfig) {
  const plain = { path: 'server.port', port: server.port };
  return server.tls ? [plain, { path: 'server.tls.port', port: server.tls.port }] : [plain];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
