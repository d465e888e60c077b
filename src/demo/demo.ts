/** The demo: a gateway, three services that fail on purpose, and a table of how every captcha is solved all the same. */

import { painter } from '../terminal/text.js';
import { CLIENTS, type Door, explain, type TaskStory, untilWelcome } from './clients.js';
import type { Api, DemoKind } from './requests.js';
import { SCENES, type Scene } from './scenes.js';
import { openServices, SERVICE_NAMES, type Services } from './services.js';
import { byHand, summarize } from './summary.js';
import { heading, type Row, rowLine, rowValue } from './table.js';

export interface DemoOptions {
  /** Ends by itself after the table instead of serving on. */
  readonly isOnce: boolean;
  /** The gateway's port; 0 takes a free one. */
  readonly port: number;
  /** Ends the demo, whatever it is at. */
  readonly stop: AbortSignal;
  readonly write: (text: string) => void;
  readonly isColoured: boolean;
  /** JSON lines: one for each captcha, one for the sum, one for what serves on. */
  readonly isJson: boolean;
}

const INTRODUCTION = `captcha-gateway demo: one gateway, three sandbox services, real HTTP on this machine.
The gateway asks captchaai first. Brackets: known to be closed, so not asked.
`;
const WELCOME_WITHIN_MS = 8_000;

/** Runs the demo and returns the exit code: 1 when a captcha was not solved or a promise was not kept. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const { stop, write, isOnce, isJson } = options;
  const services = await openServices(options.port);
  try {
    const rows = await play(services, options);
    const { isGood, text, figures } = summarize(rows, services);
    write(isJson ? `${JSON.stringify({ event: 'summary', ...figures })}\n` : `\n${text}\n`);
    if (isOnce) return isGood ? 0 : 1;
    const { url, key, logPath } = services;
    write(isJson ? `${JSON.stringify({ event: 'serving', url, key, logPath })}\n` : `\n${byHand(services)}`);
    await aborted(stop);
    return 0;
  } catch (error) {
    if (stop.aborted) return 0;
    throw error;
  } finally {
    await services.close();
  }
}

async function play(services: Services, { write, isColoured, isJson, stop }: DemoOptions): Promise<Row[]> {
  const paint = painter(isColoured);
  const door = { url: services.url, key: services.key, signal: stop };
  if (!isJson) write(`${INTRODUCTION}Watch it in a browser: ${services.url}/\n\n${heading(paint)}\n`);
  const rows: Row[] = [];
  for (const scene of SCENES) {
    await begin(scene, services, door);
    for (const [api, kind] of scene.rows) {
      const row = await solve(door, { number: rows.length + 1, api, kind, state: scene.state });
      rows.push(row);
      write(`${isJson ? JSON.stringify(rowValue(row)) : rowLine(row, paint)}\n`);
    }
  }
  return rows;
}

async function begin(
  { scripts, startsWhenWelcome, rows }: Scene,
  services: Services,
  door: Door,
): Promise<void> {
  for (const name of SERVICE_NAMES) {
    const script = scripts[name];
    if (script) services.sandboxes[name].set(script);
  }
  const [first] = rows;
  if (startsWhenWelcome && first) await untilWelcome(door, SERVICE_NAMES[0], first[1], WELCOME_WITHIN_MS);
}

interface Act {
  readonly number: number;
  readonly api: Api;
  readonly kind: DemoKind;
  readonly state: string;
}

/** Has one captcha solved and asks the gateway how that went. */
async function solve(door: Door, act: Act): Promise<Row> {
  const startedAt = performance.now();
  const { taskId, isSolved, word } = await CLIENTS[act.api](door, { kind: act.kind, visit: act.number });
  const tookMs = performance.now() - startedAt;
  return { ...act, isSolved, word, tookMs, story: taskId === '' ? UNTOLD : await explain(door, taskId) };
}

/** A task that was refused before it had an id. */
const UNTOLD: TaskStory = {
  taskId: '',
  status: 'failed',
  provider: null,
  costUsd: null,
  attempts: [],
  passedOver: [],
};

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
