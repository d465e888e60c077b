/** Signs what is sent to a client's server, as standardwebhooks.com has it. */
import { createHmac } from 'node:crypto';

export interface Signed {
  /** The same at every try. */
  readonly id: string;
  /** In ms since 1970; sent in seconds. */
  readonly at: number;
  readonly body: string;
}

const PREFIX = 'whsec_';

/** The three headers; the signature only with a secret (`whsec_` and base64) and where there is a body to sign. */
export function webhookHeaders({ id, at, body }: Signed, secret?: string): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === undefined || body === '') return headers;
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}
