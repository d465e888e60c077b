/** Looks at the config file and at the certificate, as they are. */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { isAbsolute, join } from 'node:path';
import { readJson } from '../../config/json-text.js';
import type { LoadedConfig } from '../../config/load.js';
import { reasonOf } from '../../config/references.js';
import type { CertificateFacts, ConfigFileFacts } from '../../core/examination.js';

/** The config file before anything in it is filled in. */
export function examineConfigFile(path: string, isNamed: boolean): ConfigFileFacts {
  const mode = modeOf(path);
  const unread = { path, isNamed, mode, detail: '', written: undefined };
  try {
    const reading = readJson(readFileSync(path, 'utf8'));
    if ('value' in reading) return { ...unread, state: 'read', written: reading.value };
    const { line, column, message } = reading.fault;
    return { ...unread, state: 'not-json', detail: `line ${line}, column ${column}: ${message}` };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { ...unread, state: isMissing ? 'missing' : 'unreadable', detail: reasonOf(error) };
  }
}

/** The operator's certificate; null where there is none to look at. */
export function examineCertificate({ config, directory }: LoadedConfig): CertificateFacts | null {
  const { tls, publicUrl } = config.server;
  if (tls?.cert === undefined || tls.key === undefined) return null;
  const within = (path: string) => (isAbsolute(path) ? path : join(directory, path));
  const cert = attempt(() => parseChain(readFileSync(within(tls.cert ?? ''), 'utf8')));
  if ('detail' in cert) return { status: 'unreadable', file: 'cert', detail: cert.detail };
  const key = attempt(() => spki(readFileSync(within(tls.key ?? ''), 'utf8')));
  if ('detail' in key) return { status: 'unreadable', file: 'key', detail: key.detail };
  const { leaf, length } = cert.value;
  return {
    status: 'read',
    validFrom: Date.parse(leaf.validFrom),
    validTo: Date.parse(leaf.validTo),
    fitsKey: String(leaf.publicKey.export({ type: 'spki', format: 'pem' })) === key.value,
    coversPublicUrl: publicUrl === undefined ? null : covers(leaf, new URL(publicUrl).hostname),
    names: leaf.subjectAltName?.replaceAll(/(?:DNS|IP Address):/g, '') ?? leaf.subject,
    chainLength: length,
    isSelfSigned: leaf.issuer === leaf.subject,
    keyMode: modeOf(within(tls.key)),
  };
}

function parseChain(pem: string): { readonly leaf: X509Certificate; readonly length: number } {
  return { leaf: new X509Certificate(pem), length: pem.split('-----BEGIN CERTIFICATE-----').length - 1 };
}

function spki(pem: string): string {
  return String(createPublicKey(pem).export({ type: 'spki', format: 'pem' }));
}

function covers(certificate: X509Certificate, hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined;
}

/** What a parser says of a key is left out: it may quote it. */
function attempt<Value>(work: () => Value): { readonly value: Value } | { readonly detail: string } {
  try {
    return { value: work() };
  } catch (error) {
    const isFile = error instanceof Error && 'syscall' in error;
    return { detail: isFile ? reasonOf(error) : 'it is not PEM' };
  }
}

function modeOf(path: string): number | null {
  if (process.platform === 'win32') return null;
  try {
    return statSync(path).mode & 0o777;
  } catch {
    return null;
  }
}
