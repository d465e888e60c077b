/** res.php's answers that are more than a token: one form for what services write in several, or no answer. */
import { describe, expect, it } from 'vitest';
import type { Kind } from '../../src/core/task.js';
import { codeOf, pollClassic as poll } from './exchanges.js';

const solve = (kind: Kind, request: unknown) => poll(kind, { status: 1, request })?.solution;

describe('points', () => {
  const points = [
    { x: 34, y: 120 },
    { x: 5, y: 6 },
  ];

  it.each([
    ['coordinates:x=34,y=120;x=5,y=6'],
    ['coordinate:x=34, y=120;x=5,y=6'],
    ['COORDINATES:X=34,Y=120;X=5,Y=6'],
    [points],
    [
      [
        { x: '34', y: '120' },
        { x: '5', y: 6 },
      ],
    ],
    [
      [
        [34, 120],
        [5, 6],
      ],
    ],
    [[[34, 120, 5, 6]]],
    ['[{"x":34,"y":120},{"x":5,"y":6}]'],
    ['[[34,120],[5,6]]'],
  ])('%j', (request) => {
    expect(solve('coordinates', request)).toEqual({ coordinates: points });
    expect(solve('temu_image', request)).toEqual({ coordinates: points });
    if (typeof request === 'string')
      expect(poll('coordinates', `OK|${request}`)?.solution).toEqual({ coordinates: points });
  });

  it.each([
    ['coordinates:'],
    ['coordinates:x=1'],
    ['coordinates:x=1,y=2;nonsense'],
    ['x=1,y=2'],
    [[]],
    [[{ x: 1 }]],
    [[{ x: 1, y: 'two' }]],
    [[[1]]],
    [[[1, 2, 3]]],
    [[[1, 2], [3]]],
    [[1, 2]],
    [{ x: 1, y: 2 }],
    [7],
  ])('%j are none', (request) => {
    expect(codeOf(() => solve('coordinates', request))).toBe('bad_reply');
  });
});

describe('cells', () => {
  it.each([
    ['click:3/8/5', [3, 8, 5]],
    ['3/8/5', [3, 8, 5]],
    ['3,8,5', [3, 8, 5]],
    ['3;8;5', [3, 8, 5]],
    ['click:4', [4]],
    ['4', [4]],
    [
      [3, 8, 5],
      [3, 8, 5],
    ],
    [
      ['3', '8'],
      [3, 8],
    ],
    ['[3,8,5]', [3, 8, 5]],
    [
      [true, false, true],
      [1, 3],
    ],
    [[false, false], []],
    ['No_matching_images', []],
    ['no matching images', []],
    [['No_matching_images'], []],
  ])('%j are %j', (request, cells) => {
    expect(solve('grid', request)).toEqual({ cells });
    expect(solve('bls', request)).toEqual({ cells });
  });

  it.each([
    ['click:'],
    ['click:a'],
    ['click:3/'],
    ['bus'],
    [[]],
    [[0]],
    [[1.5]],
    [[-1]],
    [[1, 'x']],
    [[true, 1]],
    [{}],
  ])('%j are none', (request) => {
    expect(codeOf(() => solve('grid', request))).toBe('bad_reply');
  });
});

describe('outlines, angles, boxes and steps', () => {
  const paths = [
    [
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ],
  ];

  it.each([
    [paths],
    [
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ],
    [JSON.stringify(paths)],
    [`canvas:${JSON.stringify(paths)}`],
  ])('paths as %j', (request) => {
    expect(solve('canvas', request)).toEqual({ paths });
  });

  it.each([[[]], [[[]]], [[[{ x: 1 }]]], ['canvas:'], ['text']])('%j are no paths', (request) => {
    expect(codeOf(() => solve('canvas', request))).toBe('bad_reply');
  });

  it.each([
    [80, 80],
    ['80', 80],
    [' 80.5 ', 80.5],
    [0, 0],
    ['-40', -40],
  ])('an angle as %j', (request, angle) => {
    expect(solve('rotate', request)).toEqual({ angle });
  });

  it.each([['upright'], [''], [[80]], [null]])('%j is no angle', (request) => {
    expect(codeOf(() => solve('rotate', request))).toBe('bad_reply');
  });

  it('boxes as a list or its text', () => {
    const boxes = [{ xMin: 1, xMax: 2, yMin: 3, yMax: 4 }];
    expect(solve('bounding_box', boxes)).toEqual({ boxes });
    expect(poll('bounding_box', `OK|${JSON.stringify(boxes)}`)?.solution).toEqual({ boxes });
    for (const request of [[], {}, 'text']) {
      expect(codeOf(() => solve('bounding_box', request))).toBe('bad_reply');
    }
  });

  it('the steps of a VK slider, with numbers as text', () => {
    const request = { best_step: '7', solution: [1, 2], answer: 5 };
    const solution = { bestStep: 7, solution: [1, 2], answer: '5' };
    expect(solve('vk_image', request)).toEqual(solution);
    expect(poll('vk_image', `OK|${JSON.stringify(request)}`)?.solution).toEqual(solution);
  });
});

