/** What we say of a solution on getTaskResult: read back as the same, in the form of the type that was asked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Member, Solution } from '../../src/core/solution.js';
import type { Kind, Task } from '../../src/core/task.js';
import { JSON_KINDS, type JsonRow } from '../../src/wire/json.js';
import { formOf, readAccepted, saySolution, solutionOf } from '../../src/wire/json-answers.js';
import { readAnswer } from '../../src/wire/rows.js';
import { readCellsFromZero } from '../../src/wire/shapes.js';
import { sampleTask } from '../support/sample-tasks.js';
import { readyJson, reply } from './exchanges.js';
import { arbitrarySolution, sampleSolution } from './solutions.js';

const rows = Object.entries(JSON_KINDS) as [Kind, JsonRow][];

/** The members of a row; without one that is the whole solution beside others. */
function membersOf({ answer }: JsonRow): Member[] {
  const members = Object.keys(answer) as Member[];
  return members.filter((member) => answer[member] !== '' || members.length === 1);
}

const forms = rows.flatMap(([kind, { forms: known = {} }]) => {
  return Object.entries(known).map(([type, form]) => ({ kind, type, form }));
});

describe('what we say of a solution is read back', () => {
  it.each(rows)('%s, with every member', (kind, row) => {
    // No cells is an answer only in words: a service that sends an empty list has none.
    const any = arbitrarySolution(kind, membersOf(row)).filter(
      ({ cells }) => !Array.isArray(cells) || cells.length > 0,
    );
    const property = fc.property(any, (solution) => {
      const said = saySolution(sampleTask(kind), solution);
      const { data: _, ...read } = readyJson(kind, said)?.solution ?? {};
      expect(read).toEqual(solution);
    });
    fc.assert(property, { numRuns: 60 });
  });

  it.each(rows)('%s inside createTask', (kind, row) => {
    const solution = saySolution(sampleTask(kind), sampleSolution(kind, membersOf(row)));
    const said = { errorId: 0, status: 'ready', solution };
    const read = solutionOf(kind, row);
    expect(readAccepted(reply(said), read)).toEqual({ upstreamId: null, solved: readyJson(kind, solution) });
  });

  it.each(forms)('$kind as $type has it', ({ kind, type, form }) => {
    const solution = sampleSolution(kind, Object.keys(form.answer) as Member[]);
    const said = saySolution(sampleTask(kind), solution, type);
    expect(said).not.toEqual(saySolution(sampleTask(kind), solution));
    // CapSolver's cells are read by the rows of the services that count so.
    const own =
      type === 'recaptchav2classification'
        ? { answer: form.answer, reads: { cells: readCellsFromZero } }
        : {};
    const { data: _, ...read } =
      readAnswer(kind, { ...JSON_KINDS[kind], names: {}, answer: {}, ...own }, said) ??
      readyJson(kind, said)?.solution ??
      {};
    // DataDome's value stands there without its name.
    if (kind === 'datadome') expect(`datadome=${read.cookie}`).toBe(solution.cookie);
    else expect(read).toEqual(solution);
  });
});

