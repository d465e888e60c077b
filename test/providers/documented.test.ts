/** What we send each service is what it documents: its method or type, its fixed parameters, its names. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FieldName } from '../../src/core/fields.js';
import type { Provider } from '../../src/core/provider.js';
import { fieldsOf, isDroppable, type Kind, parseTask, type Task } from '../../src/core/task.js';
import { valueAt } from '../../src/wire/values.js';
import { fullTask } from '../support/sample-tasks.js';
import { providers, smallestTask, subjects } from './subjects.js';

interface Documented {
  readonly method?: string;
  /** Without the caller's proxy; null where there is no such type. */
  readonly type?: string | null;
  readonly proxied?: string | null;
  readonly fixed: Readonly<Record<string, unknown>>;
  /** Our field to the service's name. A dot means nesting, `[*]` one parameter for each entry, `#` a number. */
  readonly names: Readonly<Partial<Record<FieldName, string>>>;
}

/** One file for each service and wire; anybody can add a kind or correct a name there. */
interface DocumentedService {
  readonly provider: string;
  readonly wire: 'classic' | 'json';
  readonly sources: readonly string[];
  readonly kinds: Readonly<Partial<Record<Kind, Documented>>>;
}

const folder = new URL('./documented/', import.meta.url);
const documented = readdirSync(folder).map((file): [string, DocumentedService] => {
  return [file, JSON.parse(readFileSync(new URL(file, folder), 'utf8'))];
});

const SPLIT = ['proxyType', 'proxyAddress', 'proxyPort', 'proxyLogin', 'proxyPassword'];
const PROXY: Readonly<Record<string, readonly string[]>> = {
  '@proxy.classic': ['proxy', 'proxytype'],
  '@proxy.split': SPLIT,
  '@proxy.capsolver': ['proxy'],
  '@proxy.url': ['proxy'],
};
const GROUPS: ReadonlySet<string> = new Set(['metadata', 'initParameters', 'rqData']);

/** The names a request holds, nested ones dotted, numbered ones with a `#`. */
function namesIn(sent: object, isClassic: boolean, known: readonly string[]): string[] {
  const names = Object.entries(sent).flatMap(([name, value]) => {
    if (isClassic) return [name.replace(/\[.+\]$/, '[*]').replace(/^(part|image_base64_)\d$/, '$1#')];
    const isGroup = (GROUPS.has(name) && !known.includes(name)) || Object.hasOwn(Object(value), 'rqdata');
    return isGroup ? Object.keys(value).map((inner) => `${name}.${inner}`) : [name];
  });
  return [...new Set(names)];
}

/** The payload of v2 Enterprise goes where the wire has a place for its `s`. */
function isTaken(name: string, names: Documented['names']): boolean {
  if (name === 'enterprisePayload' && names.dataS !== undefined) return true;
  return Object.hasOwn(names, name);
}

/** A task with everything that is documented, and nothing else that the kind may have. */
function allTaken(kind: Kind, names: Documented['names']): Task {
  const { kind: _kind, passed: _passed, ...fields } = fullTask(kind);
  const taken = Object.entries(fields).filter(([name]) => isTaken(name, names));
  return parseTask(kind, Object.fromEntries(taken));
}

it('holds every service with an address of its own, over each of the old wires it speaks', () => {
  const old = subjects.filter(([, { baseUrl, wire }]) => baseUrl !== '' && /^(classic|json)$/.test(wire));
  const files = old.map(([, { id, wire }]) => `${id}.${wire}.json`);
  expect(documented.map(([file]) => file).sort()).toEqual(files.sort());
});

describe.each(documented)('%s', (_file, { provider: id, wire, sources, kinds }) => {
  const own = providers.get(id);
  const provider = (own?.wire === wire ? own : own?.over?.[wire]) as Provider;
  const isClassic = wire === 'classic';
  const sentOf = (task: Task): Record<string, unknown> => {
    const { form, json } = provider.submit.ask(task);
    return isClassic ? { ...form } : Object(valueAt(json, 'task'));
  };
  const rows = (Object.entries(kinds) as [Kind, Documented][]).filter(([kind]) =>
    provider.speaks.includes(kind),
  );

  it('names its sources, and every kind that is spoken', () => {
    expect(sources.length).toBeGreaterThan(0);
    expect(provider.speaks.filter((kind) => !kinds[kind])).toEqual([]);
  });

  it.each(rows)('%s', (kind, { method, type, proxied, fixed, names }) => {
    const full = sentOf(allTaken(kind, names));
    const proxyNames = names.proxy === undefined ? [] : (PROXY[names.proxy] ?? []);
    const known = Object.values(names).filter((name) => !name.startsWith('@'));
    const envelope = isClassic ? ['json', ...(method ? ['method'] : [])] : ['type'];
    const expected = new Set([...envelope, ...Object.keys(fixed), ...known, ...proxyNames]);
    expect(namesIn(full, isClassic, known).filter((name) => !expected.has(name))).toEqual([]);
    expect([...expected].filter((name) => !namesIn(full, isClassic, known).includes(name))).toEqual([]);
    for (const [name, value] of Object.entries(fixed)) {
      if (!known.includes(name)) expect([name, valueAt(full, name)]).toEqual([name, value]);
    }
    if (isClassic) expect(full.method ?? '').toBe(method);
    else expect(full.type).toBe(names.proxy === undefined ? type : proxied);
    if (typeof type === 'string') expect(sentOf(smallestTask(provider, kind)).type).toBe(type);
  });

  it.each(rows)('%s: refuses what is not documented, hints aside', (kind, { names }) => {
    const task = smallestTask(provider, kind);
    for (const name of fieldsOf(kind).filter((field) => !isDroppable(kind, field) && field !== 'dataS')) {
      const given = { ...task, [name]: fullTask(kind)[name] };
      const refusal = isTaken(name, names) ? undefined : `cannot pass ${name}`;
      expect([name, provider.refuses(given)]).toEqual([name, refusal]);
    }
  });
});
