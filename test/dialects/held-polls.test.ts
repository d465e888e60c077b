/** A client that hangs up is let go at once, and a fault of our own is told in its dialect and to the operator. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../src/core/gateway.js';
import type { TaskRecord } from '../../src/core/store.js';
import { jsonOf, type Sent, send } from '../support/http.js';
import { KEY } from './case-file.js';
import { FakeGateway, TASK_ID } from './fake-gateway.js';
import { type OpenDoors, openDoors } from './open-doors.js';

let doors: OpenDoors;
beforeAll(async () => {
  doors = await openDoors();
});
afterAll(() => doors.close());

/** Holds every wait until its signal says that the client has gone. */
class HoldingGateway extends FakeGateway {
  readonly held: Promise<void>;
  readonly released: Promise<void>;
  #tellHeld = () => {};
  #tellReleased = () => {};

  constructor() {
    super({});
    this.held = new Promise((resolve) => {
      this.#tellHeld = resolve;
    });
    this.released = new Promise((resolve) => {
      this.#tellReleased = resolve;
    });
  }

  override async untilEnded(
    client: Client,
    id: number,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<TaskRecord> {
    await this.#hold(signal);
    return await super.untilEnded(client, id, waitMs);
  }

  override async untilAccepted(id: number, signal?: AbortSignal): Promise<TaskRecord> {
    await this.#hold(signal);
    return await super.untilAccepted(id);
  }

  #hold(signal: AbortSignal | undefined): Promise<void> {
    if (!signal) throw new TypeError('The wait has no signal.');
    this.#tellHeld();
    return new Promise((resolve) => {
      const release = () => {
        this.#tellReleased();
        resolve();
      };
      signal.addEventListener('abort', release, { once: true });
    });
  }
}

const AUTHORIZED = { authorization: `Bearer ${KEY}` };
const TASK = { type: 'RecaptchaV2TaskProxyless', websiteURL: 'https://example.com/', websiteKey: 'k' };

interface Waiting {
  readonly what: string;
  readonly path: string;
  readonly sent?: Sent;
}

const WAITS: readonly Waiting[] = [
  { what: 'res.php', path: `/res.php?key=${KEY}&action=get&id=${TASK_ID}` },
  { what: 'res.php, get2', path: `/res.php?key=${KEY}&action=get2&id=${TASK_ID}` },
  {
    what: 'in.php',
    path: `/in.php?key=${KEY}&method=userrecaptcha&googlekey=k&pageurl=https://example.com/`,
  },
  { what: 'getTaskResult', path: '/getTaskResult', sent: { json: { clientKey: KEY, taskId: TASK_ID } } },
  {
    what: 'solve.php',
    path: '/solve.php',
    sent: { json: { key: KEY, method: 'base64', body: 'iVBORw0KGgoAAAANSUhEUgAAAAEA' } },
  },
  { what: 'getToken', path: '/getToken', sent: { json: { clientKey: KEY, task: TASK } } },
  { what: 'createTask', path: '/createTask', sent: { json: { clientKey: KEY, task: TASK } } },
  { what: 'GET /v1/tasks/{id}', path: `/v1/tasks/${TASK_ID}?wait=30`, sent: { headers: AUTHORIZED } },
  {
    what: 'POST /v1/solve',
    path: '/v1/solve',
    sent: { headers: AUTHORIZED, json: { kind: 'turnstile', siteKey: 'k', pageUrl: 'https://example.com/' } },
  },
];

describe('a client that hangs up', () => {
  it.each(WAITS)('on $what is not waited for any longer', async ({ path, sent }) => {
    const gateway = new HoldingGateway();
    doors.use(gateway);
    const client = new AbortController();
    const answer = send(doors.url, path, { ...sent, signal: client.signal }).catch(
      (error: Error) => error.name,
    );
    await gateway.held;
    client.abort();
    expect(await answer).toBe('AbortError');
    await gateway.released;
  });
});

/** Breaks where it should not. */
class BrokenGateway extends FakeGateway {
  override async untilEnded(): Promise<TaskRecord> {
    throw new TypeError('a fault of our own');
  }
}

describe('a fault of our own', () => {
  it('is told in the client’s dialect and reported once', async () => {
    doors.use(new BrokenGateway({}));
    const before = doors.faults.length;
    const plain = await send(doors.url, `/res.php?key=${KEY}&action=get&id=${TASK_ID}`);
    expect([plain.status, plain.text]).toEqual([200, 'ERROR_NO_SLOT_AVAILABLE']);
    const json = await send(doors.url, '/getTaskResult', { json: { clientKey: KEY, taskId: TASK_ID } });
    expect([json.status, jsonOf(json).errorCode]).toEqual([200, 'ERROR_NO_SLOT_AVAILABLE']);
    const native = await send(doors.url, `/v1/tasks/${TASK_ID}`, { headers: AUTHORIZED });
    expect([native.status, native.headers['content-type'], jsonOf(native).code]).toEqual([
      502,
      'application/problem+json',
      'internal',
    ]);
    expect(doors.faults.slice(before)).toEqual(Array.from({ length: 3 }, () => expect.any(TypeError)));
    for (const { text } of [plain, json, native]) expect(text).not.toContain('a fault of our own');
  });

  it('is told in the form that the body asked for, across origins too', async () => {
    doors.use(new BrokenGateway({}));
    const body = `key=${KEY}&action=get&id=${TASK_ID}&json=1&header_acao=1`;
    const { headers, ...answer } = await send(doors.url, '/res.php', { body });
    expect(jsonOf(answer)).toMatchObject({ status: 0, request: 'ERROR_NO_SLOT_AVAILABLE' });
    expect(headers['access-control-allow-origin']).toBe('*');
  });
});
