/** Input that nobody sends by mistake: bodies, paths and headers for every door. */

import { CLIENT_KEY } from '../support/gateway-in-process.js';
import type { Sent } from '../support/http.js';

export const MAX_BODY_BYTES = 65_536;

export interface Hostile extends Pick<Sent, 'headers' | 'body'> {
  readonly name: string;
}

const NUL = String.fromCharCode(0);
const JSON_LABEL = { 'content-type': 'application/json' };
const FORM_LABEL = { 'content-type': 'application/x-www-form-urlencoded' };

function json(name: string, body: string): Hostile {
  return { name, headers: JSON_LABEL, body };
}

function form(name: string, body: string): Hostile {
  return { name, headers: FORM_LABEL, body };
}

function multipart(name: string, lines: readonly string[], boundary = 'b'): Hostile {
  return {
    name,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: lines.join('\r\n'),
  };
}

/** The key is right, so that what follows it is looked at. */
function keyed(task: string): string {
  return `{"key":"${CLIENT_KEY}","clientKey":"${CLIENT_KEY}",${task}}`;
}

const field = (name: string, value: string) => [
  '--b',
  `Content-Disposition: form-data; name="${name}"`,
  '',
  value,
];
const KEY_FIELD = field('key', CLIENT_KEY);
const PRIMITIVELESS = '{"toString":1,"valueOf":1}';

const JSON_BODIES: readonly Hostile[] = [
  json('half a JSON', '{"key":"a","clientKey":'),
  json('a JSON text', '"text"'),
  json('a JSON null', 'null'),
  json('a JSON number', '1e999'),
  json('deep arrays', '['.repeat(30_000)),
  json('deep arrays that end', '['.repeat(30_000) + ']'.repeat(30_000)),
  json('deep objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`),
  json('deep task', keyed(`"task":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`)),
  json(
    'deep member',
    keyed(`"task":{"type":"RecaptchaV2Task","websiteKey":${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
  ),
  json(
    'deep payload',
    keyed(
      `"kind":"recaptcha_v2_enterprise","enterprisePayload":${'{"s":'.repeat(9_000)}1${'}'.repeat(9_000)}`,
    ),
  ),
  json('task of wrong type', keyed('"task":"RecaptchaV2TaskProxyless"')),
  json('type of wrong type', keyed('"task":{"type":{"a":1}}')),
  json('type without a text', keyed(`"task":{"type":${PRIMITIVELESS},"version":${PRIMITIVELESS}}`)),
  json(
    'method without a text',
    keyed(`"method":${PRIMITIVELESS},"json":${PRIMITIVELESS},"version":${PRIMITIVELESS}`),
  ),
  json(
    'action without a text',
    keyed(`"action":${PRIMITIVELESS},"id":${PRIMITIVELESS},"ids":${PRIMITIVELESS}`),
  ),
  json('id without a text', keyed(`"action":"get","id":${PRIMITIVELESS},"taskId":${PRIMITIVELESS}`)),
  json('ids without a text', keyed(`"action":"get","ids":${PRIMITIVELESS}`)),
  json('key without a text', `{"key":${PRIMITIVELESS},"clientKey":${PRIMITIVELESS},"task":{}}`),
  json(
    'members without a text',
    keyed(
      `"task":{"type":"FunCaptchaTask","data":[${PRIMITIVELESS}],"cookies":[${PRIMITIVELESS}],"proxyAddress":${PRIMITIVELESS}}`,
    ),
  ),
  json(
    'every field an object',
    keyed(
      '"method":"userrecaptcha","googlekey":{},"pageurl":[],"invisible":{},"proxy":{},"cookies":[[]],"kind":"recaptcha_v2","siteKey":{},"pageUrl":[]',
    ),
  ),
  json(
    'prototype keys',
    keyed(
      '"__proto__":{"key":"x"},"constructor":{"prototype":{}},"toString":1,"hasOwnProperty":1,"method":"__proto__","action":"__proto__","kind":"__proto__","task":{"__proto__":{},"type":"__proto__"}',
    ),
  ),
  json(
    'numbers beyond all types',
    keyed(
      '"taskId":1e308,"id":-0,"action":"get","deadlineMs":1e308,"task":{"type":"RecaptchaV3TaskProxyless","minScore":1e400}',
    ),
  ),
  json(
    'half surrogates',
    keyed(
      '"task":{"type":"RecaptchaV2TaskProxyless","websiteURL":"https://example.com/","websiteKey":"\\ud800","\\ud800":1},"method":"\\udfff"',
    ),
  ),
  json(
    'members with line breaks in their names',
    keyed(
      '"task":{"type":"RecaptchaV2TaskProxyless","websiteURL":"https://example.com/","websiteKey":"k","a\\r\\nX-Evil: 1":1}',
    ),
  ),
  json('a byte order mark', `\ufeff${keyed('"task":{}')}`),
  json('empty', ''),
  json('a long key', `{"key":"${'k'.repeat(20_000)}","clientKey":"${'k'.repeat(20_000)}"}`),
];

const FORM_BODIES: readonly Hostile[] = [
  form('bad percent-encoding', 'key=%zz&method=%&googlekey=%E0%A4%A&pageurl=%u1234'),
  form(
    'prototype keys in a form',
    `key=${CLIENT_KEY}&__proto__=1&constructor=1&method=constructor&action=__proto__`,
  ),
  form('ten thousand fields', Array.from({ length: 10_000 }, (_, index) => `f${index}=`).join('&')),
  form('the same field a thousand times', `key=${CLIENT_KEY}${'&method=base64'.repeat(1_000)}`),
  form(
    'line breaks in a name',
    `key=${CLIENT_KEY}&method=userrecaptcha&googlekey=k&pageurl=https://e.example/&a%0d%0ab%00=1`,
  ),
  form('NUL bytes', `key=${CLIENT_KEY}${NUL}&method=userrecaptcha${NUL}&googlekey=${NUL}`),
  form('nothing but separators', '&&&===&&='),
];

const MULTIPART_BODIES: readonly Hostile[] = [
  multipart('multipart that ends in its header', ['--b', 'Content-Disposition: form-data; na']),
  multipart('multipart that ends in a field', KEY_FIELD),
  multipart('multipart without a last boundary', [...KEY_FIELD, ...field('method', 'base64')]),
  multipart('multipart with nothing in it', ['--b--', '']),
  multipart('multipart whose parts have no name', [
    '--b',
    'Content-Disposition: form-data',
    '',
    'x',
    '--b--',
    '',
  ]),
  multipart('multipart without part headers', ['--b', '', 'x', '--b--', '']),
  multipart('multipart with a boundary of its own', ['----', 'x', '', '------', '']),
  multipart('multipart with a long boundary', [`--${'-'.repeat(190)}`, '', 'x', ''], '-'.repeat(190)),
  multipart('multipart with two thousand parts', [
    ...Array.from({ length: 700 }, () => field('a', 'b')).flat(),
    '--b--',
    '',
  ]),
  multipart('multipart with prototype names', [
    ...field('__proto__', 'x'),
    ...field('constructor', 'y'),
    ...KEY_FIELD,
    '--b--',
    '',
  ]),
  multipart('multipart with a broken charset', [
    '--b',
    'Content-Type: text/plain; charset=no-such',
    'Content-Disposition: form-data; name=key',
    '',
    'x',
    '--b--',
    '',
  ]),
  multipart('multipart in base64', [
    '--b',
    'Content-Disposition: form-data; name=key',
    'Content-Transfer-Encoding: base64',
    '',
    '%%%',
    '--b--',
    '',
  ]),
  multipart('a long part header', [
    '--b',
    `Content-Disposition: form-data; name="${'n'.repeat(40_000)}"`,
    '',
    'x',
    '--b--',
    '',
  ]),
];

const BYTES: readonly Hostile[] = [
  {
    name: 'invalid UTF-8',
    headers: JSON_LABEL,
    body: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0xc0, 0x80, 0x22, 0x7d]),
  },
  { name: 'invalid UTF-8 without a label', body: new Uint8Array([0xff, 0xfe, 0x00, 0x3d, 0x80]) },
  { name: 'NUL bytes without a label', body: new Uint8Array(1_000) },
  { name: 'gzip that is none', headers: { ...JSON_LABEL, 'content-encoding': 'gzip' }, body: '{}' },
  { name: 'a label that is none', headers: { 'content-type': ';;;=,"' }, body: '{}' },
  { name: 'a body just over the limit', body: 'x'.repeat(MAX_BODY_BYTES + 1) },
  {
    name: 'a body six times the limit',
    headers: JSON_LABEL,
    body: `{"a":"${'x'.repeat(6 * MAX_BODY_BYTES)}"}`,
  },
  {
    name: 'chunks just over the limit',
    headers: { 'transfer-encoding': 'chunked' },
    body: 'x'.repeat(MAX_BODY_BYTES + 1),
  },
  {
    name: 'chunks six times the limit',
    headers: { 'transfer-encoding': 'chunked' },
    body: 'x'.repeat(6 * MAX_BODY_BYTES),
  },
];

