/** Reads what this process may use of its machine. */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { MachineFacts } from '../../core/examination.js';

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'] as const;
/** Bit of CAP_NET_BIND_SERVICE: see `man 7 capabilities`. */
const BIND_SERVICE = 10n;
/** Of Linux, which other systems follow. */
const FIRST_FREE_PORT = 1_024;
/** cgroups say "no limit" with figures that no machine has. */
const MOST_BYTES = 2 ** 50;

/** This machine, as far as it says; what it does not say is null. */
export function examineMachine(env: Readonly<Record<string, string | undefined>>): MachineFacts {
  const limits = textOf('/proc/self/limits');
  const openFiles = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
  const bytes = process.constrainedMemory();
  return {
    nodeVersion: process.versions.node,
    openFiles: Number.isFinite(openFiles) ? openFiles : null,
    memoryLimitBytes: bytes > 0 && bytes < MOST_BYTES ? bytes : null,
    proxyVariables: PROXIES.flatMap((name) => [name, name.toLowerCase()]).filter((name) => env[name]),
    firstFreePort: mayBindAny() ? 0 : firstFreePort(),
    addresses: Object.values(networkInterfaces()).flatMap((each) =>
      (each ?? []).map(({ address }) => address),
    ),
  };
}

function mayBindAny(): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return true;
  const capabilities = /^CapEff:\s+([0-9a-f]+)/m.exec(textOf('/proc/self/status'))?.[1];
  if (capabilities === undefined) return process.getuid?.() === 0;
  return ((BigInt(`0x${capabilities}`) >> BIND_SERVICE) & 1n) === 1n;
}

function firstFreePort(): number {
  return Number(textOf('/proc/sys/net/ipv4/ip_unprivileged_port_start').trim() || FIRST_FREE_PORT);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
