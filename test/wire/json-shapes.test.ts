/** getTaskResult's solutions in the places and forms of every service: one form of ours, or no answer. */
import { describe, expect, it } from 'vitest';
import type { Kind } from '../../src/core/task.js';
import { readCellsFromZero } from '../../src/wire/shapes.js';
import { codeOf, readyJson } from './exchanges.js';

const solve = (kind: Kind, solution: unknown) => readyJson(kind, solution)?.solution;

describe('the same solution in the places of several services', () => {
  it.each<[Kind, object, object]>([
    ['recaptcha_v2', { gRecaptchaResponse: 't', cookies: { a: 'b' } }, { token: 't', cookies: { a: 'b' } }],
    [
      'recaptcha_v2',
      { gRecaptchaResponse: 't', cookies: 'a=b; c=d' },
      { token: 't', cookies: { a: 'b', c: 'd' } },
    ],
    ['recaptcha_v3', { token: 't', user_agent: 'UA' }, { token: 't', userAgent: 'UA' }],
    ['hcaptcha', { generated_pass_UUID: 't', ua: 'UA' }, { token: 't', userAgent: 'UA' }],
    ['audio', { text: 'x' }, { text: 'x' }],
    ['audio', { token: 'x' }, { text: 'x' }],
    ['lemin', { answer: 'a', challenge_id: 'i' }, { answer: 'a', challengeId: 'i' }],
    ['lemin', { answer: 'a', challenge_uuid: 'i' }, { answer: 'a', challengeId: 'i' }],
    ['datadome', { cookie: 'datadome=x', userAgent: 'UA' }, { cookie: 'datadome=x', userAgent: 'UA' }],
    ['datadome', { domains: { 'www.example.com': { cookies: { datadome: 'x' } } } }, { cookie: 'x' }],
    ['friendly_captcha', { data: { token: 't' } }, { token: 't' }],
    ['altcha', { data: { token: 't', number: 7 } }, { token: 't' }],
    [
      'tencent',
      { data: { ticket: 't', randstr: 'r' }, headers: { 'User-Agent': 'UA' } },
      { ticket: 't', randstr: 'r', userAgent: 'UA' },
    ],
    [
      'tencent',
      { ticket: 't', randstr: 'r', appid: '1', ret: 0 },
      { ticket: 't', randstr: 'r', appid: '1', ret: 0 },
    ],
    [
      'basilisk',
      { data: { captcha_response: 't' }, headers: { 'User-Agent': 'UA' } },
      { token: 't', userAgent: 'UA' },
    ],
    ['hunt', { data: { token: 't' } }, { token: 't' }],
    ['amazon_waf_cookie', { token: 'c' }, { cookie: 'c' }],
    [
      'amazon_waf_cookie',
      { cookies: { 'aws-waf-token': 'c' }, userAgent: 'UA' },
      { cookie: 'c', userAgent: 'UA' },
    ],
    ['amazon_waf_cookie', { cookie: 'c' }, { cookie: 'c' }],
    ['tspd', { TS01: 'a', TS02: 'b' }, { cookies: { TS01: 'a', TS02: 'b' } }],
    ['tspd', { cookies: 'TS01=a; TS02=b' }, { cookies: { TS01: 'a', TS02: 'b' } }],
    ['tspd', { Domains: { 'example.com': { Cookies: { TS01: 'a' } } } }, { cookies: { TS01: 'a' } }],
    [
      'imperva',
      { domains: { 'https://example.com': { cookies: { incap_ses: 'x; Max-Age=5; Domain=.example.com' } } } },
      { cookies: { incap_ses: 'x' } },
    ],
    ['imperva', { cookies: { reese84: 'x' } }, { cookies: { reese84: 'x' } }],
    ['cloudflare_clearance', { cf_clearance: 'c' }, { cookies: { cf_clearance: 'c' } }],
    [
      'cloudflare_clearance',
      { cookies: { cf_clearance: 'c' }, token: 't', userAgent: 'UA', headers: { a: 'b' } },
      { cookies: { cf_clearance: 'c' }, token: 't', userAgent: 'UA', headers: { a: 'b' } },
    ],
    [
      'cloudflare_clearance',
      { cookies: { cf_clearance: 'c' }, sToken: 't', header: { 'User-Agent': 'UA' } },
      { cookies: { cf_clearance: 'c' }, token: 't', userAgent: 'UA', headers: { 'User-Agent': 'UA' } },
    ],
    [
      'vk_image',
      { best_step: 7, solution: [1, 2], answer: '1,2', preview: 'AAAA' },
      { bestStep: 7, solution: [1, 2], answer: '1,2', preview: 'AAAA' },
    ],
  ])('%s: %j', (kind, solution, read) => {
    expect(solve(kind, solution)).toEqual(read);
  });
});

