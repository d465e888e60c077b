/** A gateway in the test's own process whose config file stays there to be changed. */
import { renameSync, writeFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { openSandbox, startGateway } from '../../src/app.js';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.js';
import { ADMIN_KEY, type LogLine, writeConfig } from '../support/gateway-in-process.js';
import { type Answer, jsonOf, send } from '../support/http.js';

export const OPERATOR = { authorization: `Bearer ${ADMIN_KEY}` };

/** A service that is well, for this test. */
export async function openWell(options: SandboxOptions = {}): Promise<Sandbox> {
  const script = { solve: { default: { fixedMs: 10 } }, ...options.script };
  const sandbox = await openSandbox({ ...options, script });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** Writes a file as editors do: another one first, and then that one over it. */
export function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** Starts a gateway for this test. */
export async function openReloadable(config: object) {
  const folder = writeConfig({ ...config, store: { path: ':memory:' } });
  onTestFinished(folder.remove);
  const written: string[] = [];
  const logTo = { write: (line: string) => void written.push(line) };
  const gateway = await startGateway({ configPath: folder.configPath, env: {}, logTo });
  onTestFinished(() => gateway.close());
  const { url } = gateway;
  return {
    url,
    folder,
    write: (next: object | string) => {
      const text = typeof next === 'string' ? next : JSON.stringify({ ...next, store: { path: ':memory:' } });
      replaceFile(folder.configPath, text);
    },
    /** `POST /admin/reload` as the operator. */
    reload: (): Promise<Answer> => send(url, '/admin/reload', { method: 'POST', headers: OPERATOR }),
    lines: (event: string) =>
      written.map((line): LogLine => JSON.parse(line)).filter((line) => line.event === event),
    text: () => written.join(''),
    metric: async (name: string) => {
      const { text } = await send(url, '/metrics', { headers: OPERATOR });
      return text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')[1];
    },
    status: async () => jsonOf(await send(url, '/status', { headers: OPERATOR })),
  };
}
