/** A client of the gateway's own API: buys solves, waits for them, says whether they were right. */
import type { Solution } from '../core/solution.js';
import type { Task } from '../core/task.js';
import { plain } from '../terminal/text.js';
import { Refused } from './command-faults.js';

/** Who solves a kind for this client. */
export interface KindOffer {
  readonly kind: string;
  readonly providers: readonly string[];
}

/** What one purchase may cost and how long it may take. */
export interface Wish {
  readonly provider: string;
  readonly maxUsd?: number | undefined;
  readonly deadlineMs?: number | undefined;
}

/** How a task ended. */
export interface EndedTask {
  readonly taskId: string | null;
  readonly solution: Solution | null;
  readonly code: string | null;
  readonly detail: string | null;
  readonly tookMs: number;
  readonly costUsd: number | null;
}

export interface SolvingClient {
  /** @throws Refused. */
  offers(): Promise<readonly KindOffer[]>;
  /** Resolves when the task has ended, however that was. @throws when the gateway cannot be reached. */
  solve(task: Task, wish: Wish, signal: AbortSignal): Promise<EndedTask>;
  report(taskId: string, accepted: boolean): Promise<void>;
}

interface ToldTask {
  readonly taskId: string;
  readonly status: string;
  readonly solution?: Solution;
  readonly error?: { readonly code: string; readonly detail?: string | null };
  readonly costUsd: number | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

interface Problem {
  readonly code?: string;
  readonly detail?: string;
}

/** Below the five minutes after which connections are given up. */
const WAIT_SECONDS = 60;
const ANSWER_WITHIN_MS = 10_000;

/** Opens nothing: every call is one request. */
export function openSolvingClient(url: string, key: string): SolvingClient {
  const send = async (path: string, body: object | undefined, signal: AbortSignal) => {
    const headers = { 'content-type': 'application/json', 'x-api-key': key };
    const sent = body ? { method: 'POST', body: JSON.stringify(body) } : {};
    const answer = await fetch(`${url}${path}`, { ...sent, headers, signal, redirect: 'error' });
    const told: unknown = await answer.json();
    return { isOk: answer.ok, status: answer.status, told };
  };
  const soon = () => AbortSignal.timeout(ANSWER_WITHIN_MS);
  return {
    async offers() {
      const { isOk, status, told } = await send('/v1/kinds', undefined, soon());
      if (isOk) return (told as { readonly kinds: readonly KindOffer[] }).kinds;
      throw new Refused(plain(`${url} answered ${status}: ${(told as Problem).detail ?? 'no kinds'}`));
    },
    async solve(task, { provider, maxUsd, deadlineMs }, signal) {
      const body = { ...task, providers: [provider], maxUsd, deadlineMs };
      let { isOk, told } = await send('/v1/tasks', body, signal);
      if (!isOk) return refused(told as Problem);
      while (['queued', 'solving'].includes((told as ToldTask).status)) {
        const path = `/v1/tasks/${(told as ToldTask).taskId}?wait=${WAIT_SECONDS}`;
        ({ isOk, told } = await send(path, undefined, signal));
        if (!isOk) return refused(told as Problem);
      }
      return ended(told as ToldTask);
    },
    async report(taskId, accepted) {
      await send(`/v1/tasks/${taskId}/report`, { accepted }, soon());
    },
  };
}

function refused({ code = 'internal', detail }: Problem): EndedTask {
  return { taskId: null, solution: null, code, detail: detail ?? null, tookMs: 0, costUsd: 0 };
}

function ended({ taskId, solution, error, costUsd, createdAt, finishedAt, status }: ToldTask): EndedTask {
  const tookMs = finishedAt === null ? 0 : Date.parse(finishedAt) - Date.parse(createdAt);
  const isSolved = status === 'solved' && solution !== undefined;
  return {
    taskId,
    solution: isSolved ? solution : null,
    code: isSolved ? null : (error?.code ?? status),
    detail: isSolved ? null : (error?.detail ?? null),
    tookMs,
    costUsd,
  };
}
