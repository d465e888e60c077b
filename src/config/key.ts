/** Keys of clients and of the operator, which the gateway keeps only as hashes. */
import { createHash } from 'node:crypto';

const HASHED = /^sha256:([0-9a-f]{64})$/i;

/** SHA-256 of a configured key, as lower-case hex; `sha256:<hex>` is taken as it is. */
export function keySha256(key: string): string {
  return HASHED.exec(key)?.[1]?.toLowerCase() ?? createHash('sha256').update(key).digest('hex');
}
