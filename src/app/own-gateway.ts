/** A gateway for one errand: the accounts of a config, a ledger in a temporary folder, a free loopback port. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../app.js';
import { keySha256 } from '../config/key.js';
import type { LoadedConfig } from '../config/load.js';

export interface OwnGateway {
  readonly url: string;
  /** The key of its only client. */
  readonly key: string;
  /** Ends it and removes its ledger. */
  close(): Promise<void>;
}

/** Nobody else can ask it: its keys are made up. Accounts call nobody back, and its log goes nowhere. */
export async function openOwnGateway(loaded: LoadedConfig): Promise<OwnGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'captcha-gateway-check-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const key = randomBytes(16).toString('hex');
  const adminKey = randomBytes(16).toString('hex');
  const { config, accounts } = loaded;
  const { retention } = config.store;
  const server = { ...config.server, host: '127.0.0.1', port: 0, tls: undefined, publicUrl: undefined };
  const path = join(folder, 'gateway.db');
  try {
    const gateway = await startGateway({
      configPath: '',
      env: {},
      logTo: { write() {} },
      loaded: {
        config: {
          ...config,
          server,
          admin: { key: adminKey },
          store: { use: 'sqlite', path, durability: 'process', retention },
        },
        accounts: accounts.map((account) => ({ ...account, callsBack: false })),
        clients: [{ id: 'check', keySha256: keySha256(key), holdMs: config.polling.holdMs }],
        directory: folder,
      },
    });
    const close = async () => {
      await gateway.close();
      remove();
    };
    return { url: gateway.url, key, close };
  } catch (error) {
    remove();
    throw error;
  }
}
