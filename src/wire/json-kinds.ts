/** How createTask spells each kind: 2Captcha's form, and every other service's names as alternatives to read. */
import type { Member } from '../core/solution.js';
import type { Kind, Task } from '../core/task.js';
import { JSON_IMAGES } from './json-images.js';
import { JSON_TOKENS } from './json-tokens.js';
import { JSON_VENDORS } from './json-vendors.js';
import type { Answer, Row } from './rows.js';
import type { SentFields } from './sent-fields.js';

/** What a client that asked under another type name expects of the solution. */
export interface JsonForm {
  readonly answer: Answer;
  readonly says?: Readonly<Partial<Record<Member, (value: unknown, task: Task) => unknown>>>;
}

export interface JsonRow extends Row {
  /** The type name without the caller's proxy; null where the kind needs one. */
  readonly type: string | null;
  /** The type name with it; null where there is none. */
  readonly proxied: string | null;
  /**
   * Other type names that mean the same, proxied or not; case never matters. Where one type serves many vendors,
   * the member that tells them apart follows a slash: `CustomTask/Basilisk`.
   */
  readonly alsoTypes?: readonly string[];
  /** Members always sent with this kind; a dot means nesting. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  /** Tells this kind from others of the same type. */
  readonly is?: (sent: SentFields, flavour: string | undefined) => boolean;
  /** Members that we say a second time under another name, because clients look in either place. */
  readonly repeats?: Readonly<Record<string, string>>;
  /** By type name in lower case. */
  readonly forms?: Readonly<Record<string, JsonForm>>;
}

export const JSON_KINDS: Readonly<Partial<Record<Kind, JsonRow>>> = {
  ...JSON_IMAGES,
  ...JSON_TOKENS,
  ...JSON_VENDORS,
};
