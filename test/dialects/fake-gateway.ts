/** A gateway that answers as a case says and writes down what it was asked. */
import { SolveError } from '../../src/core/errors.js';
import type { Client, Gateway, KindOffer, Submission, Usage, UsageScope } from '../../src/core/gateway.js';
import type { Attempt, TaskRecord } from '../../src/core/store.js';
import type { Task } from '../../src/core/task.js';
import { type CaseGateway, type CaseRecord, KEY } from './case-file.js';

export const TASK_ID = 1_200_001;
export const HOLD_MS = 3_000;

const CREATED_AT = Date.UTC(2026, 0, 1);
const SOLVE_MS = 21_030;

const CLIENT: Client = { id: 'qa', keySha256: '', holdMs: HOLD_MS };

/** A reCAPTCHA on its way at the second provider, after the first had no slot. */
const SAMPLE: TaskRecord = {
  id: TASK_ID,
  clientId: 'qa',
  origin: { dialect: 'native' },
  task: { kind: 'recaptcha_v2', siteKey: '6Le-abc', pageUrl: 'https://example.com/' },
  options: {},
  status: 'solving',
  createdAt: CREATED_AT,
  deadlineAt: CREATED_AT + 180_000,
  finishedAt: null,
  attempts: [
    attempt({
      provider: 'captchaai',
      outcome: 'no_slot',
      upstreamCode: 'ERROR_NO_SLOT_AVAILABLE',
      endedAt: CREATED_AT + 41,
    }),
    attempt({
      provider: '2captcha',
      upstreamId: '74120000001',
      startedAt: CREATED_AT + 42,
      acceptedAt: CREATED_AT + 50,
      costUsd: 0.0029,
      mayBeCharged: true,
    }),
  ],
  passedOver: [{ provider: 'house', why: 'does not solve recaptcha_v2' }],
  provider: null,
  solution: null,
  error: null,
  reported: null,
};

function attempt(facts: Partial<Attempt> & Pick<Attempt, 'provider'>): Attempt {
  const fresh = { upstreamCode: null, upstreamId: null, acceptedAt: null, endedAt: null, polls: 0 };
  return { ...fresh, outcome: 'solving', startedAt: CREATED_AT, costUsd: 0, mayBeCharged: false, ...facts };
}

/** The sample task, as far along as the case says. */
function recordOf({ solution, error, ...changes }: CaseRecord, submitted?: Submission): TaskRecord {
  const record = { ...SAMPLE, ...submitted, options: submitted?.options ?? SAMPLE.options, ...changes };
  const [refused, taken] = SAMPLE.attempts;
  if (solution && refused && taken) {
    const solved = { ...taken, outcome: 'solved', endedAt: CREATED_AT + SOLVE_MS, polls: 5 } as const;
    const end = {
      status: 'solved',
      solution,
      provider: '2captcha',
      finishedAt: CREATED_AT + SOLVE_MS,
    } as const;
    return { ...record, ...end, attempts: [refused, solved] };
  }
  if (!error) return record;
  const { code, upstreamCode = null, detail = null } = error;
  return {
    ...record,
    status: 'failed',
    finishedAt: CREATED_AT + SOLVE_MS,
    error: { code, upstreamCode, detail },
  };
}

export class FakeGateway implements Gateway {
  /** `untilEnded 1200001 3000`, `report 1200001 good`, in the order of the calls. */
  readonly asked: string[] = [];
  submitted: Submission | undefined;
  readonly #script: CaseGateway;

  constructor(script: CaseGateway) {
    this.#script = script;
  }

  get task(): Task | undefined {
    return this.submitted?.task;
  }

  authenticate(key: string | undefined): Client {
    this.asked.push(`authenticate ${key === KEY ? 'KEY' : String(key)}`);
    if (key === undefined || /\s/.test(key)) throw new SolveError('auth', { isMalformed: true });
    if (key !== KEY) throw new SolveError('auth', { detail: 'No client has this key.' });
    return CLIENT;
  }

  async submit(_client: Client, submission: Submission): Promise<TaskRecord> {
    this.asked.push('submit');
    this.submitted = submission;
    const { throws } = this.#script;
    if (throws) throw new SolveError(throws.code, throws);
    return recordOf({}, submission);
  }

  repeated(): number | undefined {
    return undefined;
  }

  unheard(): void {}

  async untilAccepted(id: number): Promise<TaskRecord> {
    this.asked.push(`untilAccepted ${id}`);
    return this.#found(id);
  }

  async find(_client: Client, id: number): Promise<TaskRecord> {
    this.asked.push(`find ${id}`);
    return this.#found(id);
  }

  async untilEnded(_client: Client, id: number, waitMs: number): Promise<TaskRecord> {
    this.asked.push(`untilEnded ${id} ${waitMs}`);
    return this.#found(id);
  }

  async cancel(_client: Client, id: number): Promise<TaskRecord> {
    this.asked.push(`cancel ${id}`);
    return { ...this.#found(id), status: 'cancelled', finishedAt: CREATED_AT + 1_000 };
  }

  async report(_client: Client, id: number, isAccepted: boolean): Promise<void> {
    this.asked.push(`report ${id} ${isAccepted ? 'good' : 'bad'}`);
    this.#found(id);
  }

  async balanceUsd(): Promise<number> {
    this.asked.push('balanceUsd');
    return this.#script.balanceUsd ?? 0;
  }

  kinds(): readonly KindOffer[] {
    this.asked.push('kinds');
    return [{ kind: 'turnstile', providers: ['2captcha', 'capsolver'] }];
  }

  usage({ client, kind }: UsageScope = {}): Usage {
    this.asked.push(['usage', client?.id, kind].filter(Boolean).join(' '));
    const idle = { busy: 0, free: 1, meanCostUsd: null, meanSolveMs: null, hours: [] };
    return { ...idle, ...this.#script.usage };
  }

  #found(id: number): TaskRecord {
    const { throws } = this.#script;
    if (throws?.code === 'overloaded') throw new SolveError(throws.code, throws);
    const known = id === TASK_ID ? (this.#script.record ?? {}) : this.#script.others?.[String(id)];
    if (!known) throw new SolveError('task_not_found', { detail: `There is no task ${id} for this key.` });
    return { ...recordOf(known, this.submitted), id };
  }
}