describe('cookies', () => {
  it.each([
    [{ a: 'b', c: 'd' }],
    ['{"a":"b","c":"d"}'],
    [
      [
        { name: 'a', value: 'b' },
        { name: 'c', value: 'd', domain: 'x' },
      ],
    ],
    ['a=b; c=d'],
    ['a=b;c=d;'],
    [{ a: 'b; Path=/; HttpOnly', c: 'd; Max-Age=5; Domain=.example.com' }],
  ])('%j', (request) => {
    expect(solve('tspd', request)).toEqual({ cookies: { a: 'b', c: 'd' } });
  });

  it('keep the equals signs of a value', () => {
    expect(solve('tspd', 'a=b=c==')).toEqual({ cookies: { a: 'b=c==' } });
  });

  it.each([['text'], ['a b'], [{}], [[]], [{ a: 1 }], [[{ name: 'a' }]], [['a=b']], [7], ['=b']])(
    '%j are none',
    (request) => {
      expect(codeOf(() => solve('tspd', request))).toBe('bad_reply');
    },
  );
});

describe("Cloudflare's clearance", () => {
  const solution = { cookies: { cf_clearance: 'aB3.x_y-1' }, userAgent: 'Mozilla/5.0 (X11)' };

  it.each([
    [{ status: 1, request: 'aB3.x_y-1', user_agent: 'Mozilla/5.0 (X11)' }],
    [{ status: 1, result: 'aB3.x_y-1', user_agent: 'Mozilla/5.0 (X11)' }],
    [{ status: 1, request: '{"cookies":{"cf_clearance":"aB3.x_y-1"},"userAgent":"Mozilla/5.0 (X11)"}' }],
    [{ status: 1, request: { cookies: { cf_clearance: 'aB3.x_y-1' }, user_agent: 'Mozilla/5.0 (X11)' } }],
    [{ status: 1, request: 'cf_clearance=aB3.x_y-1;user_agent=Mozilla/5.0 (X11)' }],
    ['OK|cf_clearance=aB3.x_y-1; user_agent=Mozilla/5.0 (X11)'],
    ['OK|{"cookies":{"cf_clearance":"aB3.x_y-1"},"userAgent":"Mozilla/5.0 (X11)"}'],
  ])('in %j', (body) => {
    expect(poll('cloudflare_clearance', body)?.solution).toEqual(solution);
  });

  it('by itself, without a user agent', () => {
    expect(solve('cloudflare_clearance', 'aB3.x_y-1')).toEqual({ cookies: { cf_clearance: 'aB3.x_y-1' } });
    expect(solve('cloudflare_clearance', 'cf_clearance=x')).toEqual({ cookies: { cf_clearance: 'x' } });
  });

  it.each([['two words'], ['<html>'], ['cf_clearance='], [{ userAgent: 'Mozilla/5.0 (X11)' }], [{}], [[]]])(
    'is not in %j',
    (request) => {
      expect(codeOf(() => solve('cloudflare_clearance', request))).toBe('bad_reply');
    },
  );
});

describe('vendors with members of their own', () => {
  it("Lemin's id under either name", () => {
    const solution = { answer: '0xaxakx0x', challengeId: 'e6a8' };
    expect(solve('lemin', { answer: '0xaxakx0x', challenge_id: 'e6a8' })).toEqual(solution);
    expect(solve('lemin', { answer: '0xaxakx0x', challenge_uuid: 'e6a8' })).toEqual(solution);
  });

  it('Tencent says with ret whether it was solved', () => {
    const solution = { ticket: 't', randstr: 'r', appid: '190014885', ret: 0 };
    expect(solve('tencent', { ...solution, appid: 190014885 })).toEqual(solution);
    const { ret: _, ...without } = solution;
    expect(solve('tencent', without)).toEqual(without);
    for (const ret of [1, 2, '2', -1]) {
      expect(codeOf(() => solve('tencent', { ...solution, ret }))).toBe('unsolvable');
    }
    expect(codeOf(() => solve('tencent', { ret: 2 }))).toBe('unsolvable');
  });

  it("Alibaba's answer may be text or an object", () => {
    expect(solve('alibaba', 'the-token')).toEqual({ token: 'the-token' });
    const object = { certifyId: 'c', deviceToken: 'd' };
    expect(solve('alibaba', object)).toEqual({ data: object });
    expect(solve('alibaba', { token: 't', scene: 's' })).toEqual({
      token: 't',
      data: { token: 't', scene: 's' },
    });
    expect(solve('alibaba', JSON.stringify(object))).toEqual({ token: JSON.stringify(object), data: object });
    for (const request of [{}, [], '', null])
      expect(codeOf(() => solve('alibaba', request))).toBe('bad_reply');
  });

  it("AWS WAF's voucher is an object, never bare text", () => {
    const request = { captcha_voucher: 'v', existing_token: 'e' };
    expect(solve('amazon_waf_voucher', request)).toEqual({ voucher: 'v', existingToken: 'e' });
    expect(codeOf(() => solve('amazon_waf_voucher', 'a-cookie'))).toBe('bad_reply');
  });
});
