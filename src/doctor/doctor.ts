/** Judges everything that was gathered: what is wrong, what is well, and what could not be seen. */
import { ACCOUNTS } from './areas/accounts.js';
import { CERTIFICATE, CERTIFICATE_FILES } from './areas/certificate.js';
import { CLIENTS } from './areas/clients.js';
import { CONFIG_FILE } from './areas/config-file.js';
import { KEYS } from './areas/keys.js';
import { LEDGER, LEDGER_CHOICE } from './areas/ledger.js';
import { CLOCK, MACHINE } from './areas/machine.js';
import { MEMORY } from './areas/memory.js';
import { POSTGRES, POSTGRES_DOOR } from './areas/postgres.js';
import { REACH } from './areas/reach.js';
import { ROUTING } from './areas/routing.js';
import { RUNNING, RUNNING_DOOR } from './areas/running.js';
import { PUBLIC_ADDRESS, PUBLIC_CALLS, SERVER } from './areas/server.js';
import type { Area, Facts, Finding, Severity } from './facts.js';

/** Every area, in the order of the report. */
export const AREAS: readonly Area[] = [
  CONFIG_FILE,
  KEYS,
  CLIENTS,
  ROUTING,
  MEMORY,
  MACHINE,
  CLOCK,
  SERVER,
  CERTIFICATE_FILES,
  CERTIFICATE,
  PUBLIC_ADDRESS,
  PUBLIC_CALLS,
  LEDGER_CHOICE,
  LEDGER,
  POSTGRES_DOOR,
  POSTGRES,
  REACH,
  ACCOUNTS,
  RUNNING_DOOR,
  RUNNING,
];

/** What was concluded in one area. */
export interface AreaReport {
  readonly area: string;
  readonly checks: number;
  readonly findings: number;
}

export interface Report {
  /** The gravest first, else in the order of the areas. */
  readonly findings: readonly Finding[];
  readonly examined: readonly AreaReport[];
  /** Areas that nothing is known of. */
  readonly unseen: readonly string[];
  readonly count: Readonly<Record<Severity, number>>;
}

const GRAVITY: readonly Severity[] = ['fault', 'warning', 'note'];

/** Judges the facts; the same facts give the same report. */
export function judge(facts: Facts): Report {
  const judged = AREAS.map(({ title, checks, judge: judgeArea }) => ({
    area: title,
    checks: checks.length,
    found: judgeArea(facts),
  }));
  const all = judged.flatMap(({ found }) => found ?? []);
  const findings = GRAVITY.flatMap((severity) => all.filter((finding) => finding.severity === severity));
  const countOf = (severity: Severity) => all.filter((finding) => finding.severity === severity).length;
  return {
    findings,
    examined: judged.flatMap(({ area, checks, found }) =>
      found ? [{ area, checks, findings: new Set(found.map(({ id }) => id)).size }] : [],
    ),
    unseen: judged.filter(({ found }) => found === null).map(({ area }) => area),
    count: { fault: countOf('fault'), warning: countOf('warning'), note: countOf('note') },
  };
}
