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
  const [place = '', name = ''] = request.key.split('.');
  const keyIn = (here: string) => (place === here ? { [name]: apiKey } : {});
  const url = new URL(request.path, sandbox.url);
  url.search = new URLSearchParams({ ...request.query, ...keyIn('query') }).toString();
  const { method } = request;
  const init: RequestInit = { method, signal: signal ?? null };
  if (request.form || place === 'form')
    init.body = new URLSearchParams({ ...request.form, ...keyIn('form') });
  if (request.json || place === 'json') {
    init.body = JSON.stringify({ ...request.json, ...keyIn('json') });
    init.headers = { 'content-type': 'application/json' };
  }
  const response = await fetch(url, init);
  return { status: response.status, body: await response.text() };
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
