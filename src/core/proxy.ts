/** The proxy a captcha is to be solved through, and the text forms in which people write it. */
import { z } from 'zod';

export const PROXY_SCHEMES = ['http', 'https', 'socks4', 'socks5'] as const;
export type ProxyScheme = (typeof PROXY_SCHEMES)[number];

const proxyObject = z.strictObject({
  scheme: z.enum(PROXY_SCHEMES).default('http'),
  host: z
    .string()
    .regex(/^(\[[^\s/@[\]]+\]|[^\s/@[\]]+)$/, 'must be a host name or an address')
    .transform((host) => host.replace(/^\[|\]$/g, '')),
  port: z.coerce.number().int().min(1).max(65_535),
  username: z.string().optional(),
  password: z.string().optional(),
});

export interface CallerProxy {
  readonly scheme: ProxyScheme;
  readonly host: string;
  readonly port: number;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** A proxy as an object, or as text in any of the forms that `parseProxy` reads. */
export const proxySchema = z
  .union([proxyObject, z.string()])
  .transform((value, context): CallerProxy => {
    const proxy = typeof value === 'string' ? parseProxy(value) : value;
    if (proxy) return proxy;
    context.addIssue({ code: 'custom', message: 'must look like scheme://user:password@host:port' });
    return z.NEVER;
  })
  .meta({ description: 'An object, or a text such as `scheme://user:password@host:port`.' });

/**
 * Reads `scheme://user:password@host:port`, `user:password@host:port`, `host:port`,
 * `scheme:host:port:user:password` and `host:port:user:password`.
 * Undefined when the text is none of these.
 */
export function parseProxy(text: string, scheme: ProxyScheme = 'http'): CallerProxy | undefined {
  const written = /^(https?|socks[45]):(?:\/\/)?(.+)$/i.exec(text.trim());
  const rest = written?.[2] ?? text.trim();
  if (rest.length > LONGEST) return undefined;
  for (const address of [LOGIN_FIRST.exec(rest), LOGIN_LAST.exec(rest)]) {
    const candidate = { scheme: written?.[1]?.toLowerCase() ?? scheme, ...address?.groups };
    const parsed = proxyObject.safeParse(candidate);
    if (parsed.success) return parsed.data;
  }
  return undefined;
}

const LONGEST = 1_000;
/** A password may hold anything, `@` and `:` too; a user name holds no colon. */
const LOGIN_FIRST = /^(?<username>[^:]*)(?::(?<password>.*))?@(?<host>\[[^\]]+\]|[^:@]+):(?<port>\d+)\/?$/;
const LOGIN_LAST =
  /^(?<host>\[[^\]]+\]|[^:@]+):(?<port>\d+)(?:\/|:(?<username>[^:]*)(?::(?<password>.*))?)?$/;

/** `user:password@host:port`, or `host:port` without credentials. */
export function proxyAddress(proxy: CallerProxy): string {
  const address = `${hostInText(proxy)}:${proxy.port}`;
  if (proxy.username === undefined) return address;
  return `${proxy.username}${proxy.password === undefined ? '' : `:${proxy.password}`}@${address}`;
}

/** The host as it stands in a text: an IPv6 address in brackets, or its colons would be taken for the port's. */
export function hostInText({ host }: CallerProxy): string {
  return host.includes(':') ? `[${host}]` : host;
}
