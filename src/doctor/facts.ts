/** Everything that an examination has gathered, and what may be concluded from it. */
import type { LoadedConfig } from '../config/load.js';
import type {
  CertificateFacts,
  ConfigFileFacts,
  LedgerFileFacts,
  MachineFacts,
  PortFacts,
  PostgresFacts,
  PublicUrlFacts,
  RunningFacts,
  ServiceFacts,
} from '../core/examination.js';

/** A part that is null was not examined, or is not there. */
export interface Facts {
  readonly now: number;
  /** Of this command. */
  readonly version: string;
  readonly file: ConfigFileFacts;
  /** The environment: which variables are set, and which of them to nothing. */
  readonly variables: Readonly<Record<string, 'set' | 'empty'>>;
  /** Null when the config has faults. */
  readonly loaded: LoadedConfig | null;
  readonly issues: readonly ConfigFault[];
  readonly machine: MachineFacts;
  readonly ports: readonly PortFacts[] | null;
  readonly certificate: CertificateFacts | null;
  readonly ledger: LedgerFileFacts | null;
  readonly postgres: PostgresFacts | null;
  readonly services: readonly ServiceFacts[] | null;
  readonly running: RunningFacts | null;
  readonly publicUrl: PublicUrlFacts | null;
}

/** One fault that keeps the config from being loaded. */
export interface ConfigFault {
  readonly path: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** `fault`: something does not work; `warning`: it will hurt one day; `note`: good to know. */
export type Severity = 'fault' | 'warning' | 'note';

/** One thing that a check has found. No text holds a key. */
export interface Found {
  /** Where in the config, or which machine, file or account. */
  readonly where: string;
  readonly what: string;
  readonly cause: string;
  /** One line: the path and the value to write, or the command to run. */
  readonly fix: string;
}

/** One kind of misconfiguration. */
export interface Check<Part> {
  readonly id: string;
  readonly severity: Severity;
  /** When it speaks, for the README. */
  readonly title: string;
  readonly find: (part: Part) => readonly Found[];
}

/** What a check concluded. */
export interface Finding extends Found {
  readonly id: string;
  readonly severity: Severity;
}

/** Checks about one thing. */
export interface Area {
  readonly title: string;
  readonly checks: readonly Pick<Check<never>, 'id' | 'severity' | 'title'>[];
  /** Null when nothing is known of it, undefined when it is not there. */
  judge(facts: Facts): readonly Finding[] | null | undefined;
}

/** An area whose checks all look at the same part of the facts; null where nobody looked, undefined where there is none. */
export function area<Part extends NonNullable<unknown>>(
  title: string,
  partOf: (facts: Facts) => Part | null | undefined,
  checks: readonly Check<Part>[],
): Area {
  return {
    title,
    checks,
    judge(facts) {
      const part = partOf(facts);
      if (part === null) return null;
      if (part === undefined) return undefined;
      return checks.flatMap(({ id, severity, find }) =>
        find(part).map((found) => ({ id, severity, ...found })),
      );
    },
  };
}
