/** Two or more sandbox providers and a gateway in front of them, opened for one test and closed after it. */
import { openSandbox } from '../../src/app.js';
import type { Sandbox, Script } from '../../src/sandbox/sandbox.js';
import { configFor, type GatewayInProcess, openGateway } from '../support/gateway-in-process.js';

export interface SceneOptions {
  /** What each provider does, in the order in which they are asked; two that are well unless told. */
  readonly scripts?: readonly Script[];
  /** Keys of the entries of `providers`, in the same order. */
  readonly entries?: readonly object[];
  /** Whole sections of the config. */
  readonly sections?: object;
}

export interface Scene {
  readonly gateway: GatewayInProcess;
  readonly url: string;
  readonly first: Sandbox;
  readonly second: Sandbox;
  close(): Promise<void>;
}

const WELL: Script = { solve: { default: { fixedMs: 10 } } };

/** Opens a scene; the caller closes it. */
export async function openScene({
  scripts = [{}, {}],
  entries = [],
  sections,
}: SceneOptions = {}): Promise<Scene> {
  const sandboxes = await Promise.all(
    scripts.map((script) => openSandbox({ script: { ...WELL, ...script } })),
  );
  const closeSandboxes = () => Promise.all(sandboxes.map((sandbox) => sandbox.close()));
  const accounts = sandboxes.map(({ url }, index) => {
    const { use, ...entry } = { use: 'classic', ...entries[index] };
    return { url, use, entry };
  });
  const [first, second = first] = sandboxes;
  try {
    if (!first || !second) throw new TypeError('A scene has at least one provider.');
    const gateway = await openGateway(configFor(accounts, sections));
    const close = async () => {
      await gateway.close();
      await closeSandboxes();
    };
    return { gateway, url: gateway.url, first, second, close };
  } catch (error) {
    await closeSandboxes();
    throw error;
  }
}