describe('the form of a solution', () => {
  const say = (kind: Kind, solution: Solution, type?: string, more: Partial<Task> = {}) => {
    return saySolution({ ...sampleTask(kind), ...more }, solution, type);
  };

  it.each<[Kind, Solution, string | undefined, object]>([
    ['recaptcha_v2', { token: 't' }, undefined, { gRecaptchaResponse: 't', token: 't' }],
    ['recaptcha_v3_enterprise', { token: 't' }, undefined, { gRecaptchaResponse: 't', token: 't' }],
    ['hcaptcha', { token: 't' }, undefined, { gRecaptchaResponse: 't', token: 't' }],
    ['hcaptcha', { token: 't', userAgent: 'UA' }, 'hcaptcha', { generated_pass_UUID: 't', ua: 'UA' }],
    ['image_to_text', { text: 'x' }, undefined, { text: 'x' }],
    ['rotate', { angle: 80 }, undefined, { rotate: 80 }],
    ['canvas', { paths: [[{ x: 1, y: 2 }]] }, undefined, { canvas: [[{ x: 1, y: 2 }]] }],
    ['coordinates', { coordinates: [{ x: 1, y: 2 }] }, undefined, { coordinates: [{ x: 1, y: 2 }] }],
    ['coordinates', { coordinates: [{ x: 1, y: 2 }] }, 'imagetocoordinatestask', { coordinates: [[1, 2]] }],
    ['grid', { cells: [1, 3] }, undefined, { click: [1, 3] }],
    ['grid', { cells: [1, 3] }, 'recaptchav2classification', { objects: [0, 2] }],
    ['grid', { cells: [] }, 'recaptchav2classification', { objects: [] }],
    [
      'cloudflare_clearance',
      { cookies: { cf_clearance: 'c' } },
      undefined,
      { cookies: { cf_clearance: 'c' } },
    ],
    [
      'cloudflare_clearance',
      { cookies: { cf_clearance: 'c' } },
      'turnstiletask/cf_clearance',
      { cf_clearance: 'c' },
    ],
    ['amazon_waf_cookie', { cookie: 'c' }, undefined, { token: 'c', cookies: { 'aws-waf-token': 'c' } }],
    ['amazon_waf_cookie', { cookie: 'c' }, 'antiawswaftask', { cookie: 'c' }],
    [
      'amazon_waf_voucher',
      { voucher: 'v', existingToken: 'e' },
      undefined,
      { captcha_voucher: 'v', existing_token: 'e' },
    ],
    ['hunt', { token: 't' }, undefined, { data: { token: 't' } }],
    ['friendly_captcha', { token: 't' }, 'customtask/friendly', { data: { token: 't' } }],
    ['altcha', { token: 't' }, 'customtask/altcha', { data: { token: 't' } }],
    [
      'tencent',
      { ticket: 't', randstr: 'r', ret: 0 },
      'customtask/tendi',
      { data: { ticket: 't', randstr: 'r' } },
    ],
    ['basilisk', { token: 't' }, 'customtask/basilisk', { data: { captcha_response: 't' } }],
    ['tspd', { cookies: { a: 'b' } }, undefined, { a: 'b' }],
    [
      'tspd',
      { cookies: { a: 'b' } },
      'customtask/tspd',
      { Domains: { 'example.com': { Cookies: { a: 'b' } } } },
    ],
    [
      'imperva',
      { cookies: { a: 'b' } },
      'customtask/imperva',
      { domains: { 'example.com': { cookies: { a: 'b' } } } },
    ],
    [
      'alibaba',
      { token: 't', cookies: { a: 'b' } },
      'customtask/alibaba',
      { data: { tokens: 't' }, domains: { 'example.com': { cookies: { a: 'b' } } } },
    ],
    ['alibaba', { token: 't', data: { scene: 's' } }, undefined, { token: 't', scene: 's' }],
    ['datadome', { cookie: 'datadome=x; Path=/' }, undefined, { cookie: 'datadome=x; Path=/' }],
  ])('of %s with %j as %s is %j', (kind, solution, type, said) => {
    expect(say(kind, solution, type)).toEqual(said);
  });

  it("of DataDome as CustomTask stands under the page's host, without the cookie's name", () => {
    const more = { pageUrl: 'https://Shop.Example.com/a' };
    expect(say('datadome', { cookie: 'datadome=x~y; Path=/; Secure' }, 'customtask/datadome', more)).toEqual({
      domains: { 'shop.example.com': { cookies: { datadome: 'x~y' } } },
    });
  });

  it('of a ComplexImageTask has one boolean for each cell', () => {
    const grid = (more: Partial<Task>) =>
      say('grid', { cells: [1, 3] }, 'compleximagetask/recaptcha', more).answer;
    expect(grid({ rows: 2, columns: 2 })).toEqual([true, false, true, false]);
    expect(grid({})).toEqual([true, false, true, ...Array.from({ length: 6 }, () => false)]);
    expect(grid({ rows: 1, columns: 1 })).toEqual([true, false, true]);
    const bls = say('bls', { cells: [] }, 'compleximagetask/recognition', { images: ['AAAA', 'BBBB'] });
    expect(bls).toEqual({ answer: [false, false] });
  });

  it('is remembered only for types that have one of their own', () => {
    const of = (kind: Kind, type: string) => formOf(sampleTask(kind), type);
    expect(of('coordinates', 'imagetocoordinatestask')).toEqual({ type: 'imagetocoordinatestask' });
    expect(of('coordinates', 'coordinatestask')).toEqual({});
    expect(of('coordinates', 'tostring')).toEqual({});
    expect(formOf({ kind: 'json:newtask' }, 'newtask')).toEqual({});
  });

  it.each([['compleximagetask'], ['tostring'], ['__proto__'], ['constructor'], ['valueof']])(
    'is the common one for a type called %s',
    (type) => {
      expect(say('grid', { cells: [2] }, type)).toEqual({ click: [2] });
    },
  );
});
