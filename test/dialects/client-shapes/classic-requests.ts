/** in.php and res.php as existing clients ask them: labels, methods, bodies, paths. */
import {
  chunked,
  FIELDS,
  get,
  IMAGE,
  JSON_TYPE,
  multipart,
  PAGE,
  post,
  postForm,
  postJson,
  QUERY,
  RECAPTCHA,
  type Shape,
  SOLVED,
} from './shape.js';

const IN_LINES = (IMAGE.match(/.{1,30}/g) ?? []).join('\n');
const READ_IMAGE = { kind: 'image_to_text', imageBase64: IMAGE };
const SUBMITTED = '{"status":1,"request":"1200001"}';

function field(name: string, value: string): readonly [readonly string[], string] {
  return [[`Content-Disposition: form-data; name="${name}"`], value];
}

/** .NET: the label first, the name unquoted. */
function dotnet(name: string, value: string): readonly [readonly string[], string] {
  return [['Content-Type: text/plain; charset=utf-8', `Content-Disposition: form-data; name=${name}`], value];
}

const DOTNET = Object.entries({ ...FIELDS, json: '0' }).map(([name, value]) => dotnet(name, value));
const DOTNET_BOUNDARY = 'Upload----11/22/2026 10:08:15';
const PARTS = Object.entries(FIELDS).map(([name, value]) => field(name, value));

