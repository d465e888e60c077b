/** What we send the services with a wire of their own is what they document: type or path, part, names. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import bestcaptchasolver from '../../providers/bestcaptchasolver.js';
import deathbycaptcha from '../../providers/deathbycaptcha.js';
import type { FieldName } from '../../src/core/fields.js';
import { fieldsOf, isDroppable, type Kind, type Task } from '../../src/core/task.js';
import { SAMPLE_FIELDS, sampleFields, sampleTask } from '../support/sample-tasks.js';

interface Documented {
  /** DeathByCaptcha's part with the inputs; null where each is a part of its own. */
  readonly params?: string | null;
  readonly path?: string;
  readonly type?: string | number;
  /** Our field to the service's name. A dot means nesting. */
  readonly names: Readonly<Partial<Record<FieldName, string>>>;
}

interface Service {
  readonly provider: string;
  readonly sources: readonly string[];
  readonly kinds: Readonly<Partial<Record<Kind, Documented>>>;
}

/** Source: the services' API pages and official clients, collected in November 2026. */
const services: readonly Service[] = JSON.parse(
  readFileSync(new URL('./documented-rest.json', import.meta.url), 'utf8'),
);
const providers = { deathbycaptcha, bestcaptchasolver };
const HTTP_PROXY = { ...SAMPLE_FIELDS.proxy, scheme: 'http' } as const;

/** The inputs of a submit by their dotted names, and where they were found. */
function sentOf(id: string, task: Task): { readonly names: readonly string[]; readonly frame: Documented } {
  if (id === 'bestcaptchasolver') {
    const { path, json } = bestcaptchasolver.submit.ask(task);
    const { type, ...members } = Object(json);
    return { names: dotted(members), frame: { path, type, names: {} } };
  }
  const { type, ...parts } = deathbycaptcha.submit.ask(task).multipart ?? {};
  const params = Object.keys(parts).find((name) => name.endsWith('_params')) ?? null;
  const inputs = params === null ? parts : JSON.parse(parts[params] ?? '');
  return { names: Object.keys(inputs), frame: { params, type: type ?? '', names: {} } };
}

function dotted(members: object): string[] {
  return Object.entries(members).flatMap(([name, value]) =>
    typeof value === 'object' ? Object.keys(value).map((inner) => `${name}.${inner}`) : [name],
  );
}

describe.each(services)('$provider', ({ provider: id, sources, kinds }) => {
  const provider = providers[id as keyof typeof providers];

  it('speaks the kinds that are documented, and no others', () => {
    expect(sources.length).toBeGreaterThan(0);
    expect([...provider.speaks].sort()).toEqual(Object.keys(kinds).sort());
  });

  it.each(Object.entries(kinds) as [Kind, Documented][])('%s', (kind, { names, ...frame }) => {
    const known = fieldsOf(kind).filter((name) => names[name] !== undefined);
    const fields = sampleFields(kind, known);
    const task = {
      ...sampleTask(kind),
      ...fields,
      ...('proxy' in fields && { proxy: HTTP_PROXY }),
      numeric: 1,
    };
    const sent = sentOf(id, task as Task);
    const proxyType = id === 'deathbycaptcha' && known.includes('proxy') ? ['proxytype'] : [];
    const expected = known.flatMap((name) => (names[name] === 'type' ? [] : [names[name]]));
    expect([...sent.names].sort()).toEqual([...expected, ...proxyType].sort());
    expect(sentOf(id, sampleTask(kind)).frame).toEqual({
      ...frame,
      names: {},
      ...(frame.type ? {} : { type: undefined }),
    });
  });

  it.each(Object.entries(kinds) as [Kind, Documented][])(
    '%s: refuses what is not documented, hints aside',
    (kind, { names }) => {
      for (const name of fieldsOf(kind)) {
        const value = name === 'proxy' ? HTTP_PROXY : sampleFields(kind, [name])[name];
        const isTaken = names[name] !== undefined || isDroppable(kind, name);
        const refusal = provider.refuses({ ...sampleTask(kind), [name]: value });
        expect([name, refusal]).toEqual([name, isTaken ? undefined : `cannot pass ${name}`]);
      }
    },
  );
});
