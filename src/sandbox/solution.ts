/** What the sandbox answers: solutions that look real, hold the upstream id and are never the same twice. */
import type { Solution } from '../core/solution.js';
import type { Kind, Task } from '../core/task.js';

/** Rough list prices of the services, for scripts that name none. */
// biome-ignore format: a table is read by its columns
export const PRICES_USD_PER_1000: Readonly<Record<Kind, number>> = {
  image_to_text: 0.7, recaptcha_v2: 2.99, recaptcha_v2_enterprise: 2.99, recaptcha_v3: 1.45,
  recaptcha_v3_enterprise: 2.99, hcaptcha: 2.99, turnstile: 1.45, geetest_v3: 2.99, geetest_v4: 2.99, funcaptcha: 2.99,
};

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
export function solve(task: Task, { serial, upstreamId }: TaskIdentity): Solution {
  if (task.kind === 'image_to_text') return { text: readImage(serial, task) };
  return SOLVERS[task.kind](String(upstreamId), task);
}

type Solver = (upstreamId: string, task: Task) => Solution;

const recaptcha: Solver = (id) => ({ token: `03AFcWeA-sandbox-${id}-${FILLER}` });

const SOLVERS: Readonly<Record<Exclude<Kind, 'image_to_text'>, Solver>> = {
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
  funcaptcha: (id) => ({ token: `sandbox-${id}|r=eu-west-1|meta=3|at=40|sup=1` }),
};

/** Letters and digits made of the running number; digits alone where the task asks for a number. */
function readImage(serial: number, task: Task): string {
  return task.numeric === 1 || task.math ? String(serial) : `w${serial.toString(36)}`;
}
