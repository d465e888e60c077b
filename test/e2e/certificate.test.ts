/** The self-signed certificate: made once, kept beside the ledger, made anew when it no longer serves. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCertificate } from '../../src/app/certificate.js';
import { FLAVOURS } from '../../src/wire/flavours.js';

const NOW = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'captcha-gateway-tls-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function read(now = NOW, more: object = {}) {
  return readCertificate({ directory, storePath: 'data/gateway.db', host: '127.0.0.1', ...more }, now);
}

describe('a certificate of our own', () => {
  it('is written beside the ledger, the key for nobody else', async () => {
    const { cert, key } = await read();
    const data = join(directory, 'data');
    expect(readdirSync(data).sort()).toEqual(['tls-cert.pem', 'tls-key.pem']);
    expect(readFileSync(join(data, 'tls-cert.pem'), 'utf8')).toBe(cert);
    expect(readFileSync(join(data, 'tls-key.pem'), 'utf8')).toBe(key);
    expect(statSync(join(data, 'tls-key.pem')).mode & 0o777).toBe(0o600);
  });

  it('is valid for every name that a client may ask for, and for a while', async () => {
    const certificate = new X509Certificate((await read(NOW, { host: 'gateway.lan' })).cert);
    const services = Object.values(FLAVOURS).flatMap(({ hosts }) => hosts);
    const names = ['localhost', 'gateway.lan', ...services];
    expect(names.filter((name) => certificate.checkHost(name) === undefined)).toEqual([]);
    expect(['127.0.0.1', '::1'].map((ip) => certificate.checkIP(ip))).toEqual(['127.0.0.1', '::1']);
    expect(certificate.checkHost('example.com')).toBeUndefined();
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(Date.parse(certificate.validFrom)).toBeLessThan(NOW);
    expect((Date.parse(certificate.validTo) - NOW) / DAY_MS).toBe(820);
  });

  it('is the same at the next start', async () => {
    const first = await read();
    expect(await read(NOW + DAY_MS)).toEqual(first);
  });

  it.each([
    ['it is about to expire', () => read(NOW + 800 * DAY_MS)],
    ['it was made for another host', () => read(NOW, { host: '192.0.2.7' })],
    ['the clock was wrong when it was made', () => read(NOW - 30 * DAY_MS)],
    ['the file is damaged', () => damage('tls-cert.pem', 'nonsense')],
    ['the key is gone', () => damage('tls-key.pem', '')],
  ])('is made anew when %s', async (_why, readAgain) => {
    const first = await read();
    const second = await readAgain();
    expect(second.cert).not.toBe(first.cert);
    expect(readFileSync(join(directory, 'data/tls-cert.pem'), 'utf8')).toBe(second.cert);
  });

  function damage(file: string, text: string) {
    writeFileSync(join(directory, 'data', file), text);
    return read();
  }

  it('is made anew when the key is that of another certificate', async () => {
    const first = await read();
    const other = await read(NOW, { storePath: 'other/gateway.db' });
    writeFileSync(join(directory, 'data/tls-key.pem'), other.key);
    expect((await read()).cert).not.toBe(first.cert);
  });

  it('lies beside the config file when the ledger is in memory', async () => {
    await read(NOW, { storePath: ':memory:' });
    expect(readdirSync(directory).sort()).toEqual(['tls-cert.pem', 'tls-key.pem']);
  });
});

describe('the operator’s certificate', () => {
  it('is read from the config file’s folder and left alone', async () => {
    writeFileSync(join(directory, 'c.pem'), 'chain');
    writeFileSync(join(directory, 'k.pem'), 'key');
    const pem = await read(NOW, { cert: 'c.pem', key: join(directory, 'k.pem') });
    expect(pem).toEqual({ cert: 'chain', key: 'key' });
    expect(readdirSync(directory).sort()).toEqual(['c.pem', 'k.pem']);
  });
});
