/** Services to be probed, and the probe as its command runs it. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadProviders, openTransport } from '../../src/app.js';
import { toAccounts } from '../../src/config/accounts.js';
import { configSchema } from '../../src/config/schema.js';
import { systemClock } from '../../src/core/clock.js';
import type { Kind } from '../../src/core/task.js';
import { type Finding, type ProbeOptions, type ProbeReport, probe } from '../../src/probe/probe.js';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.js';

export const API_KEY = 'the-key-of-the-account-1';

/** What the sandbox takes: an unknown method is refused, as services do. */
export const KINDS = [
  'image_to_text',
  'recaptcha_v2',
  'recaptcha_v2_enterprise',
  'recaptcha_v3',
  'recaptcha_v3_enterprise',
  'hcaptcha',
  'turnstile',
  'geetest_v3',
  'geetest_v4',
  'funcaptcha',
] as const satisfies readonly Kind[];

/** Runs `use` against a sandbox of its own, which knows no other key. */
export async function withSandbox(
  options: SandboxOptions,
  use: (sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const sandbox = await openSandbox({
    keys: [API_KEY],
    ...options,
    script: { kinds: KINDS, ...options.script },
  });
  try {
    await use(sandbox);
  } finally {
    await sandbox.close();
  }
}

/** What a service is asked: its path, and query and body as they came. */
export interface Asked {
  readonly path: string;
  readonly query: string;
  readonly body: string;
}

export type Answer = (asked: Asked) => { readonly status?: number; readonly body: string };

/** Runs `use` against a server that answers as told. */
export async function withService(answer: Answer, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((message, response) => {
    void readAll(message).then((body) => {
      const [path = '', query = ''] = (message.url ?? '').split('?');
      const { status = 200, body: text } = answer({ path, query, body });
      response.writeHead(status).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  try {
    await use(`http://127.0.0.1:${portOf(server)}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** The URL of a port that was free a moment ago. */
export async function deadUrl(): Promise<string> {
  let dead = '';
  await withService(
    () => ({ body: '' }),
    async (url) => {
      dead = url;
    },
  );
  return dead;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function readAll(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Probes a service with no pauses. */
export async function probeAt(baseUrl: string, options: Partial<ProbeOptions> = {}): Promise<ProbeReport> {
  const timing = { firstPollMs: 5, pollEveryMs: 5, giveUpMs: 500 };
  const config = configSchema.parse({
    clients: [{ id: 'probe', key: 'probe' }],
    providers: ['classic', 'json'].map((use) => ({ id: 'house', use, baseUrl, apiKey: API_KEY, timing })),
  });
  const [classic, json] = toAccounts(config, await loadProviders());
  if (!classic || !json) throw new TypeError('an entry became no account');
  const transport = openTransport();
  try {
    return await probe({
      accounts: { classic, json },
      transport,
      clock: systemClock,
      pace: { pauseMs: 0, balanceEveryMs: 0, answerWithinMs: 5_000 },
      signal: AbortSignal.timeout(20_000),
      isSolving: false,
      variable: 'HOUSE_KEY',
      onFinding: () => {},
      ...options,
    });
  } finally {
    await transport.close();
  }
}

/** `verdict says` of one finding, such as `classic balance`. */
export function finding({ findings }: Pick<ProbeReport, 'findings'>, name: string): string | undefined {
  const found = findings.find(({ wire, about }: Finding) => `${wire} ${about}` === name);
  return found && `${found.verdict} ${found.says}`;
}

/** The findings that are not ok. */
export function complaints({ findings }: ProbeReport): readonly string[] {
  return findings
    .filter(({ verdict }) => verdict !== 'ok')
    .map(({ wire, about, verdict }) => `${wire} ${about}: ${verdict}`);
}
