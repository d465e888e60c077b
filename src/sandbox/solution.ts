/** What the sandbox answers: solutions that look real, hold the upstream id and are never the same twice. */
import { MEMBER_SHAPES, type Member, type Shape, type Solution } from '../core/solution.js';
import {
  factsOf,
  isKind,
  type Kind,
  type PassedKind,
  passedWire,
  type Task,
  type TaskKind,
} from '../core/task.js';

/** Rough list prices of the services, for scripts that name none. */
// biome-ignore format: a table is read by its columns
const PRICES_USD_PER_1000: Readonly<Partial<Record<TaskKind, number>>> = {
  image_to_text: 0.7, text_question: 0.7, audio: 0.7, recaptcha_v3: 1.45, turnstile: 1.45, rotate: 0.7,
};
const OTHERWISE_USD_PER_1000 = 2.99;

/** What a task of this kind costs where the script does not say. */
export function priceUsdPer1000(kind: TaskKind): number {
  return PRICES_USD_PER_1000[kind] ?? OTHERWISE_USD_PER_1000;
}

const USER_AGENT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

/** Real tokens have hundreds of characters of this sort. */
const FILLER = 'mVhXo1bRzq8KfLw3_TcYdAe5GnUjH7sPi2QkBx0-ZvNtEWr4CaSgMyIl9FpOuJ6D'.repeat(6);

/** Which of the service's tasks it is: by its running number and by the id made of it. */
export interface TaskIdentity {
  readonly serial: number;
  readonly upstreamId: string | number;
}

/** The solution of one accepted task: the same each time it is asked for. */
export function solve(task: Task, identity: TaskIdentity): Solution {
  if (!isKind(task.kind)) return solvePassed(task.kind, identity);
  if (task.kind === 'image_to_text') return { text: readImage(identity.serial, task) };
  const own = SOLVERS[task.kind];
  return own ? own(String(identity.upstreamId), task) : solveByShape(task, identity);
}

/** As the wires carry it: nobody between the service and its client knows what it means. */
function solvePassed(kind: PassedKind, { upstreamId }: TaskIdentity): Solution {
  const answer = `passed-sandbox-${upstreamId}`;
  if (passedWire(kind) === 'classic') return { request: answer };
  return { answer, isSure: true, nested: { ids: [upstreamId], nothing: null } };
}

/** Every member of the kind's solution, in the shape it has. */
function solveByShape(task: Task, identity: TaskIdentity): Solution {
  const values = factsOf(task.kind).solution.map((member) => [
    member,
    member === 'userAgent' ? (task.userAgent ?? USER_AGENT) : SHAPES[MEMBER_SHAPES[member]](identity, member),
  ]);
  return Object.fromEntries(values);
}

const point = ({ serial }: TaskIdentity) => ({ x: serial % 1_000, y: Math.floor(serial / 1_000) % 1_000 });

const SHAPES: Readonly<Record<Shape, (identity: TaskIdentity, member: Member) => unknown>> = {
  text: ({ upstreamId }, member) => `${member}-sandbox-${upstreamId}-${FILLER.slice(0, 32)}`,
  number: ({ serial }) => serial % 360,
  object: ({ upstreamId }) => ({ sandbox: String(upstreamId) }),
  list: (identity) => [identity.serial],
  cookies: ({ upstreamId }) => ({ sandbox: `cookie-${upstreamId}` }),
  points: (identity) => [point(identity)],
  paths: (identity) => [[point(identity), { x: 0, y: 0 }]],
  cells: ({ serial }) => [1 + (serial % 9)],
};

type Solver = (upstreamId: string, task: Task) => Solution;

const recaptcha: Solver = (id) => ({ token: `03AFcWeA-sandbox-${id}-${FILLER}` });

const SOLVERS: Readonly<Partial<Record<Kind, Solver>>> = {
  recaptcha_v2: recaptcha,
  recaptcha_v2_enterprise: recaptcha,
  recaptcha_v3: recaptcha,
  recaptcha_v3_enterprise: recaptcha,
  hcaptcha: (id, task) => ({
    token: `P1_sandbox-${id}-${FILLER}`,
    respKey: `E0_sandbox-${id}`,
    userAgent: task.userAgent ?? USER_AGENT,
  }),
  turnstile: (id, task) => ({ token: `0.sandbox-${id}-${FILLER}`, userAgent: task.userAgent ?? USER_AGENT }),
  // The pipes are real: a reader that splits at every one of them loses half of it.
  geetest_v3: (id, task) => ({
    challenge: `${task.challenge}k7`,
    validate: `sandbox${id}`,
    seccode: `sandbox${id}|jordan`,
  }),
  geetest_v4: (id, task) => ({
    captchaId: task.captchaId,
    lotNumber: `lot-sandbox-${id}`,
    passToken: `pass-sandbox-${id}`,
    genTime: '1790000000',
    captchaOutput: `sandbox-${id}-${FILLER.slice(0, 64)}==`,
  }),
  cloudflare_clearance: (id, task) => ({
    cookies: { cf_clearance: `sandbox-${id}-${FILLER.slice(0, 64)}` },
    userAgent: task.userAgent ?? USER_AGENT,
  }),
  datadome: (id, task) => ({
    cookie: `datadome=sandbox-${id}-${FILLER.slice(0, 64)}`,
    userAgent: task.userAgent ?? USER_AGENT,
  }),
  alibaba: (id) => ({ token: `sandbox-${id}-${FILLER.slice(0, 64)}` }),
  tencent: (id, { appId }) => ({
    ticket: `sandbox-${id}-${FILLER.slice(0, 64)}`,
    randstr: `@${id}`,
    ...(appId !== undefined && { appid: appId }),
    ret: 0,
  }),
  vk_image: (id) => ({ bestStep: Number(id) % 24, solution: [5, 19, 0], answer: `sandbox-${id}` }),
  funcaptcha: (id) => ({ token: `sandbox-${id}|r=eu-west-1|meta=3|at=40|sup=1` }),
};

/** Letters and digits made of the running number; digits alone where the task asks for a number. */
function readImage(serial: number, task: Task): string {
  return task.numeric === 1 || task.math ? String(serial) : `w${serial.toString(36)}`;
}
