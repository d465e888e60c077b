/** The OpenAPI 3.1 document of the gateway's own API, put together from the tables that the gateway works by. */
import { ANSWERS } from './answers.js';
import { CLIENT_ROUTES } from './client-routes.js';
import { EVENT_DATA, eventSchemas } from './events.js';
import { problemExamples, TASKS } from './examples.js';
import { kindSchemas } from './kinds.js';
import { type MediaType, type Operation, operationOf } from './operation.js';
import { OPERATOR_ANSWERS } from './operator-answers.js';
import { OPERATOR_ROUTES } from './operator-routes.js';
import type { Parameter, Route } from './route.js';
import { type JsonSchema, ref, toSchemas } from './schema.js';

interface Named {
  readonly name: string;
  readonly description: string;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>> & { readonly title: string; readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly Named[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks: Readonly<Record<string, Readonly<Record<string, Partial<Operation>>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly examples: Readonly<Record<string, { readonly value: object }>>;
    readonly headers: Readonly<Record<string, Pick<Parameter, 'description' | 'schema'>>>;
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
}

const ABOUT =
  `Captchas in, solutions out, whichever service solves them. Every task says who was asked, who was passed
over and why. Refusals are problems with a \`code\`. The doors for clients of in.php and createTask are not described
here: they do as those services' own pages say.`.replaceAll('\n', ' ');

const TAGS: readonly Named[] = [
  { name: 'Tasks', description: 'Hand in captchas, and get their solutions.' },
  { name: 'Events', description: 'Hear what happens as it happens.' },
  { name: 'Account', description: 'What you may use, and what it came to.' },
  { name: 'Health', description: 'For whoever keeps the process running.' },
  { name: 'State', description: 'For the operator: how it goes.' },
  { name: 'Providers', description: 'For the operator: accounts and their switches.' },
  { name: 'Config', description: 'For the operator: the config while the gateway runs.' },
  { name: 'Callbacks', description: 'For the operator: what could not be delivered.' },
  { name: 'Session', description: 'For the dashboard: a browser as the operator’s.' },
];

const SECURITY_SCHEMES = {
  clientKey: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Api-Key',
    description: 'The key of an entry of `clients`.',
  },
  clientBearer: { type: 'http', scheme: 'bearer', description: 'The same key.' },
  adminKey: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Api-Key',
    description:
      '`admin.key` of the config. Without one the operator is whoever asks from the machine itself.',
  },
  adminBearer: { type: 'http', scheme: 'bearer', description: 'The same key.' },
} as const;

const text: JsonSchema = { type: 'string' };
const whole: JsonSchema = { type: 'integer', minimum: 0 };

const HEADERS = {
  'X-Gateway-Task': { description: 'The id of the task.', schema: text },
  'X-Gateway-Attempts': { description: 'How many attempts there were.', schema: whole },
  'X-Gateway-Provider': { description: 'The account that solved it, or was asked last.', schema: text },
  Location: { description: 'Where to look at the task.', schema: text },
  'Retry-After': { description: 'In seconds.', schema: whole },
  'Set-Cookie': { description: 'The session.', schema: text },
} as const;

const SIGNED: readonly Parameter[] = [
  { name: 'webhook-id', in: 'header', description: 'The same at every try.', schema: text },
  { name: 'webhook-timestamp', in: 'header', description: 'In seconds since 1970.', schema: text },
  {
    name: 'webhook-signature',
    in: 'header',
    description: 'As Standard Webhooks has it; only with `callbacks.secret`.',
    schema: text,
  },
];

/** What the gateway calls by itself. */
function webhooks(): OpenApiDocument['webhooks'] {
  const call = (summary: string, operationId: string, body: MediaType) => ({
    post: {
      operationId,
      summary,
      parameters: SIGNED,
      requestBody: { required: true, content: { 'application/json': body } },
      responses: {
        '2XX': { description: 'It has arrived.' },
        410: { description: 'No more of these.' },
        default: { description: 'It is sent again, with growing pauses.' },
      },
    },
  });
  return {
    taskEnded: call('Your task has ended: sent to its callbackUrl', 'onTaskEnded', {
      schema: ref('Task'),
      examples: { solved: { value: TASKS.solved }, failed: { value: TASKS.failed } },
    }),
    operatorAlert: call('An event for the operator: sent to alerts.webhook', 'onOperatorAlert', {
      schema: ref('OperatorAlert'),
    }),
  };
}

/** The document; its schemas come from what requests are checked with. */
export function buildDocument({ version }: { readonly version: string }): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: {
      title: 'captcha-gateway',
      version,
      summary: 'One API for many captcha services',
      description: ABOUT,
    },
    servers: [{ url: '/' }],
    tags: TAGS,
    paths: pathsOf([...CLIENT_ROUTES, ...OPERATOR_ROUTES]),
    webhooks: webhooks(),
    components: {
      schemas: schemas(),
      examples: problemExamples(),
      headers: HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function pathsOf(routes: readonly Route[]): OpenApiDocument['paths'] {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const [method = '', path = ''] = route.route.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(route) };
  }
  return paths;
}

/** Answers whose solution follows from their kind. */
const WITH_SOLUTION = ['Task', 'TaskWithTimeline', 'OperatorTask', 'TaskEnded'];

function schemas(): Record<string, JsonSchema> {
  const named = toSchemas({ ...ANSWERS, ...OPERATOR_ANSWERS, ...EVENT_DATA });
  for (const name of WITH_SOLUTION) named[name] = { ...named[name], allOf: [ref('SolutionOfKind')] };
  return { ...kindSchemas(), ...named, ...eventSchemas() };
}
