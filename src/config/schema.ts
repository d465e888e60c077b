/** The one description of config.json: types, defaults, editor schema and the README's table derive from it. */
import { z } from 'zod';
import { accountAlerts, alerts } from './alerts-schema.js';
import { baseUrlFault, publicUrlFault } from './base-url.js';
import { callbacks } from './callbacks-schema.js';
import { routing } from './routing-schema.js';
import { count, distinct, kind, MINUTE, milliseconds, SECOND } from './schema-parts.js';
import { store } from './store-schema.js';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const LOG_FORMATS = ['auto', 'json', 'pretty'] as const;
/** The whole of `server.tls` where the operator has no certificate. */
const SELF_SIGNED = 'self-signed';

const port = z.int().min(0).max(65_535);
const holdMs = z.int().min(0).max(60_000);
const path = z.string().min(1);

/** A URL that this names no fault of. */
const address = (faultOf: (text: string) => string | undefined) =>
  z.string().superRefine((url, context) => {
    const message = faultOf(url);
    if (message) context.addIssue({ code: 'custom', message });
  });

/** Ids travel in response headers, log lines and paths of the admin routes. */
const id = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,63}$/,
    'must be 1 to 64 letters, digits or . _ - : @ +, the first a letter or digit',
  );

const gatewayKey = z
  .string()
  .regex(
    /^(?:sha256:[0-9a-fA-F]{64}|(?!sha256:)[!-~]+)$/,
    'must be printable characters without spaces, or sha256: and 64 hex digits',
  );

const host = z
  .string()
  .regex(
    /^(?:\*\.)?(?:[^\s/:@?#*[\]]+|\[[0-9A-Fa-f:.]+\])$/,
    'must be a host like example.com, or *.example.com',
  );

const server = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for all.'),
  port: port.default(8080).describe('Port of the HTTP door; 0 takes a free one.'),
  maxBodyBytes: z
    .int()
    .min(1)
    .default(8 * 1024 * 1024)
    .describe('Largest request body that is read.'),
  repeatWindowMs: z
    .int()
    .min(0)
    .default(10 * SECOND)
    .describe(
      'A submit on the classic or json door that is repeated this soon after the client hung up unheard is the same task; 0 never.',
    ),
  publicUrl: address(publicUrlFault)
    .optional()
    .describe(
      'Address under which providers reach this gateway: those that can call it when a task is done, and are then polled seldom. https; http for loopback and private addresses only.',
    ),
  tls: z
    .preprocess(
      (written) => (written === SELF_SIGNED ? { port: 8443 } : written),
      z
        .strictObject({
          port: port.describe('Port of the HTTPS door; 0 takes a free one.'),
          cert: path
            .optional()
            .describe(
              'PEM file with the certificate chain, relative to the config file; absent for a self-signed one.',
            ),
          key: path.optional().describe('PEM file with the private key; goes with cert.'),
        })
        .superRefine(({ cert, key }, context) => {
          const absent = cert === undefined ? 'cert' : 'key';
          if ((cert === undefined) !== (key === undefined))
            context.addIssue({ code: 'custom', message: 'is required', path: [absent] });
        })
        .meta({ orWord: SELF_SIGNED }),
    )
    .optional()
    .describe(
      'Opens an HTTPS door beside the HTTP one; "self-signed" takes port 8443 and a certificate made at the first start.',
    ),
});

const admin = z.strictObject({
  key: gatewayKey.describe('Opens the operator pages: the key itself, or sha256: and its SHA-256 as hex.'),
});

const client = z.strictObject({
  id: id.describe('Name of the client in logs and figures.'),
  key: gatewayKey.describe('The key this client sends: the key itself, or sha256: and its SHA-256 as hex.'),
  kinds: distinct(kind).optional().describe('Kinds this client may ask for; absent for all.'),
  providers: distinct(z.string())
    .optional()
    .describe('Ids of the providers this client may use; absent for all.'),
  holdMs: holdMs
    .optional()
    .describe(
      'Longest time a poll on the classic and json doors is held open for this client; absent for polling.holdMs.',
    ),
  targets: z
    .strictObject({
      allow: z.array(host).min(1).optional().describe('Hosts this client may solve for; absent for all.'),
      deny: z.array(host).optional().describe('Hosts this client may not solve for, even when allowed.'),
    })
    .optional()
    .describe('Sites this client may solve for: example.com is that host, *.example.com its subdomains.'),
  limits: z
    .strictObject({
      inFlight: count.optional().describe('Most unfinished tasks at once.'),
      perMinute: count.optional().describe('Most submits a minute.'),
      usdPerDay: z
        .number()
        .min(0)
        .optional()
        .describe(
          'Most money spent between midnight and midnight UTC, in USD; open tasks count with what they may cost.',
        ),
    })
    .optional()
    .describe('What this client may use; absent for no limit.'),
});

const timing = z.strictObject({
  firstPollMs: milliseconds
    .optional()
    .describe("From the accepted submit to the first poll; on a public host never below the provider's own."),
  pollEveryMs: milliseconds
    .optional()
    .describe("Between two polls of one task; on a public host never below the provider's own."),
  floorMs: milliseconds
    .optional()
    .describe(
      "Least time between two polls where results are learnt to come; absent for pollEveryMs, or the provider's own. Where it is less than pollEveryMs, no poll comes later than that.",
    ),
  maxPolls: z
    .int()
    .min(1)
    .optional()
    .describe("Polls of one task, all told; on a public host never above the provider's own."),
  giveUpMs: milliseconds
    .optional()
    .describe('After this long an accepted task is given to the next provider.'),
  answerWithinMs: milliseconds.optional().describe('No complete answer to one call by then is a timeout.'),
});

