/** What we send each service is what it documents: its method or type, its fixed parameters, its names. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIELDS, type FieldName } from '../../src/core/fields.js';
import type { Provider } from '../../src/core/provider.js';
import { fieldsOf, type Kind } from '../../src/core/task.js';
import { loadFolder } from '../../src/registry.js';
import { valueAt } from '../../src/wire/rows.js';
import { fullTask, sampleTask } from '../support/sample-tasks.js';

interface Documented {
  readonly method?: string;
  readonly type?: string;
  readonly proxied?: string | null;
  readonly fixed: Readonly<Record<string, unknown>>;
  /** Our field to the service's name. A dot means nesting, `[*]` one parameter for each entry. */
  readonly names: Readonly<Partial<Record<FieldName, string>>>;
}

/** Source: the services' API pages and official clients, collected in November 2026. */
const documented: Readonly<Record<string, Readonly<Partial<Record<Kind, Documented>>>>> = JSON.parse(
  readFileSync(new URL('./documented.json', import.meta.url), 'utf8'),
);
const providers = await loadFolder<Provider>(new URL('../../providers/', import.meta.url));
const PROXY = {
  classic: ['proxy', 'proxytype'],
  json: ['proxyType', 'proxyAddress', 'proxyPort', 'proxyLogin', 'proxyPassword'],
};

/** The names a request holds, nested ones dotted. */
function namesIn(sent: object, isClassic: boolean): string[] {
  return Object.entries(sent).flatMap(([name, value]) => {
    const isGroup = ['metadata', 'initParameters'].includes(name) || Object.hasOwn(Object(value), 'rqdata');
    if (isClassic || !isGroup) return [name.replace(/\[.+\]$/, '[*]')];
    return Object.keys(value).map((inner) => `${name}.${inner}`);
  });
}

it('holds every service with an address of its own', () => {
  const ids = [...providers.values()].filter(({ baseUrl }) => baseUrl !== '').map(({ id }) => id);
  expect(Object.keys(documented).sort()).toEqual(ids.sort());
});

describe.each(Object.entries(documented))('%s', (id, kinds) => {
  const provider = providers.get(id) as Provider;
  const isClassic = provider.wire === 'classic';
  const sentOf = (task: ReturnType<typeof fullTask>): Record<string, unknown> => {
    const { form, json } = provider.submit.ask(task);
    return isClassic ? { ...form } : Object(valueAt(json, 'task'));
  };

  it('speaks the kinds that are documented, and no others', () => {
    expect([...provider.speaks].sort()).toEqual(Object.keys(kinds).sort());
  });

  it.each(Object.entries(kinds) as [Kind, Documented][])(
    '%s',
    (kind, { method, type, proxied, fixed, names }) => {
      const full = sentOf(fullTask(kind));
      const hasProxy = names.proxy !== undefined;
      const proxyNames = names.proxy === '@proxy.capsolver' ? ['proxy'] : PROXY[provider.wire];
      const known = Object.values(names).filter((name) => !name.startsWith('@'));
      const envelope = isClassic ? ['method', 'json'] : ['type'];
      const expected = new Set([
        ...envelope,
        ...Object.keys(fixed),
        ...known,
        ...(hasProxy ? proxyNames : []),
      ]);
      // The payload of v2 Enterprise goes where the wire has a place for its `s`.
      expect(namesIn(full, isClassic).filter((name) => !expected.has(name))).toEqual([]);
      expect([...expected].filter((name) => !namesIn(full, isClassic).includes(name))).toEqual([]);
      expect(full).toMatchObject(fixed);
      const task = sampleTask(kind);
      if (isClassic) expect(sentOf(task).method).toBe(method);
      else
        expect([sentOf(task).type, hasProxy ? full.type : null]).toEqual([type, hasProxy ? proxied : null]);
    },
  );

  it.each(Object.entries(kinds) as [Kind, Documented][])(
    '%s: refuses what is not documented, hints aside',
    (kind, { names }) => {
      const task = sampleTask(kind);
      const asPayload =
        kind === 'recaptcha_v2_enterprise' && names.dataS !== undefined ? ['enterprisePayload'] : [];
      for (const name of fieldsOf(kind).filter((field) => !FIELDS[field].isHint && field !== 'dataS')) {
        const isKnown = names[name] !== undefined || asPayload.includes(name);
        const given = { ...task, [name]: fullTask(kind)[name] };
        expect([name, provider.refuses(given)]).toEqual([name, isKnown ? undefined : `cannot pass ${name}`]);
      }
    },
  );
});
