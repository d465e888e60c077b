/** Clients that hang up on held polls: nothing of them stays behind, and they are held for less from then on. */
import { createConnection, type Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { send } from '../support/http.js';
import { PAGE_URL, SITE_KEY } from './doors.js';
import { openScene } from './scene.js';

const ROUNDS = 20;
const POLLS = 500;
const LATE = { timeout: 20_000, interval: 50 };
const KEYS = Array.from({ length: ROUNDS }, (_, index) => `client-key-${index}`);

/** Sockets and timers that this process holds, both ends of every connection among them. */
function countHeld(): { readonly sockets: number; readonly timers: number } {
  const held = process.getActiveResourcesInfo();
  const count = (name: string) => held.filter((each) => each === name).length;
  return { sockets: count('TCPSocketWrap'), timers: count('Timeout') };
}

/** Polls that the gateway holds open. */
async function countPolls(url: string): Promise<number> {
  const { text } = await send(url, '/metrics', {});
  return Number(/^captcha_gateway_requests_held (\d+)$/m.exec(text)?.[1]);
}

async function open(holdMs: number) {
  const scene = await openScene({
    scripts: [{ solve: { default: { fixedMs: 120_000 } } }],
    sections: {
      clients: KEYS.map((key, index) => ({ id: `client-${index}`, key })),
      polling: { holdMs },
      routing: { deadlineMs: 120_000, maxUsdPerTask: 1 },
    },
  });
  const submit = async (key: string) => {
    const form = { key, method: 'userrecaptcha', googlekey: SITE_KEY, pageurl: PAGE_URL };
    const { text } = await send(scene.url, '/in.php', { body: new URLSearchParams(form).toString() });
    return text.slice(3);
  };
  return { ...scene, submit };
}

function poll(url: string, path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(Number(new URL(url).port), '127.0.0.1', () => resolve(socket));
    socket.on('error', reject);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: gateway\r\n\r\n`);
  });
}

it(`${ROUNDS * POLLS} held polls that vanish leave no socket and no timer`, async ({ onTestFinished }) => {
  const { url, submit, close } = await open(60_000);
  onTestFinished(close);
  const ids = await Promise.all(KEYS.map(submit));
  const before = countHeld();
  for (const [round, key] of KEYS.entries()) {
    const path = `/res.php?key=${key}&action=get&id=${ids[round]}`;
    const sockets = await Promise.all(Array.from({ length: POLLS }, () => poll(url, path)));
    await vi.waitFor(async () => expect(await countPolls(url)).toBe(POLLS), LATE);
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () => expect(await countPolls(url)).toBe(0), LATE);
  }
  await vi.waitFor(() => {
    const after = countHeld();
    // Polls of the tasks that still run come and go.
    expect(after.sockets).toBeLessThanOrEqual(before.sockets + ROUNDS);
    expect(after.timers).toBeLessThanOrEqual(before.timers + 2 * ROUNDS);
  }, LATE);
}, 60_000);

describe.each([
  {
    door: 'classic',
    ask: (key: string, id: string) => ({ path: `/res.php?key=${key}&action=get&id=${id}`, sent: {} }),
  },
  {
    door: 'json',
    ask: (key: string, id: string) => ({
      path: '/getTaskResult',
      sent: { json: { clientKey: key, taskId: Number(id) } },
    }),
  },
])('a client that hangs up on the $door door', ({ ask }) => {
  it('is held for less at its next poll, and others are not', async ({ onTestFinished }) => {
    const { url, submit, close } = await open(1_600);
    onTestFinished(close);
    const [impatient = '', patient = ''] = KEYS;
    const polled = async (key: string, signal?: AbortSignal) => {
      const { path, sent } = ask(key, await submit(key));
      return await send(url, path, { ...sent, signal });
    };
    await expect(polled(impatient, AbortSignal.timeout(400))).rejects.toThrow();
    const [shorter, whole] = await Promise.all([polled(impatient), polled(patient)]);
    expect(shorter.tookMs).toBeLessThan(1_300);
    expect(whole.tookMs).toBeGreaterThan(1_550);
  });
});
