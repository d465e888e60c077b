/** Asks the gateway that the page came from. Paths are relative, so a proxy may put the gateway below a folder. */

/** The gateway wants to know who asks. */
export class Denied extends Error {}

/** The gateway has answered, and refused. */
export class Refused extends Error {}

const ANSWER_WITHIN_MS = 10_000;

/** The gateway's clock minus this browser's, in ms; known to the second. */
let skewMs = 0;

/** The time at the gateway. */
export function now(): number {
  return Date.now() + skewMs;
}

/** The answer's JSON. @throws Denied, Refused, or whatever fetch throws when nobody answers. */
export async function ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(path, {
    ...init,
    headers: { accept: 'application/json', ...init.headers },
    cache: 'no-store',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  setClock(response.headers.get('date'));
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Answer;
  const detail = await detailOf(response);
  throw response.status === 401 ? new Denied(detail) : new Refused(detail);
}

/** Sends JSON. */
export function tell<Answer>(path: string, body: object, method = 'POST'): Promise<Answer> {
  return ask(path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
}

function setClock(date: string | null): void {
  const theirs = Date.parse(date ?? '');
  // The header has no fractions of a second: less than two are no difference.
  if (!Number.isNaN(theirs) && Math.abs(theirs - Date.now()) > 2_000) skewMs = theirs - Date.now();
  else skewMs = 0;
}

async function detailOf(response: Response): Promise<string> {
  try {
    const { detail } = await response.json();
    return typeof detail === 'string' ? detail : `HTTP ${response.status}`;
  } catch {
    return `HTTP ${response.status}`;
  }
}
