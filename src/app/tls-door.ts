/** The certificate of the HTTPS door while it serves: read again with every reload, and taken by the next connection. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import { ConfigError } from '../config/config-error.js';
import type { LoadedConfig } from '../config/load.js';
import { reasonOf } from '../config/references.js';
import { type CertificatePlace, type Pem, readCertificate } from './certificate.js';
import { ledgerPath } from './ledger.js';
import type { Prepared } from './reload.js';

/** Where the certificate of a config is. */
export function certificatePlace({ config, directory }: LoadedConfig): CertificatePlace {
  const { tls, host } = config.server;
  return { ...tls, directory, storePath: ledgerPath(config), host };
}

/** The operator's own PEM files. */
export function pemFiles({ config: { server }, directory }: LoadedConfig): readonly string[] {
  const { cert, key } = server.tls ?? {};
  return [cert, key].flatMap((path) => (path === undefined ? [] : [resolve(directory, path)]));
}

export class TlsDoor {
  constructor(
    private serving: Pem,
    private readonly renew: (pem: Pem) => void,
  ) {}

  /** The certificate as it is now, ready to be served. @throws ConfigError when it cannot be. */
  async prepare(next: LoadedConfig, now: number): Promise<Prepared> {
    const pem = await readPem(next, now);
    const changed = (['cert', 'key'] as const).filter((name) => pem[name] !== this.serving[name]);
    if (changed.length === 0) return { apply: () => {} };
    return {
      changed: changed.map((name) => `server.tls.${name}`),
      apply: () => {
        this.renew(pem);
        this.serving = pem;
      },
    };
  }
}

async function readPem(next: LoadedConfig, now: number): Promise<Pem> {
  try {
    const pem = await readCertificate(certificatePlace(next), now);
    checkPair(pem);
    return pem;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw fault('cert', `or server.tls.key cannot be read: ${reasonOf(error)}`);
  }
}

function checkPair({ cert, key }: Pem): void {
  const certificate = parsed('cert', () => new X509Certificate(cert));
  const privateKey = parsed('key', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) throw fault('key', 'does not belong to the certificate');
}

function parsed<Result>(name: 'cert' | 'key', parse: () => Result): Result {
  try {
    return parse();
  } catch {
    throw fault(name, 'is not a readable PEM file');
  }
}

function fault(name: 'cert' | 'key', message: string): ConfigError {
  return new ConfigError([{ path: ['server', 'tls', name], message }]);
}
