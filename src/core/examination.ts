/** What an examination finds around the gateway: plain facts that hold no key, judged elsewhere. */
import type { ErrorCode } from './errors.js';

/** The config file before anything in it is filled in. */
export interface ConfigFileFacts {
  readonly path: string;
  /** Whether the command line named it. */
  readonly isNamed: boolean;
  readonly state: 'read' | 'missing' | 'unreadable' | 'not-json';
  /** What is wrong with it when it is not read; empty otherwise. */
  readonly detail: string;
  /** Permissions, as in `chmod`; null where the system has none. */
  readonly mode: number | null;
  /** The JSON as it is written; undefined when it could not be read. */
  readonly written: unknown;
}

/** This machine and this process. */
export interface MachineFacts {
  readonly nodeVersion: string;
  /** Most files and sockets a process may have open; null where nobody says. */
  readonly openFiles: number | null;
  /** What the container or service may use; null for no limit. */
  readonly memoryLimitBytes: number | null;
  /** Names of the set environment variables that other programs take a proxy from. */
  readonly proxyVariables: readonly string[];
  /** Ports below need rights that this process has not; 0 where it may take any. */
  readonly firstFreePort: number;
  /** Every address of this machine. */
  readonly addresses: readonly string[];
}

/** What a folder's file system is, as far as it matters to a database. */
export type DiskSort = 'disk' | 'memory' | 'network' | 'container';

/** The database file of the embedded store, and where it is. */
export interface LedgerFileFacts {
  readonly path: string;
  /** The folder, or the nearest one above that is there. */
  readonly folder: string;
  readonly isFolderWritable: boolean;
  readonly disk: { readonly freeBytes: number; readonly sort: DiskSort } | null;
  /** Null before the first start. */
  readonly file: LedgerHead | null;
  /** Steps of the schema that this version knows. */
  readonly knownVersion: number;
}

/** What a database file says of itself. */
export interface LedgerHead {
  readonly isWritable: boolean;
  /** Permissions, as in `chmod`; null where the system has none. */
  readonly mode: number | null;
  readonly isDatabase: boolean;
  /** Whether a gateway made it. */
  readonly isOurs: boolean;
  readonly version: number;
  /** Whether another process has it. */
  readonly isHeld: boolean;
  /** Why it cannot be read; null when it can. */
  readonly damage: string | null;
}

/** The PostgreSQL server of the shared store. */
export type PostgresFacts =
  | {
      readonly status: 'answered';
      /** 160003 is 16.3. */
      readonly versionNumber: number;
      readonly isReadOnly: boolean;
      /** Whether the user may make the schema, or owns it. */
      readonly mayPrepare: boolean;
      /** Whether the schema of our name holds something else. */
      readonly isForeign: boolean;
      /** Null before the first start. */
      readonly version: number | null;
      readonly knownVersion: number;
      readonly freeConnections: number;
    }
  | {
      readonly status: 'failed';
      /** SQLSTATE, or the system's word. */
      readonly code: string;
      /** What to do about it, without the address. */
      readonly said: string;
    };

/** The operator's certificate. */
export type CertificateFacts =
  | { readonly status: 'unreadable'; readonly file: 'cert' | 'key'; readonly detail: string }
  | {
      readonly status: 'read';
      readonly validFrom: number;
      readonly validTo: number;
      readonly fitsKey: boolean;
      /** Null without a `publicUrl`. */
      readonly coversPublicUrl: boolean | null;
      /** Names and addresses that it is for. */
      readonly names: string;
      /** Certificates in the file. */
      readonly chainLength: number;
      readonly isSelfSigned: boolean;
      /** Permissions of the key's file; null where the system has none. */
      readonly keyMode: number | null;
    };

/** One port that the config asks for. */
export interface PortFacts {
  /** Where the config says so. */
  readonly path: 'server.port' | 'server.tls.port';
  readonly port: number;
  readonly state: 'free' | 'gateway' | 'other';
}

/** How a service's address was found and reached; nothing was asked of any account. */
export type ReachFacts =
  | {
      readonly status: 'reached';
      readonly addresses: readonly string[];
      /** Its `Date` header less this machine's clock; null when it sent none. */
      readonly skewMs: number | null;
    }
  | { readonly status: 'failed'; readonly addresses: readonly string[]; readonly code: string };

/** What an account has, or why nobody knows. */
export type BalanceFacts =
  | { readonly status: 'told'; readonly amount: number | null; readonly currency: string }
  | {
      readonly status: 'refused';
      readonly code: ErrorCode;
      /** The service's own word. */
      readonly word: string;
    }
  | { readonly status: 'silent'; readonly detail: string }
  | { readonly status: 'odd'; readonly looks: 'html' | 'redirect' | 'json' | 'text' | 'missing' };

/** One account of the config, asked. */
export interface ServiceFacts {
  readonly id: string;
  readonly baseUrl: string;
  readonly isPublic: boolean;
  readonly reach: ReachFacts;
  /** Null where nobody was asked. */
  readonly balance: BalanceFacts | null;
}

/** One account as a running gateway tells of it. */
export interface RunningProvider {
  readonly id: string;
  readonly use: string;
  readonly priority: number;
  readonly limit: number | null;
  readonly state: string;
  readonly cause: string | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly comesBack: string | null;
  readonly balanceUsd: number | null;
  readonly kinds: readonly { readonly kind: string; readonly p50Ms: number | null }[];
}

/** The gateway that runs, asked at its address. */
export interface RunningFacts {
  readonly url: string;
  /** Whether the command line named the address. */
  readonly isNamed: boolean;
  readonly state: 'gateway' | 'other' | 'silent';
  readonly isReady: boolean;
  /** HTTP status of `/status`; null when it was not asked or did not answer. */
  readonly told: number | null;
  /** Whether there was an admin key to send. */
  readonly hasKey: boolean;
  readonly version: string | null;
  readonly startedAt: string | null;
  readonly providers: readonly RunningProvider[];
  /** Callbacks that were given up. */
  readonly deadCallbacks: number;
}

/** How `server.publicUrl` answers from here. */
export interface PublicUrlFacts {
  readonly url: string;
  /** `gateway` when its calls arrive at one. */
  readonly state: 'gateway' | 'other' | 'failed';
  readonly detail: string;
}
