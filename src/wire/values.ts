/** Values of unknown shape, as they come from clients and services. */

/** Whether a value is a plain object: neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses JSON text; undefined when it is none. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Any value as one word; empty for nothing. An object sent from outside may carry a `toString` that is none. */
export function wordOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? '[object]' : String(value);
}

/** A switch in any of the forms that clients use; false counts as not sent. */
export function asFlag(value: unknown): true | undefined {
  return value === true || value === 1 || /^(1|true|yes|on)$/i.test(wordOf(value)) ? true : undefined;
}

/** A number where the text is one; anything else unchanged, for the schema to complain about. */
export function asNumber(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return value;
  const number = Number(value.trim());
  return value.trim() !== '' && Number.isFinite(number) ? number : value;
}

/**
 * The value at a dotted path; undefined where the path ends early. Spelling must match exactly; `*` is the first
 * member under which the rest of the path is found, the empty path the root itself.
 */
export function valueAt(root: unknown, path: string): unknown {
  return path === '' ? root : memberAt(root, path.split('.'));
}

function memberAt(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  if (!isObject(value)) return undefined;
  if (name !== '*') return Object.hasOwn(value, name) ? memberAt(value[name], rest) : undefined;
  return Object.values(value)
    .map((member) => memberAt(member, rest))
    .find((found) => found !== undefined);
}

/** Puts a value at a dotted path, making the objects on the way; at the empty path its members join the root's. */
export function putAt(root: Record<string, unknown>, path: string, value: unknown): void {
  if (path === '') {
    Object.assign(root, value);
    return;
  }
  const names = path.split('.');
  const last = names.pop() ?? path;
  let target = root;
  for (const name of names) {
    const next = target[name];
    const nested: Record<string, unknown> = isObject(next) ? { ...next } : {};
    target[name] = nested;
    target = nested;
  }
  const held = target[last];
  target[last] = isObject(held) && isObject(value) ? { ...held, ...value } : value;
}

/** The body with a member's whole number as text where JSON.parse would round it: ids may exceed 2⁵³. */
export function keepBigNumber(body: string, member: string): string {
  const written = new RegExp(`("${member}"\\s*:\\s*)(\\d{16,})(?=\\s*[,}])`, 'g');
  return body.replace(written, (whole, name: string, digits: string) => {
    return Number.isSafeInteger(Number(digits)) ? whole : `${name}"${digits}"`;
  });
}
