/** The config as it is written: what stands in the file itself, and what it only names. */

/** One text of the file with its place, like `providers[0].apiKey`. */
export interface WrittenText {
  readonly path: string;
  readonly text: string;
}

/** Every text in the file, in its order. */
export function textsOf(value: unknown, path = ''): readonly WrittenText[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((child, index) => textsOf(child, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    textsOf(child, path === '' ? key : `${path}.${key}`),
  );
}

/** Variables that a text names and gives no default for. */
export function variablesOf(text: string): readonly string[] {
  const named = text.replaceAll('$${', '').matchAll(/\$\{([A-Za-z_]\w*)\}/g);
  return [...named].map(([, name = '']) => name);
}

/** Whether the text stands for a file's content. */
export function isFileReference(text: string): boolean {
  return /^@\.?\//.test(text);
}

/** Places of the config that hold a secret. */
const SECRET = /^(clients\[\d+\]\.key|providers\[\d+\]\.apiKey|admin\.key|callbacks\.secret|store\.url)$/;

/** Places where the file itself holds a secret: not a hash, a variable or a file's name. */
export function literalSecrets(value: unknown): readonly string[] {
  const literal = ({ text }: WrittenText) =>
    !text.includes('${') && !isFileReference(text) && !text.startsWith('sha256:');
  return textsOf(value)
    .filter((each) => SECRET.test(each.path) && literal(each))
    .map(({ path }) => path);
}
