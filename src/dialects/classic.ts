/** in.php and res.php. HTTP 200 always: the clients look for the code in the body and nowhere else. */
import type { Dialect, DoorRequest, Handler } from '../core/dialect.js';
import { SolveError } from '../core/errors.js';
import { type Client, errorOf, type Gateway } from '../core/gateway.js';
import { asText } from '../core/solution.js';
import { isOpen, spentUsd, type TaskRecord } from '../core/store.js';
import * as wire from '../wire/classic.js';
import type { Question } from '../wire/codes.js';
import { gatewayHeaders, keyOf, readTaskId } from '../wire/door.js';
import { particularsOf } from '../wire/flavours.js';
import { type Parameters, readParameters } from '../wire/form.js';
import { asFlag } from '../wire/rows.js';

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
}

/** Runs a handler over the request's parameters; whatever it throws is told in the client's own form. */
function door(
  question: Question,
  handle: (request: DoorRequest, gateway: Gateway, sent: Parameters, form: Form) => Promise<Response>,
): Handler {
  return async (request, gateway) => {
    let form = formOf(Object.fromEntries(request.query));
    try {
      const sent = await readParameters(request.query, request.body);
      form = formOf(sent);
      return await handle(request, gateway, sent, form);
    } catch (thrown) {
      if (!(thrown instanceof SolveError)) throw thrown;
      return sayError(thrown, question, form);
    }
  };
}

const submit = door('submit', async (request, gateway, sent, form) => {
  const client = gateway.authenticate(keyOf(request.headers, sent.key));
  const { task, ignored } = wire.fromFields(sent);
  const flavour = request.flavour;
  const { id } = await gateway.submit(client, { task, origin: { dialect: 'classic', flavour } });
  const record = await gateway.untilAccepted(id, request.signal);
  const headers = gatewayHeaders(record, ignored);
  if (record.error) return sayError(errorOf(record), 'submit', form, headers);
  if (!form.asJson) return sayText(`OK|${id}`, form, headers);
  const isNumber = particularsOf(flavour).numbersRecaptchas && task.kind.startsWith('recaptcha');
  return sayJson({ status: 1, request: isNumber ? id : String(id) }, form, headers);
});

const poll = door('poll', async (request, gateway, sent, form) => {
  const client = gateway.authenticate(keyOf(request.headers, sent.key));
  const name = asText(sent.action)?.toLowerCase() ?? '';
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (!action) throw new SolveError('bad_request', { saidAs: 'ERROR_EMPTY_ACTION' });
  return await action({ gateway, client, sent, form, signal: request.signal });
});

const ACTIONS: Readonly<Record<string, Action>> = {
  get: (call) => (call.sent.ids === undefined ? getOne(call) : getMany(call)),
  get2: (call) => getOne(call, true),
  getbalance: async ({ gateway, client, form }) => {
    const usd = (await gateway.balanceUsd(client)).toFixed(5).replace(/\.?0+$/, '');
    return form.asJson ? sayJson({ status: 1, request: usd }, form) : sayText(usd, form);
  },
  reportgood: (call) => report(call, true),
  reportbad: (call) => report(call, false),
};

async function getOne(
  { gateway, client, sent, form, signal }: ActionCall,
  isPriced = false,
): Promise<Response> {
  const record = await gateway.untilEnded(client, idOf(sent.id), client.holdMs, signal);
  const headers = gatewayHeaders(record);
  if (isOpen(record)) return sayWaiting(form, headers);
  if (record.error || !record.solution) return sayError(errorOf(record), 'poll', form, headers);
  const said = wire.sayResult(record.task.kind, record.solution, form.asJson);
  const price = String(spentUsd(record));
  if (typeof said === 'string') return sayText(isPriced ? `${said}|${price}` : said, form, headers);
  return sayJson(isPriced ? { ...said, price } : said, form, headers);
}

/** Several ids in one call: their answers in order, joined with pipes; never held open. */
async function getMany({ gateway, client, sent, form }: ActionCall): Promise<Response> {
  const ids = (asText(sent.ids) ?? '').split(',').filter(Boolean).slice(0, 1_000);
  if (ids.length === 0) throw new SolveError('task_not_found', { saidAs: 'ERROR_WRONG_ID_FORMAT' });
  const answers = await Promise.all(ids.map((id) => answerFor(gateway, client, id)));
  const joined = answers.join('|');
  return form.asJson ? sayJson({ status: 1, request: joined }, form) : sayText(joined, form);
}

async function answerFor(gateway: Gateway, client: Client, id: string): Promise<string> {
  try {
    return answerOf(await gateway.find(client, idOf(id)));
  } catch (thrown) {
    if (!(thrown instanceof SolveError)) throw thrown;
    return wire.spellError(thrown, 'poll');
  }
}

function answerOf(record: TaskRecord): string {
  if (isOpen(record)) return 'CAPCHA_NOT_READY';
  if (record.error || !record.solution) return wire.spellError(errorOf(record), 'poll');
  return String(wire.sayResult(record.task.kind, record.solution, false)).replace(/^OK\|/, '');
}

async function report({ gateway, client, sent, form }: ActionCall, isAccepted: boolean): Promise<Response> {
  await gateway.report(client, idOf(sent.id), isAccepted);
  const word = 'OK_REPORT_RECORDED';
  return form.asJson ? sayJson({ status: 1, request: word }, form) : sayText(word, form);
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
  const word = 'CAPCHA_NOT_READY';
  return form.asJson ? sayJson({ status: 0, request: word }, form, headers) : sayText(word, form, headers);
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
  routes: { 'GET /in.php': submit, 'POST /in.php': submit, 'GET /res.php': poll, 'POST /res.php': poll },
  refuse: (error, { path, query }) => {
    const question = path.endsWith('/res.php') ? 'poll' : 'submit';
    return sayError(error, question, formOf(Object.fromEntries(query)));
  },
} satisfies Dialect;
