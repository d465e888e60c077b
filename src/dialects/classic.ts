/** in.php, res.php and what stood beside them: HTTP 200 always, the code in the body, where clients look for it. */
import type { Dialect, DoorRequest, DoorServices, Handler } from '../core/dialect.js';
import { SolveError } from '../core/errors.js';
import { type Client, errorOf, type Gateway } from '../core/gateway.js';
import { asText } from '../core/solution.js';
import { isOpen, spentUsd, type TaskRecord } from '../core/store.js';
import { factsOf } from '../core/task.js';
import { pingbackCode, readCallback, sayPingback } from '../wire/callback.js';
import * as wire from '../wire/classic.js';
import { sayResult } from '../wire/classic-answers.js';
import type { Question } from '../wire/codes.js';
import { gatewayHeaders, keyOf, readTaskId, submitOnce, unlessAway } from '../wire/door.js';
import * as figures from '../wire/figures.js';
import { particularsOf } from '../wire/flavours.js';
import { filesOf, type Parameters, readParameters } from '../wire/form.js';
import { asFlag } from '../wire/values.js';
import { addPingback, deletePingback, pingbacksOf } from './classic/pingbacks.js';

/** How this client wants its answer. */
interface Form {
  readonly asJson: boolean;
  readonly isCrossOrigin: boolean;
}

type Action = (call: ActionCall) => Promise<Response>;

interface ActionCall {
  readonly gateway: Gateway;
  readonly client: Client;
  readonly sent: Parameters;
  readonly form: Form;
  readonly signal: AbortSignal;
  readonly services: DoorServices;
}

interface DoorCall {
  readonly request: DoorRequest;
  readonly gateway: Gateway;
  readonly services: DoorServices;
  readonly sent: Parameters;
  readonly form: Form;
}

/** Runs a handler over the request's parameters; whatever it throws is told in the client's own form. */
function door(question: Question, handle: (call: DoorCall) => Promise<Response>): Handler {
  return async (request, gateway, services) => {
    let form = formOf(Object.fromEntries(request.query));
    try {
      const sent = await readParameters(request.query, request.body);
      form = formOf(sent);
      return await handle({ request, gateway, services, sent, form });
    } catch (thrown) {
      if (thrown instanceof SolveError) return sayError(thrown, question, form);
      FORMS.set(request.headers, form);
      throw thrown;
    }
  };
}

/** The forms of requests that met a fault of our own, for the refusal that follows. */
const FORMS = new WeakMap<Headers, Form>();

const submit = door('submit', async ({ request, gateway, services, sent, form }) => {
  const client = gateway.authenticate(keyOf(request.headers, sent.key));
  const { task, ignored: unknown } = wire.fromFields(sent, filesOf(sent));
  const { options, ignored } = readCallback('pingback', sent, unknown, services);
  const flavour = request.flavour;
  const { signal } = request;
  const submission = { task, origin: { dialect: 'classic', flavour }, options };
  const accepted = (taskId: number) => gateway.untilAccepted(taskId, signal);
  const record = await submitOnce({ gateway, client, signal }, submission, accepted);
  const { id } = record;
  const headers = gatewayHeaders(record, ignored);
  if (record.error) return sayError(errorOf(record), 'submit', form, headers);
  if (!form.asJson) return sayText(`OK|${id}`, form, headers);
  const isNumber = particularsOf(flavour).numbersRecaptchas && task.kind.startsWith('recaptcha');
  return sayJson({ status: 1, request: isNumber ? id : String(id) }, form, headers);
});

/** The longest that an image is waited for where nobody polls for it. */
const INSTANT_WITHIN_MS = 60_000;
/** The end of a task is written down before it is told. */
const BOOKING_MS = 5_000;

/** CaptchaAI's solve.php: an image as in.php takes it, and its text in the same answer. */
const solveAtOnce = door('submit', async ({ request, gateway, services, sent, form }) => {
  const client = gateway.authenticate(keyOf(request.headers, sent.key));
  const { task, ignored: unknown } = wire.fromFields(sent, filesOf(sent));
  const { options, ignored } = readCallback('pingback', sent, unknown, services);
  if (factsOf(task.kind).group !== 'image')
    throw new SolveError('bad_request', {
      detail: 'solve.php takes images only.',
      saidAs: 'ERROR_METHOD_CALL',
    });
  const origin = { dialect: 'classic', flavour: request.flavour } as const;
  const asked = task.kind === 'image_to_text' ? { ...task, instant: true } : task;
  const submission = { task: asked, origin, options, deadlineMs: INSTANT_WITHIN_MS };
  const { id } = await gateway.submit(client, submission);
  const record = await gateway.untilEnded(client, id, INSTANT_WITHIN_MS + BOOKING_MS, request.signal);
  return sayRecord(record, form, { headers: gatewayHeaders(record, ignored) });
});

