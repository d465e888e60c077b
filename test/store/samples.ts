/** Records and moves to write into a store under test. */
import type { Attempt, Move, TaskRecord, TaskStore } from '../../src/core/store.js';
import type { Task } from '../../src/core/task.js';

export const TOKEN_TASK: Task = {
  kind: 'recaptcha_v2',
  pageUrl: 'https://example.com/login',
  siteKey: '6Le-wvkSAAAAAPBMRTvw0Q4Muexq9bi0DJwx_mJ-',
  proxy: { scheme: 'http', host: 'proxy.example.com', port: 8080, username: 'u', password: 'p:ä@"' },
};

export const IMAGE_TASK: Task = {
  kind: 'image_to_text',
  imageBase64: 'aW1hZ2U='.repeat(2_000),
  instructions: 'only the red letters',
  instructionImageBase64: 'aW5zdHJ1Y3Rpb24=',
};

/** A fresh task of client `qa`, as it is when it is created. */
export function sampleRecord(id: number, change: Partial<TaskRecord> = {}): TaskRecord {
  return {
    id,
    clientId: 'qa',
    origin: { dialect: 'json', flavour: 'capsolver' },
    task: TOKEN_TASK,
    options: { providers: ['2captcha'], maxUsd: 0.01, meta: { run: '42' } },
    status: 'queued',
    createdAt: 1_000,
    deadlineAt: 181_000,
    finishedAt: null,
    attempts: [],
    passedOver: [],
    provider: null,
    solution: null,
    error: null,
    reported: null,
    ...change,
  };
}

/** An attempt as `attempt-begun` leaves it. */
export const BEGUN: Attempt = {
  provider: '2captcha',
  why: 'priority: captchaai is out of money',
  outcome: 'submitting',
  upstreamCode: null,
  upstreamId: null,
  startedAt: 1_001,
  acceptedAt: null,
  endedAt: null,
  polls: 0,
  costUsd: null,
  mayBeCharged: false,
};

export const begun = (attempt = 0): Move => ({
  move: 'attempt-begun',
  attempt,
  provider: '2captcha',
  why: 'priority: captchaai is out of money',
  at: 1_001,
});

export const accepted = (attempt = 0, costUsd: number | null = 0.003): Move => ({
  move: 'attempt-accepted',
  attempt,
  upstreamId: '7412',
  at: 1_050,
  costUsd,
});

export const ended = (attempt = 0, change: Partial<Extract<Move, { move: 'attempt-ended' }>> = {}): Move => ({
  move: 'attempt-ended',
  attempt,
  outcome: 'solved',
  upstreamCode: null,
  at: 20_000,
  polls: 5,
  costUsd: 0.003,
  mayBeCharged: true,
  ...change,
});

export const settled = (at = 20_001, token = 'token-1'): Move => ({
  move: 'settled',
  status: 'solved',
  at,
  provider: '2captcha',
  solution: { token },
  error: null,
  passedOver: [{ provider: 'house', why: 'does not solve recaptcha_v2' }],
});

/** Creates a task under a reserved id and applies `moves` in the same write; its record as created. */
export async function create(
  store: TaskStore,
  change: Partial<TaskRecord> = {},
  ...moves: readonly Move[]
): Promise<TaskRecord> {
  const record = sampleRecord(await store.reserveIds(1), change);
  await store.write(record.id, [{ move: 'created', record }, ...moves]);
  return record;
}

/** The client takes the task back. */
export const CANCELLED: Move = {
  move: 'settled',
  status: 'cancelled',
  at: 20_001,
  provider: null,
  solution: null,
  error: { code: 'cancelled', upstreamCode: null, detail: null },
  passedOver: [],
};
