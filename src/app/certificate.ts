/** The certificate of the HTTPS door: the operator's, or one the gateway signs itself and keeps beside its ledger. */
import { createPublicKey, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, isAbsolute, join } from 'node:path';
import { FLAVOURS } from '../wire/flavours.js';

export interface Pem {
  readonly cert: string;
  readonly key: string;
}

export interface CertificatePlace {
  /** The operator's files, relative to the config file; absent for a certificate of our own. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The config file's folder. */
  readonly directory: string;
  /** Where the ledger is, relative to it. */
  readonly storePath: string;
  /** Where the gateway listens. */
  readonly host: string;
}

const DAY_MS = 86_400_000;
/** Apple's systems trust no certificate that lasts longer than 825 days. */
const VALID_DAYS = 820;
/** Renewed at a start this close to the end. */
const RENEW_DAYS = 30;

/** The PEM texts to serve with; a self-signed pair is made when there is none that still serves. */
export async function readCertificate(place: CertificatePlace, now: number): Promise<Pem> {
  const { cert, key, directory, storePath, host } = place;
  if (cert !== undefined && key !== undefined) {
    return {
      cert: readFileSync(within(directory, cert), 'utf8'),
      key: readFileSync(within(directory, key), 'utf8'),
    };
  }
  const folder = storePath === ':memory:' ? directory : dirname(within(directory, storePath));
  const files = { cert: join(folder, 'tls-cert.pem'), key: join(folder, 'tls-key.pem') };
  const names = namesOf(host);
  const kept = readKept(files, names, now);
  if (kept) return kept;
  const made = await selfSign(names, now);
  mkdirSync(folder, { recursive: true });
  writeWhole(files.key, made.key, 0o600);
  writeWhole(files.cert, made.cert, 0o644);
  return made;
}

function within(directory: string, path: string): string {
  return isAbsolute(path) ? path : join(directory, path);
}

/** A crash leaves the old file or the new one; the key is never readable to others, not even while it is written. */
function writeWhole(path: string, text: string, mode: number): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, text, { mode, flag: 'wx' });
  renameSync(draft, path);
}

/** Where the gateway is reached, and the services' names that a hosts file may lead to it. */
function namesOf(host: string): readonly string[] {
  const services = Object.values(FLAVOURS).flatMap(({ hosts }) => hosts);
  const isAny = host === '0.0.0.0' || host === '::';
  return [...new Set(['localhost', '127.0.0.1', '::1', ...(isAny ? [] : [host]), ...services])];
}

/** The pair of an earlier start, while it is readable, fits together, holds every name and is not about to expire. */
function readKept(files: Pem, names: readonly string[], now: number): Pem | undefined {
  try {
    const kept = { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
    const certificate = new X509Certificate(kept.cert);
    const isFit =
      certificate.publicKey.export({ type: 'spki', format: 'pem' }) === publicKeyOf(kept.key) &&
      Date.parse(certificate.validFrom) <= now &&
      Date.parse(certificate.validTo) > now + RENEW_DAYS * DAY_MS &&
      names.every((name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)));
    return isFit ? kept : undefined;
  } catch {
    return undefined;
  }
}

function publicKeyOf(pem: string): string {
  return String(createPublicKey(pem).export({ type: 'spki', format: 'pem' }));
}

/** RSA and SHA-256, which the oldest clients verify too. */
async function selfSign(names: readonly string[], now: number): Promise<Pem> {
  // Seldom needed, and slow to load.
  const { default: forge } = await import('node-forge');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = String(privateKey.export({ type: 'pkcs1', format: 'pem' }));
  const signer = forge.pki.privateKeyFromPem(key);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(signer.n, signer.e);
  // A first byte below 0x80 keeps the number positive.
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  // Clocks of clients may be behind.
  certificate.validity.notBefore = new Date(now - DAY_MS);
  certificate.validity.notAfter = new Date(now + VALID_DAYS * DAY_MS);
  const subject = [{ name: 'commonName', value: 'captcha-gateway' }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: names.map(toAltName) },
  ]);
  certificate.sign(signer, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key };
}

/** 2 and 7 are the DNS name and the IP address of RFC 5280. */
function toAltName(name: string): object {
  return isIP(name) ? { type: 7, ip: name } : { type: 2, value: name };
}