export const CLASSIC_REQUESTS: readonly Shape[] = [
  {
    client: 'puppeteer-extra-plugin-recaptcha: POST form without a Content-Type, chunked',
    sends: chunked('/in.php', [
      'key={KEY}&method=userrecaptcha&',
      'googlekey=6Le-abc&pageurl=https://example.com/',
    ]),
    task: RECAPTCHA,
    hears: 'OK|1200001',
  },
  {
    client: '@2captcha/captcha-solver: reCAPTCHA as GET in.php with everything in the query',
    sends: get(`/in.php?${QUERY}&json=1&header_acao=1&soft_id=3898`),
    task: RECAPTCHA,
    hears: SUBMITTED,
    as: JSON_TYPE,
    headers: { 'access-control-allow-origin': '*' },
  },
  {
    client: '@2captcha/captcha-solver: an image as a JSON body, with json and header_acao as numbers',
    sends: postJson('/in.php', { key: '{KEY}', method: 'base64', body: IMAGE, json: 1, header_acao: 1 }),
    task: READ_IMAGE,
    hears: SUBMITTED,
    as: JSON_TYPE,
    headers: { 'access-control-allow-origin': '*' },
  },
  {
    client: '2captcha-ts: an image as a JSON body behind a query',
    sends: postJson('/in.php?json=1&header_acao=1', { key: '{KEY}', method: 'base64', body: IMAGE }),
    task: READ_IMAGE,
    hears: SUBMITTED,
    as: JSON_TYPE,
  },
  {
    client: 'rucaptcha-2captcha: a JSON body on in.php',
    sends: postJson('/in.php', { ...FIELDS, json: 1 }, ['Content-Type: application/json;charset=utf-8']),
    task: RECAPTCHA,
    hears: SUBMITTED,
    as: JSON_TYPE,
  },
  {
    client: '2captcha-ruby: a JSON body on in.php',
    sends: postJson('/in.php', { ...FIELDS, json: 1, soft_id: 3748 }),
    task: RECAPTCHA,
    hears: SUBMITTED,
    as: JSON_TYPE,
  },
  {
    client: '2captcha-ruby: the balance is a JSON body posted to res.php',
    sends: postJson('/res.php', { key: '{KEY}', action: 'getbalance', json: 1 }),
    gateway: { balanceUsd: 1.5 },
    hears: '{"status":1,"request":"1.5"}',
    as: JSON_TYPE,
  },
  {
    client: 'captchatools: a JSON body on in.php',
    sends: postJson('/in.php', { ...FIELDS, json: 1, invisible: 0 }),
    task: RECAPTCHA,
    hears: SUBMITTED,
    as: JSON_TYPE,
  },
  {
    client: '2captcha (Furry): key and method in the query, JSON as text/plain',
    sends: post(`/in.php?key={KEY}&method=base64&json=1`, JSON.stringify({ body: IMAGE }), [
      'Content-Type: text/plain;charset=UTF-8',
    ]),
    task: READ_IMAGE,
    hears: SUBMITTED,
    as: JSON_TYPE,
  },
  {
    client: '2captcha-node: JSON labelled multipart/form-data without a boundary, the rest in the query',
    sends: post(`/in.php?key={KEY}&method=base64&json=1`, JSON.stringify({ body: IMAGE }), [
      'Content-Type: multipart/form-data',
    ]),
    task: READ_IMAGE,
    hears: SUBMITTED,
    as: JSON_TYPE,
  },
  {
    client: 'rucaptcha-client (PHP): POST with an empty body, all in the query',
    sends: post(`/in.php?${QUERY}&soft_id=1013`, ''),
    task: RECAPTCHA,
    hears: 'OK|1200001',
  },
  {
    client: 'antigate (gotlium): ids by POST to res.php, its parameters in the query',
    sends: post('/res.php?key={KEY}&action=get&ids=1200001%2C1200002', '', [
      'Content-Type: application/x-www-form-urlencoded',
    ]),
    gateway: { ...SOLVED, others: { 1200002: {} } },
    hears: '03AGdBq25-token|CAPCHA_NOT_READY',
  },
  {
    client: '2captcha-csharp: .NET multipart with unquoted names and a quoted boundary',
    sends: post('/in.php', multipart(DOTNET_BOUNDARY, DOTNET), [
      `Content-Type: multipart/form-data; boundary="${DOTNET_BOUNDARY}"`,
    ]),
    task: RECAPTCHA,
    hears: 'OK|1200001',
  },
  {
    client: 'OpenBullet (CaptchaSharp): .NET multipart, Host forced to 2captcha.com',
    sends: post(
      '/in.php',
      multipart('a1b2', DOTNET),
      ['Content-Type: multipart/form-data; boundary="a1b2"'],
      '2captcha.com',
    ),
    task: RECAPTCHA,
    hears: 'OK|1200001',
  },
  {
    client: '2captcha-php: always multipart, json=0, a slash too many',
    sends: post('//in.php', multipart('----b', [...PARTS, field('json', '0')]), [
      'Content-Type: multipart/form-data; boundary=----b',
    ]),
    task: RECAPTCHA,
    hears: 'OK|1200001',
  },
  {
    client: 'two_captcha (Ruby): base64 with newlines, sent twice',
    sends: post(
      '/in.php',
      multipart('RubyMultipartPost', [
        field('key', '{KEY}'),
        field('method', 'base64'),
        field('body', IN_LINES),
        field('raw64', IN_LINES),
        field('soft_id', '800'),
      ]),
      ['Content-Type: multipart/form-data; boundary=RubyMultipartPost'],
    ),
    task: READ_IMAGE,
    hears: 'OK|1200001',
  },
  {
    client: '2captcha browser extension: FormData with nested names',
    sends: post(
      '/in.php',
      multipart('----WebKitFormBoundary7MA4YWxk', [
        ...PARTS,
        field('metadata[url]', PAGE),
        field('header_acao', '1'),
        field('json', '1'),
      ]),
      ['Content-Type: multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxk'],
    ),
    task: RECAPTCHA,
    hears: SUBMITTED,
    as: JSON_TYPE,
    headers: { 'access-control-allow-origin': '*' },
  },
  {
    client: '2captcha-python: an urlencoded form',
    sends: postForm('/in.php', { ...FIELDS, soft_id: '4580' }),
    task: RECAPTCHA,
    hears: 'OK|1200001',
  },
  {
    client: '2captcha-cpp: an ampersand before the first parameter',
    sends: get('/res.php?&action=get&key={KEY}&id=1200001'),
    gateway: SOLVED,
    hears: 'OK|03AGdBq25-token',
  },
  {
    client: 'python-rucaptcha: DeathByCaptcha under /2captcha',
    sends: postForm('/2captcha/in.php', FIELDS),
    task: RECAPTCHA,
    hears: 'OK|1200001',
  },
  {
    client: 'unicaps: action=get2 only',
    sends: get('/res.php?key={KEY}&action=get2&id=1200001&json=1'),
    gateway: SOLVED,
    hears: '{"status":1,"request":"03AGdBq25-token","price":"0.0029"}',
    as: JSON_TYPE,
  },
  {
    client: 'rucaptcha-2captcha: get2 for the price',
    sends: get('/res.php?key={KEY}&action=get2&id=1200001&json=1'),
    hears: '{"status":0,"request":"CAPCHA_NOT_READY"}',
    as: JSON_TYPE,
  },
  {
    client: 'rucaptcha-client (PHP): get2 in plain text',
    sends: get('/res.php?key={KEY}&action=get2&id=1200001'),
    gateway: SOLVED,
    hears: 'OK|03AGdBq25-token|0.0029',
  },
  {
    client: 'rucaptcha-client (PHP): registers a pingback, reads the list, empties it',
    sends: [
      get('/res.php?key={KEY}&action=del_pingback&addr=all'),
      get('/res.php?key={KEY}&action=add_pingback&addr=http://a.example.com/p.php'),
      get('/res.php?key={KEY}&action=add_pingback&addr=http://b.example.com/p.php'),
      get('/res.php?key={KEY}&action=del_pingback&addr=http://a.example.com/p.php'),
      get('/res.php?key={KEY}&action=get_pingback'),
    ],
    hears: 'OK|http://b.example.com/p.php',
  },
  {
    client: '@2captcha/captcha-solver: reportgood',
    sends: get('/res.php?key={KEY}&action=reportgood&id=1200001&json=1&header_acao=1'),
    asked: ['authenticate KEY', 'report 1200001 good'],
    hears: '{"status":1,"request":"OK_REPORT_RECORDED"}',
    as: JSON_TYPE,
  },
  {
    client: 'puppeteer-extra-plugin-recaptcha: reportbad, again and again',
    sends: Array.from({ length: 3 }, () => get('/res.php?key={KEY}&action=reportbad&id=1200001')),
    hears: 'OK_REPORT_RECORDED',
  },
];
