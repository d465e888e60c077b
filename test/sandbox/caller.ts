/** Calls a sandbox over HTTP as the gateway would: through the providers' own questions and readers. */

import type {
  Accepted,
  Exchange,
  Provider,
  Solved,
  UpstreamReply,
  UpstreamRequest,
} from '../../src/core/provider.js';
import type { Task } from '../../src/core/task.js';
import { fillRequest } from '../../src/net/upstream-request.js';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.js';

/** Runs `use` against a sandbox of its own. */
export async function withSandbox(
  options: SandboxOptions,
  use: (sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const sandbox = await openSandbox(options);
  try {
    await use(sandbox);
  } finally {
    await sandbox.close();
  }
}

/** One caller of one sandbox. */
export class Caller {
  constructor(
    readonly sandbox: Sandbox,
    readonly provider: Provider,
    readonly key = 'account-key',
  ) {}

  submit(task: Task, signal?: AbortSignal): Promise<Accepted> {
    return this.#exchange(this.provider.submit, task, signal);
  }

  poll(task: Task, { upstreamId }: Accepted, signal?: AbortSignal): Promise<Solved | undefined> {
    return this.#exchange(this.provider.poll, { task, upstreamId: upstreamId ?? '' }, signal);
  }

  balance(): Promise<number | null> {
    return this.#exchange(this.provider.balance, undefined);
  }

  async report(task: Task, { upstreamId }: Accepted, isAccepted: boolean): Promise<void> {
    if (!this.provider.report) throw new TypeError(`${this.provider.id} takes no reports`);
    await this.#exchange(this.provider.report, { task, upstreamId: upstreamId ?? '', isAccepted });
  }

  async #exchange<Input, Output>(exchange: Exchange<Input, Output>, input: Input, signal?: AbortSignal) {
    return exchange.read(await send(this.sandbox, exchange.ask(input), this.key, signal), input);
  }
}

/** One request with the key filled in. */
async function send(
  sandbox: Sandbox,
  request: UpstreamRequest,
  apiKey: string,
  signal?: AbortSignal,
): Promise<UpstreamReply> {
  const { path, method, headers, body } = fillRequest('', request, apiKey);
  const sent = body === null || typeof body === 'string' ? body : partsOf(body);
  const init: RequestInit = { method, headers, body: sent, signal: signal ?? null, redirect: 'manual' };
  const response = await fetch(`${sandbox.url}${path}`, init);
  const location = response.headers.get('location');
  return {
    status: response.status,
    body: await response.text(),
    ...(location === null ? {} : { location }),
  };
}

/** The platform's fetch knows its own form only. */
function partsOf(parts: Iterable<[string, string | File]>): FormData {
  const form = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === 'string') form.set(name, value);
    else form.set(name, value, value.name);
  }
  return form;
}

/** The text of a bare GET, as an old client sees it. */
export async function get(sandbox: Sandbox, path: string): Promise<string> {
  return (await fetch(`${sandbox.url}${path}`)).text();
}

/** The JSON that a bare POST of JSON is answered with. */
export async function post(sandbox: Sandbox, path: string, body: unknown): Promise<unknown> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (await fetch(`${sandbox.url}${path}`, { method: 'POST', body: text })).json();
}

/** Waits for something that real sockets are about to do; the test's own time limit bounds it. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
