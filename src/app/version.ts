/** Which version this is. */
import { readFileSync } from 'node:fs';

/** Of this program. */
export function packageVersion(): string {
  for (const place of ['../../package.json', '../../../package.json']) {
    try {
      return String(JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')).version);
    } catch {
      // Built files lie one folder deeper than the sources.
    }
  }
  return 'unknown';
}
