/**
 * What a case file holds: a request as a client sends it, what becomes of it, and the answer word for word.
 * `{KEY}` stands for the client's key wherever it is written.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ErrorCode, Evidence } from '../../src/core/errors.js';
import type { Usage } from '../../src/core/gateway.js';
import type { TaskRecord } from '../../src/core/store.js';

export const KEY = 'c11e27000000000000000000000000a1';

export interface CaseRequest {
  /** POST where there is a body, GET where there is none. */
  readonly method?: string;
  /** As it goes out, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, in one of these forms; only `form` and `json` bring a Content-Type of their own. */
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  /** Joined with CRLF, as multipart is. */
  readonly lines?: readonly string[];
}

/** Members of the sample task that differ; a solution or an error makes it a finished one. */
export interface CaseRecord extends Partial<Omit<TaskRecord, 'error'>> {
  readonly error?: { readonly code: ErrorCode; readonly upstreamCode?: string; readonly detail?: string };
}

export interface CaseGateway {
  /** The task that a submit made or a poll names: 1200001. */
  readonly record?: CaseRecord;
  /** Other tasks of this client. */
  readonly others?: Readonly<Record<string, CaseRecord>>;
  /** Refuses the submit. */
  readonly throws?: { readonly code: ErrorCode } & Evidence;
  readonly balanceUsd?: number;
  /** What differs from a gateway that has done nothing yet, with one account without a limit. */
  readonly usage?: Partial<Usage>;
}

export interface CaseReply {
  readonly status?: number;
  /** The whole Content-Type. */
  readonly type: string;
  readonly text?: string;
  /** Every member there is; `"*"` stands for any text that is not empty. */
  readonly json?: unknown;
  /** Some members, where the rest is shown by other cases. */
  readonly members?: object;
  /** Null for a header that must not be there. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

export interface DialectCase {
  /** Who sends this, and what is at stake. */
  readonly about: string;
  readonly request: CaseRequest;
  /** The normalized task that reaches the gateway; null for a request that describes none. */
  readonly task?: object | null;
  readonly origin?: object;
  readonly options?: object;
  readonly gateway?: CaseGateway;
  /** Every call that reaches the gateway, in order. */
  readonly asked?: readonly string[];
  readonly reply: CaseReply;
}

export interface NamedCase extends DialectCase {
  readonly name: string;
}

/** The cases of a dialect, by file name. */
export function casesOf(dialect: string): readonly NamedCase[] {
  const folder = new URL(`cases/${dialect}/`, import.meta.url);
  const files = readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8').replaceAll('{KEY}', KEY);
    return { name: file.replace(/\.json$/, ''), ...(JSON.parse(text) as DialectCase) };
  });
}
