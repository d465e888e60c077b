/** Buys what was planned, all providers side by side, and judges every answer. */
import { SolveError } from '../core/errors.js';
import type { Solution } from '../core/solution.js';
import type { Kind, Task } from '../core/task.js';
import { type Fixture, type Fresh, taskOf, type Verify } from './fixture.js';
import { judge, readTrial, type Trial, trialOf } from './judgement.js';
import type { Job } from './plan.js';

/** How one solve ended at the gateway. */
export interface Ended {
  /** Null for a task that was refused before it had an id. */
  readonly taskId: string | null;
  readonly solution: Solution | null;
  /** The gateway's error code; null when solved. */
  readonly code: string | null;
  readonly detail: string | null;
  readonly tookMs: number;
  readonly costUsd: number | null;
}

/** What was found out by one job. */
export interface Result extends Omit<Ended, 'solution'> {
  readonly provider: string;
  readonly fixture: string;
  readonly kind: Kind;
  readonly run: number;
  readonly isSolved: boolean;
  /** Whether the answer was right; null where that cannot be known. */
  readonly accepted: boolean | null;
}

/** What reaches outside. */
export interface Tools {
  readonly solve: (task: Task, job: Job, signal: AbortSignal) => Promise<Ended>;
  readonly report: (taskId: string, accepted: boolean) => Promise<void>;
  /** The reply of the page that tries an answer. @throws when there is none. */
  readonly send: (
    trial: Trial,
    signal: AbortSignal,
  ) => Promise<{ readonly status: number; readonly text: string }>;
  /** The JSON object of a page. @throws when there is none. */
  readonly read: (url: string, signal: AbortSignal) => Promise<Readonly<Record<string, unknown>>>;
}

export interface RunOptions {
  readonly jobs: readonly Job[];
  readonly tools: Tools;
  readonly signal: AbortSignal;
  readonly onBegin?: ((job: Job) => void) | undefined;
  readonly onResult?: ((result: Result) => void) | undefined;
}

/** As many solves are under way at one provider: enough to be quick, few enough for a small account. */
const AT_ONCE = 4;

/** In the order of the jobs; an aborted run has only what was finished. */
export async function runChecks(options: RunOptions): Promise<readonly Result[]> {
  const { jobs, signal } = options;
  const results = new Map<Job, Result>();
  const providers = [...new Set(jobs.map(({ provider }) => provider))];
  const lanes = providers.flatMap((provider) => {
    const own = jobs.filter((job) => job.provider === provider);
    const next = own[Symbol.iterator]();
    return Array.from({ length: AT_ONCE }, async () => {
      for (const job of next) {
        if (signal.aborted) return;
        options.onBegin?.(job);
        const result = await check(job, options);
        if (signal.aborted) return;
        results.set(job, result);
        options.onResult?.(result);
      }
    });
  });
  await Promise.all(lanes);
  return jobs.flatMap((job) => results.get(job) ?? []);
}

async function check(job: Job, { tools, signal }: RunOptions): Promise<Result> {
  const { provider, fixture, run } = job;
  const { solution, ...ended } = await solve(job, tools, signal);
  const about = { provider, fixture: fixture.id, kind: fixture.kind, run, ...ended };
  if (!solution) return { ...about, isSolved: false, accepted: null };
  const accepted = judge(fixture, solution) ?? (await tryOut(fixture, solution, tools, signal));
  // The report is for the gateway's figures; a check does not fail by it.
  if (accepted !== null && ended.taskId !== null) await tools.report(ended.taskId, accepted).catch(() => {});
  return { ...about, isSolved: true, accepted };
}

async function solve(job: Job, tools: Tools, signal: AbortSignal): Promise<Ended> {
  const { fixture } = job;
  try {
    const taken = fixture.fresh ? await take(fixture.fresh, tools, signal) : {};
    return await tools.solve(taskOf(fixture, taken), job, signal);
  } catch (error) {
    return { taskId: null, solution: null, ...failure(error), tookMs: 0, costUsd: 0 };
  }
}

function failure(error: unknown): { readonly code: string; readonly detail: string } {
  if (error instanceof SolveError)
    return { code: error.code, detail: error.evidence.detail ?? error.message };
  return { code: 'unreachable', detail: error instanceof Error ? error.message : String(error) };
}

async function take(
  { url, take: wanted }: Fresh,
  tools: Tools,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const page = await tools.read(url, signal);
  return Object.fromEntries(Object.entries(wanted).map(([field, member]) => [field, page[member]]));
}

async function tryOut(
  fixture: Fixture,
  solution: Solution,
  { send }: Tools,
  signal: AbortSignal,
): Promise<boolean | null> {
  const trial = trialOf(fixture, solution);
  if (!trial) return null;
  try {
    const { status, text } = await send(trial, signal);
    return readTrial(fixture.verify as Verify, status, text);
  } catch {
    return null;
  }
}