/** load.php: how busy the gateway is. Its clients send no key. */
const load = door('poll', async ({ gateway, form }) => {
  const usage = gateway.usage();
  return form.asJson
    ? sayJson({ status: 1, request: figures.loadMembers(usage) }, form)
    : sayXml(figures.sayLoad(usage), form);
});

const poll = door('poll', async ({ request, gateway, services, sent, form }) => {
  const client = gateway.authenticate(keyOf(request.headers, sent.key));
  // 2Captcha's own pages and its clients disagree about the underscore in add_pingback.
  const name = asText(sent.action)?.toLowerCase().replaceAll('_', '') ?? '';
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (!action) throw new SolveError('bad_request', { saidAs: 'ERROR_EMPTY_ACTION' });
  return await action({ gateway, client, services, sent, form, signal: request.signal });
});

const ACTIONS: Readonly<Record<string, Action>> = {
  get: (call) => (call.sent.ids === undefined ? getOne(call) : getMany(call)),
  get2: (call) => getOne(call, true),
  getbalance: async (call) => sayWord(await balanceOf(call), call.form),
  userinfo: async (call) => sayUserInfo(call),
  getstats: async (call) => sayStats(call),
  addpingback: async ({ gateway, client, sent, form }) => {
    addPingback(gateway, client, sent.addr);
    // The PHP client compares plain text with OK; the answer recorded with json=1 has the longer word.
    return sayWord(form.asJson ? 'OK_PINGBACK' : 'OK', form);
  },
  getpingback: async ({ gateway, client, form }) => {
    const listed = pingbacksOf(gateway, client).join('|');
    return sayWord(form.asJson ? listed : `OK|${listed}`, form);
  },
  delpingback: async ({ gateway, client, sent, form }) => {
    deletePingback(gateway, client, sent.addr);
    return sayWord('OK', form);
  },
  reportgood: (call) => report(call, true),
  reportbad: (call) => report(call, false),
};

async function getOne(
  { gateway, client, services, sent, form, signal }: ActionCall,
  isPriced = false,
): Promise<Response> {
  const id = idOf(sent.id);
  const wait = (waitMs: number) => gateway.untilEnded(client, id, waitMs, signal);
  const record = await unlessAway(services.holds.during(client, signal, wait));
  if (!record) return sayWaiting(form, {});
  return sayRecord(record, form, { isPriced, headers: gatewayHeaders(record) });
}

interface Saying {
  readonly headers: Record<string, string>;
  readonly isPriced?: boolean;
}

function sayRecord(record: TaskRecord, form: Form, { headers, isPriced = false }: Saying): Response {
  if (isOpen(record)) return sayWaiting(form, headers);
  if (record.error || !record.solution) return sayError(errorOf(record), 'poll', form, headers);
  const { task, solution, origin } = record;
  const said = sayResult(task, solution, { asJson: form.asJson, flavour: origin.flavour });
  const price = String(spentUsd(record));
  if (typeof said === 'string') return sayText(isPriced ? `${said}|${price}` : said, form, headers);
  return sayJson(isPriced ? { ...said, price } : said, form, headers);
}

/** Several ids in one call: their answers in order, joined with pipes; never held open. */
async function getMany({ gateway, client, sent, form }: ActionCall): Promise<Response> {
  const ids = (asText(sent.ids) ?? '').split(',').filter(Boolean).slice(0, 1_000);
  if (ids.length === 0) throw new SolveError('task_not_found', { saidAs: 'ERROR_WRONG_ID_FORMAT' });
  const answers = await Promise.all(ids.map((id) => answerFor(gateway, client, id)));
  return sayWord(answers.join('|'), form);
}

const NOT_READY = 'CAPCHA_NOT_READY';

async function answerFor(gateway: Gateway, client: Client, id: string): Promise<string> {
  try {
    const record = await unlessAway(gateway.find(client, idOf(id)));
    return record && !isOpen(record) ? pingbackCode(record) : NOT_READY;
  } catch (thrown) {
    if (!(thrown instanceof SolveError)) throw thrown;
    return wire.spellError(thrown, 'poll');
  }
}

