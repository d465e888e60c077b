/** Every shape in which existing clients ask, and every answer they survive: one file each under cases/. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KIND_NAMES, type Kind } from '../../src/core/task.js';
import { CLASSIC_KINDS } from '../../src/wire/classic-kinds.js';
import { type Answer, jsonOf, type Sent, send } from '../support/http.js';
import { type CaseRecord, type CaseReply, type CaseRequest, casesOf, type NamedCase } from './case-file.js';
import { FakeGateway } from './fake-gateway.js';
import { type OpenDoors, openDoors } from './open-doors.js';

const DIALECTS = { classic: 25, json: 25, native: 15 } as const;

let doors: OpenDoors;
beforeAll(async () => {
  doors = await openDoors();
});
afterAll(() => doors.close());

describe.each(Object.entries(DIALECTS))('%s', (dialect, least) => {
  const cases = casesOf(dialect);

  it.each(cases)('$name', async (one) => {
    const gateway = new FakeGateway(one.gateway ?? {});
    doors.use(gateway);
    const answer = await send(doors.url, one.request.path, sentBy(one.request));
    expectReply(answer, one.reply);
    expectAsked(gateway, one);
    expect(doors.faults).toEqual([]);
  });

  it('has enough of them, and each says what it stands for', () => {
    expect(cases.length).toBeGreaterThanOrEqual(least);
    expect(cases.filter(({ about }) => !/\S+ \S+/.test(about ?? ''))).toEqual([]);
  });

  it('shows every kind it can say, asked for and solved', () => {
    const asked = new Set(cases.map(({ task }) => kindOf(task)));
    const solved = new Set(cases.map(({ gateway }) => gateway?.record).map(solvedKind));
    const missing = (shown: ReadonlySet<unknown>) => (kind: Kind) =>
      canSay(dialect, kind) && !shown.has(kind);
    expect(KIND_NAMES.filter(missing(asked))).toEqual([]);
    expect(KIND_NAMES.filter(missing(solved))).toEqual([]);
  });
});

function kindOf(task: object | null | undefined): unknown {
  return Reflect.get(task ?? {}, 'kind');
}

function solvedKind(record: CaseRecord | undefined): unknown {
  return record?.solution ? kindOf(record.task ?? { kind: 'recaptcha_v2' }) : undefined;
}

/** in.php has no method for two of the kinds. */
function canSay(dialect: string, kind: Kind): boolean {
  return dialect !== 'classic' || CLASSIC_KINDS[kind] !== undefined;
}

function sentBy({ method, headers = {}, form, json, text, lines }: CaseRequest): Sent {
  const common = method === undefined ? { headers } : { headers, method };
  if (json !== undefined) return { ...common, json };
  if (!form) return { ...common, body: text ?? lines?.join('\r\n') };
  const label = { 'content-type': 'application/x-www-form-urlencoded' };
  return { ...common, headers: { ...label, ...headers }, body: new URLSearchParams(form).toString() };
}

function expectReply(
  answer: Answer,
  { status = 200, type, text, json, members, headers = {} }: CaseReply,
): void {
  const told = { status: answer.status, type: answer.headers['content-type'], text: answer.text };
  if (text !== undefined) expect(told).toEqual({ status, type, text });
  else expect(told).toMatchObject({ status, type });
  if (json !== undefined) expect(jsonOf(answer)).toEqual(withWildcards(json));
  if (members !== undefined) expect(jsonOf(answer)).toMatchObject(withWildcards(members) as object);
  for (const [name, value] of Object.entries(headers)) expect(answer.headers[name] ?? null, name).toBe(value);
}

function expectAsked(gateway: FakeGateway, { task, origin, options, asked }: NamedCase): void {
  if (task !== undefined) expect(gateway.submitted?.task ?? null).toEqual(task);
  if (origin !== undefined) expect(gateway.submitted?.origin).toEqual(origin);
  if (options !== undefined) expect(gateway.submitted).toMatchObject(options);
  if (asked !== undefined) expect(gateway.asked).toEqual(asked);
}

/** `"*"` is any text that is not empty. */
function withWildcards(expected: unknown): unknown {
  if (expected === '*') return expect.stringMatching(/\S/);
  if (Array.isArray(expected)) return expected.map(withWildcards);
  if (typeof expected !== 'object' || expected === null) return expected;
  return Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, withWildcards(value)]));
}