const provider = z.strictObject({
  id: id.describe('Name of this account; two accounts at one service are two entries.'),
  use: z
    .string()
    .min(1)
    .describe('Name of a file in providers/; classic or json for any other service that speaks that wire.'),
  apiKey: z
    .string()
    .regex(/^[!-~]+$/, 'must be printable characters without spaces')
    .describe('Key of the account at the service.'),
  priority: z.int().optional().describe('Lower is asked first; absent for the position in the list, from 1.'),
  weight: z.number().gt(0).default(1).describe('How often it is drawn first where the strategy is weighted.'),
  shadow: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'For a new provider: the share of tasks it is asked for first, to measure it; all others ask it last. Absent for a known one.',
    ),
  baseUrl: address(baseUrlFault)
    .optional()
    .describe(
      "Address of the service, absent for the provider's own; a path in it is a prefix. http for loopback and private addresses only.",
    ),
  wire: z
    .enum(['classic', 'json'])
    .optional()
    .describe("Which of its wires to use where a service has both; absent for the provider's own choice."),
  kinds: distinct(kind)
    .optional()
    .describe(
      "Kinds this account is asked for, and nothing else; absent for the provider's own and whatever is passed through.",
    ),
  threads: z.int().min(1).optional().describe('Most tasks in flight at once; absent for no limit.'),
  pricesUsdPer1000: z
    .partialRecord(kind, z.number().min(0))
    .optional()
    .describe("USD for 1,000 solved tasks, per kind; absent kinds cost the provider's own price."),
  callbacks: z
    .boolean()
    .optional()
    .describe(
      'Whether this service is asked to call server.publicUrl when a task is done; absent: where its page says that it does and wants no registration.',
    ),
  timing: timing.optional().describe("The account's pace; absent keys keep the provider's own."),
  alerts: accountAlerts.optional().describe('When the money of this account counts as low.'),
});

const breaker = z.strictObject({
  failures: z
    .int()
    .min(1)
    .default(3)
    .describe('Transport failures in a row that close an account to new tasks.'),
  cooldownMs: milliseconds.default(5 * SECOND).describe('First pause after that; doubles each time.'),
  maxCooldownMs: milliseconds.default(5 * MINUTE).describe('Longest such pause.'),
  balanceCheckMs: milliseconds
    .default(MINUTE)
    .describe('Between two balance checks of an account out of money; on a public host never below 60,000.'),
  rampMs: z
    .int()
    .min(0)
    .default(10 * SECOND)
    .describe(
      'After an account or kind came back it is asked first for a tenth of its tasks, from half of this time on for half of them; 0 for all at once.',
    ),
});

const polling = z.strictObject({
  holdMs: holdMs
    .default(3 * SECOND)
    .describe('Longest time a poll on the classic and json doors is held open; 0 answers at once.'),
  costMs: z
    .number()
    .min(0)
    .max(60_000)
    .default(75)
    .describe(
      'What one poll of a provider is worth: how much later a result may be known, on average, for one poll less; 0 polls as often as the provider allows.',
    ),
  balanceEveryMs: count
    .default(5 * MINUTE)
    .describe(
      'Between two readings of the balance of an account in use; of an idle one an hour, or this if it is more. Never closer than breaker.balanceCheckMs; 0 never.',
    ),
});

const log = z.strictObject({
  level: z.enum(LOG_LEVELS).default('info').describe('Least important lines that are written.'),
  format: z
    .enum(LOG_FORMATS)
    .default('auto')
    .describe('JSON lines, or lines for people; auto: for people in a terminal, JSON anywhere else.'),
});

/** The whole config file; unknown keys are faults, everything but clients and providers has a default. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Where editors find the description of this file.'),
    server: server.prefault({}).describe('Where the gateway listens.'),
    admin: admin
      .optional()
      .describe('Access of the operator; absent: the operator pages answer loopback only.'),
    clients: z.array(client).min(1).describe('Who may ask; at least one.'),
    providers: z.array(provider).min(1).describe('Accounts that solve; at least one.'),
    routing: routing
      .prefault({})
      .describe('Which providers are asked, in which order, for how long and how much.'),
    breaker: breaker.prefault({}).describe('When an account is left alone, and for how long.'),
    polling: polling
      .prefault({})
      .describe('How polls of clients are answered, and how often providers are polled.'),
    callbacks: callbacks.prefault({}).describe('How the servers of clients are told of the end of a task.'),
    alerts: alerts.prefault({}).describe('What you are warned of.'),
    store: store.prefault({}).describe('Where tasks are remembered.'),
    log: log.prefault({}).describe('What is written to stdout.'),
  })
  .meta({
    title: 'captcha-gateway config',
    description: 'Clients, provider accounts and limits of one captcha-gateway.',
  });

/** The config with every default filled in. */
export type Config = z.output<typeof configSchema>;
export type ClientEntry = Config['clients'][number];
export type ProviderEntry = Config['providers'][number];
