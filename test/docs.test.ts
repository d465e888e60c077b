/** The README against the code, both ways. `UPDATE_DOCS=1 npx vitest run test/docs.test.ts` writes the tables anew. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeKeys } from '../src/config/outline.js';
import { ERROR_POLICY } from '../src/core/errors.js';
import { Events } from '../src/core/events.js';
import { factsOf, KIND_NAMES } from '../src/core/task.js';
import { AREAS } from '../src/doctor/doctor.js';
import { openMetrics } from '../src/ops/metrics.js';
import { FLAVOURS } from '../src/wire/flavours.js';

const path = new URL('../README.md', import.meta.url);
const readme = () => readFileSync(path, 'utf8');

const TABLES: Readonly<Record<string, () => string>> = {
  errors: () => {
    const rows = Object.entries(ERROR_POLICY).map(
      ([code, { http, title }]) => `| \`${code}\` | ${http} | ${title} |`,
    );
    return ['| code | HTTP | meaning |', '|---|---|---|', ...rows].join('\n');
  },
  kinds: () => {
    const rows = KIND_NAMES.map((kind) => {
      const { title, required, oneOf = [], solution } = factsOf(kind);
      const needs = [...required, ...(oneOf.length > 0 ? [oneOf.join('` or `')] : [])];
      return `| \`${kind}\` | ${title} | ${needs.map((name) => `\`${name}\``).join(', ')} | \`${solution[0]}\` |`;
    });
    return ['| kind | what it is | must carry | solution |', '|---|---|---|---|', ...rows].join('\n');
  },
  doctor: () => {
    const rows = AREAS.flatMap(({ checks }) =>
      checks.map(({ id, severity, title }) => `| \`${id}\` | ${severity} | ${title} |`),
    );
    return ['| id | severity | found when |', '|---|---|---|', ...rows].join('\n');
  },
  bench: () => {
    const results = readFileSync(new URL('./bench/results/submit.md', import.meta.url), 'utf8');
    return /(\|[^\n]*\|\n)+/.exec(results)?.[0].trim() ?? '';
  },
  metrics: () => {
    const events = new Events(Date.now, () => {});
    const metrics = openMetrics({ events, gauges: () => ({ inFlight: 0, held: 0, providers: [] }) });
    metrics.close();
    const rows = metrics.describe().map(({ name, type, labels, help }) => {
      return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
    });
    return ['| metric | type | labels | meaning |', '|---|---|---|---|', ...rows].join('\n');
  },
  config: () => {
    const rows = describeKeys().map(({ path: key, type, default: fallback, description }) => {
      const shown = fallback === '' || fallback === 'required' ? fallback : `\`${fallback}\``;
      return `| \`${key}\` | ${type.replaceAll('|', '\\|')} | ${shown} | ${description} |`;
    });
    return ['| key | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
  },
};

function between(name: string): RegExp {
  return new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
}

describe('the README', () => {
  it.each(Object.keys(TABLES))('has the table of %s as the code has it', (name) => {
    const table = TABLES[name]?.() ?? '';
    const fresh = readme().replace(
      between(name),
      (_all, open: string, close: string) => `${open}${table}\n${close}`,
    );
    if (process.env.UPDATE_DOCS) writeFileSync(path, fresh);
    expect(readme()).toBe(fresh);
    expect(readme()).toContain(table);
  });

  it('says nothing twice: no route and no command has two rows, no sentence stands in two paragraphs', () => {
    const lines = readme().split('\n');
    const rows = lines.flatMap(
      (line) => /^\| (`(?:[A-Z]+ )?\/[^|]*|`captcha-gateway [^|]*) \|/.exec(line)?.[1] ?? [],
    );
    const sentences = lines.filter((line) => !/^[|{}]/.test(line)).flatMap((line) => line.split(/(?<=\.) /));
    const long = sentences.filter((sentence) => sentence.length > 60);
    expect(rows.length).toBeGreaterThan(20);
    expect([...rows, ...long].filter((text, index, all) => all.indexOf(text) !== index)).toEqual([]);
  });

  it('names every kind and every flavour', () => {
    for (const name of [...KIND_NAMES, ...Object.keys(FLAVOURS)]) expect(readme()).toContain(name);
  });

  it('names every event of the stream and no other', () => {
    const source = readFileSync(new URL('../src/ops/event-sayings.ts', import.meta.url), 'utf8');
    const told = new Set(
      [...source.matchAll(/'((?:task|attempt|breaker|balance|config)-[a-z]+|failover)'/g)].map(
        ([, name]) => name,
      ),
    );
    told.delete('attempt-ended');
    told.delete('task-ended');
    told.add('failover');
    const table = /\| event \|[\s\S]*?\n\n/.exec(readme())?.[0] ?? '';
    const rows = table
      .split('\n')
      .slice(2)
      .map((row) => row.split('|')[1] ?? '');
    const named = rows.flatMap((cell) => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));
    expect(named.sort()).toEqual([...told].sort());
  });

  it('names every command and no other', () => {
    const commands = readdirSync(new URL('../src/cli/', import.meta.url)).map((file) =>
      file.replace(/\.ts$/, ''),
    );
    const named = new Set([...readme().matchAll(/`captcha-gateway (\w+)/g)].map(([, name]) => name));
    expect([...named].sort()).toEqual(commands.sort());
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    const named = [...readme().matchAll(/npm (?:run (\w+)|(test|start))/g)].map(
      ([, run, plain]) => run ?? plain,
    );
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
});
