/** A config that cannot be used, with everything that is wrong with it. */

export type Path = readonly PropertyKey[];

/** One fault while it is being found. */
export interface Fault {
  readonly path: Path;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** One fault as it is told: `path` is like `providers[0].apiKey`, empty for the file as a whole. */
export interface ConfigIssue {
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

/** The config cannot be used; `issues` holds everything that is wrong, `message` one line for each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly issues: readonly ConfigIssue[];

  constructor(faults: readonly Fault[]) {
    const issues = firstOfEachPath(faults);
    super(issues.map(line).join('\n'));
    this.issues = issues;
  }
}

function line({ path, message, hint }: ConfigIssue): string {
  return `${path || 'config'}: ${message}${hint === undefined ? '' : `; ${hint}`}`;
}

/** A second fault at one place mostly follows from the first. */
function firstOfEachPath(faults: readonly Fault[]): ConfigIssue[] {
  const issues = new Map<string, ConfigIssue>();
  for (const { path, message, hint } of faults) {
    const written = formatPath(path);
    if (issues.has(written)) continue;
    issues.set(written, { path: written, message, ...(hint === undefined ? {} : { hint }) });
  }
  return [...issues.values()];
}

/** `providers[0].apiKey`; keys that are not plain words stand in brackets. */
export function formatPath(path: Path): string {
  return path.reduce<string>((written, key) => {
    if (typeof key === 'number') return `${written}[${key}]`;
    const name = String(key);
    if (!/^[\w$]+$/.test(name)) return `${written}[${JSON.stringify(name)}]`;
    return written === '' ? name : `${written}.${name}`;
  }, '');
}