export const HOSTILE_BODIES: readonly Hostile[] = [
  ...JSON_BODIES,
  ...FORM_BODIES,
  ...MULTIPART_BODIES,
  ...BYTES,
];

/** Written into the request line as they are. */
export const HOSTILE_PATHS: readonly string[] = [
  '/%zz',
  '/%',
  '/%E0%A4%A',
  '/v1/tasks/%E0%A4%A',
  '/v1/tasks/%00',
  '/v1/tasks/%2e%2e%2fstatus',
  '/v1/tasks/1%0d%0aX-Evil:1',
  '/v1/tasks/-1',
  '/v1/tasks/1e3',
  '/v1/tasks/99999999999999999999',
  '/v1/tasks/__proto__/report',
  `/v1/tasks/${'a'.repeat(8_000)}`,
  `/${'a/'.repeat(4_000)}`,
  `/${'%20'.repeat(2_000)}`,
  '/for/__proto__/in.php',
  '/for/constructor/createTask',
  '/for/capsolver',
  '/for//in.php',
  '//',
  '///in.php///',
  '/?',
  '/in.php?%',
  '/in.php?%E0%A4%A=%zz&__proto__=1',
  '/in.php?key=%00&method=%00',
  `/res.php?key=${CLIENT_KEY}&action=get&ids=${'1,'.repeat(3_000)}`,
  `/res.php?key=${CLIENT_KEY}&action=get&id=%00`,
  `/res.php?key=${CLIENT_KEY}&action=hasOwnProperty`,
  '/admin/tasks/__proto__',
  '/admin/tasks/%E0%A4%A',
  '/admin/providers/__proto__/hold',
  '/../../etc/passwd',
  '/..%2f..%2fetc%2fpasswd',
  '/v1/solve?wait=1e999',
  '/v1/solve?wait=-1',
  '/v1/solve?wait=NaN',
];