describe('Alibaba', () => {
  it('answers with members of its own, which stay together', () => {
    const solution = { token: 't', certifyId: 'c' };
    expect(solve('alibaba', solution)).toEqual({ token: 't', data: solution });
  });

  it('answers CapMonster with tokens, or with cookies in their place', () => {
    const tokens = '{"sceneId":"s"}';
    expect(solve('alibaba', { data: { tokens } })).toMatchObject({ token: tokens });
    const domains = { 'example.com': { cookies: { acw: 'x; Path=/' } } };
    expect(solve('alibaba', { domains })).toMatchObject({ cookies: { acw: 'x' } });
    expect(codeOf(() => solve('alibaba', { other: 'x' }))).toBe('bad_reply');
  });
});

it.each<[Kind, object]>([
  ['tencent', { ticket: 't', randstr: 'r', ret: 2 }],
  ['tencent', { ret: '1' }],
])('%s with %j is unsolvable', (kind, solution) => {
  expect(codeOf(() => solve(kind, solution))).toBe('unsolvable');
});

describe('points', () => {
  const points = [
    { x: 1, y: 2 },
    { x: 30, y: 40 },
  ];

  it.each([
    [points],
    [
      [
        [1, 2],
        [30, 40],
      ],
    ],
    [[[1, 2, 30, 40]]],
    [[['1', '2'], { x: '30', y: '40' }]],
  ])('%j', (coordinates) => {
    expect(solve('coordinates', { coordinates })).toEqual({ coordinates: points });
  });

  it.each([[[]], [[[1]]], [[{ x: 1 }]], [[1, 2]], ['text'], [{}]])('%j are none', (coordinates) => {
    expect(codeOf(() => solve('coordinates', { coordinates }))).toBe('bad_reply');
  });
});

describe('cells', () => {
  it.each([
    [{ click: [1, 3] }, [1, 3]],
    [{ click: ['1', '3'] }, [1, 3]],
    [{ click: ['No_matching_images'] }, []],
    [{ click: 'No_matching_images' }, []],
    [{ answer: [true, false, true, false] }, [1, 3]],
    [{ answer: [false, false, false] }, []],
    [{ answer: [1, 3] }, [1, 3]],
  ])('%j are %j', (solution, cells) => {
    expect(solve('grid', solution)).toEqual({ cells });
  });

  it.each([
    [{ click: [] }],
    [{ click: [0] }],
    [{ click: [1.5] }],
    [{ click: 'bus' }],
    [{ answer: [true, 2] }],
    [{ objects: [0] }],
  ])('%j are none: to count from zero is the way of services whose row says so', (solution) => {
    expect(codeOf(() => solve('grid', solution))).toBe('bad_reply');
  });

  it.each([
    [
      [0, 2],
      [1, 3],
    ],
    [['0'], [1]],
    [[], []],
    [[-1], undefined],
    [[0.5], undefined],
    [['x'], undefined],
    [[null], undefined],
    [[true], undefined],
    ['0', undefined],
    [undefined, undefined],
  ])('%j from zero are %j', (value, cells) => {
    expect(readCellsFromZero(value)).toEqual(cells);
  });
});

describe('what is no solution of its kind', () => {
  it.each<[Kind, unknown]>([
    ['rotate', { rotate: 'upright' }],
    ['rotate', { rotate: null }],
    ['canvas', { canvas: [[]] }],
    ['bounding_box', { bounding_boxes: [] }],
    ['bounding_box', { bounding_boxes: 'none' }],
    ['tspd', { TS01: 7 }],
    ['tspd', []],
    ['imperva', { domains: {} }],
    ['imperva', { domains: { 'example.com': { cookies: {} } } }],
    ['cloudflare_clearance', { cf_clearance: '<html>' }],
    ['cloudflare_clearance', { cf_clearance: 'two words' }],
    ['cloudflare_clearance', { cookies: {} }],
    ['cloudflare_clearance', { cookies: { cf_clearance: null } }],
    ['cloudflare_clearance', { cookies: { cf_clearance: { a: 1 } } }],
    ['datadome', { domains: { 'example.com': { cookies: { other: 'x' } } } }],
    ['hunt', { token: 't' }],
    ['amazon_waf_voucher', { token: 'a-cookie' }],
  ])('%s: %j', (kind, solution) => {
    expect(codeOf(() => solve(kind, solution))).toBe('bad_reply');
  });
});