async function report({ gateway, client, sent, form }: ActionCall, isAccepted: boolean): Promise<Response> {
  await gateway.report(client, idOf(sent.id), isAccepted);
  return sayWord('OK_REPORT_RECORDED', form);
}

async function balanceOf({ gateway, client }: ActionCall): Promise<string> {
  return (await gateway.balanceUsd(client)).toFixed(5).replace(/\.?0+$/, '');
}

/** What 2Captcha's browser extension asks at login; a client of the gateway has a name and no address. */
async function sayUserInfo(call: ActionCall): Promise<Response> {
  const { client, form } = call;
  const request = {
    email: client.id,
    key_type: 'customer',
    valute: 'USD',
    balance: await balanceOf(call),
  };
  return form.asJson ? sayJson({ status: 1, request }, form) : sayText(JSON.stringify(request), form);
}

/** Solved tasks and their price, by the hour, for one day; today when none is named. */
function sayStats({ gateway, client, sent, form }: ActionCall): Response {
  const { hours } = gateway.usage({ client });
  const today = new Date(hours.at(-1)?.startsAt ?? 0).toISOString().slice(0, 10);
  const date = asText(sent.date) ?? today;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date))
    throw new SolveError('bad_request', { detail: 'date is not like 2026-01-31.' });
  const rows = figures.hoursOfDay(hours, date);
  return form.asJson ? sayJson({ status: 1, request: rows }, form) : sayXml(figures.sayStats(rows), form);
}

/** Digits that cannot be an id of ours are somebody else's: unknown, not malformed. */
function idOf(value: unknown): number {
  const id = readTaskId(value);
  if (id !== undefined) return id;
  const saidAs = /^\d+$/.test(asText(value)?.trim() ?? '')
    ? 'ERROR_WRONG_CAPTCHA_ID'
    : 'ERROR_WRONG_ID_FORMAT';
  throw new SolveError('task_not_found', { saidAs });
}

function formOf(sent: Parameters): Form {
  return { asJson: asFlag(sent.json) === true, isCrossOrigin: asFlag(sent.header_acao) === true };
}

function sayWaiting(form: Form, headers: Record<string, string>): Response {
  if (!form.asJson) return sayText(NOT_READY, form, headers);
  return sayJson({ status: 0, request: NOT_READY }, form, headers);
}

function sayError(
  error: SolveError,
  question: Question,
  form: Form,
  headers: Record<string, string> = {},
): Response {
  const word = wire.spellError(error, question);
  if (!form.asJson) return sayText(word, form, headers);
  return sayJson(
    { status: 0, request: word, error_text: error.evidence.detail ?? error.policy.title },
    form,
    headers,
  );
}

function sayWord(word: string, form: Form): Response {
  return form.asJson ? sayJson({ status: 1, request: word }, form) : sayText(word, form);
}

function sayXml(text: string, form: Form): Response {
  return sayText(text, form, { 'content-type': 'text/xml; charset=utf-8' });
}

function sayText(text: string, form: Form, headers: Record<string, string> = {}): Response {
  return new Response(text, {
    headers: { 'content-type': 'text/plain; charset=utf-8', ...acao(form), ...headers },
  });
}

function sayJson(body: object, form: Form, headers: Record<string, string> = {}): Response {
  return Response.json(body, { headers: { ...acao(form), ...headers } });
}

function acao({ isCrossOrigin }: Form): Record<string, string> {
  return isCrossOrigin ? { 'access-control-allow-origin': '*' } : {};
}

export default {
  id: 'classic',
  callback: sayPingback,
  routes: {
    'GET /in.php': submit,
    'POST /in.php': submit,
    'GET /res.php': poll,
    'POST /res.php': poll,
    'GET /load.php': load,
    'POST /load.php': load,
    'POST /solve.php': solveAtOnce,
    // DeathByCaptcha serves this dialect here.
    'GET /2captcha/in.php': submit,
    'POST /2captcha/in.php': submit,
    'GET /2captcha/res.php': poll,
    'POST /2captcha/res.php': poll,
  },
  refuse: (error, { path, query, headers }) => {
    const question = path.endsWith('/res.php') ? 'poll' : 'submit';
    return sayError(error, question, FORMS.get(headers) ?? formOf(Object.fromEntries(query)));
  },
} satisfies Dialect;
