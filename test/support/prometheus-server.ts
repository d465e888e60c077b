/** A Prometheus server on loopback that scrapes one gateway several times a second. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonOf, send } from './http.js';

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
}

export interface PrometheusServer {
  /** Resolves with what an expression gives now; rejects when it is not sound. */
  query(expression: string): Promise<readonly unknown[]>;
  alerts(): Promise<readonly Alert[]>;
  stop(): Promise<void>;
}

/** Whether there is a server to start. */
export const hasPrometheus = spawnSync('prometheus', ['--version']).error === undefined;

const INTERVAL = '200ms';
const READY_WITHIN_MS = 15_000;

/** Starts it with these rules; `for` and the interval are shortened so that an alert fires at once. */
export async function startPrometheus(
  gatewayUrl: string,
  adminKey: string,
  rules: string,
): Promise<PrometheusServer> {
  const folder = mkdtempSync(join(tmpdir(), 'captcha-gateway-prometheus-'));
  writeFileSync(join(folder, 'alerts.yml'), rules.replace(/^( +)for: \d+m$/gm, '$1for: 0s'));
  const job = {
    job_name: 'captcha-gateway',
    authorization: { credentials: adminKey },
    static_configs: [{ targets: [new URL(gatewayUrl).host] }],
  };
  const config = {
    global: { scrape_interval: INTERVAL, scrape_timeout: INTERVAL, evaluation_interval: INTERVAL },
    rule_files: ['alerts.yml'],
    scrape_configs: [job],
  };
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const stop = () => end(child, folder);
  await untilReady(url, child).catch(async (error) => {
    await stop();
    throw error;
  });
  const ask = async (path: string) => {
    const { status, data, error } = jsonOf(await send(url, path));
    if (status !== 'success') throw new Error(String(error));
    return data as Readonly<Record<string, unknown>>;
  };
  return {
    query: async (expression) =>
      (await ask(`/api/v1/query?query=${encodeURIComponent(expression)}`)).result as readonly unknown[],
    alerts: async () => (await ask('/api/v1/alerts')).alerts as readonly Alert[],
    stop,
  };
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  for (;;) {
    const status = await send(url, '/-/ready').then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    if (child.exitCode !== null || Date.now() > until) throw new Error(`prometheus is not ready: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
