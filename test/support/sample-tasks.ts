/** Tasks for tests: the smallest and the fullest of each kind, and arbitrary ones for properties. */
import fc from 'fast-check';
import { FIELDS, type FieldName } from '../../src/core/fields.js';
import { PROXY_SCHEMES } from '../../src/core/proxy.js';
import { factsOf, fieldsOf, type Kind, parseTask, type Task } from '../../src/core/task.js';

/** One valid value of every field. */
export const SAMPLE_FIELDS = {
  pageUrl: 'https://example.com/login?next=%2Fhome',
  siteKey: '6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI',
  publicKey: '69A21A01-CC7B-B9C6-0F9A-E7FA06677FFC',
  gt: '81388ea1fc187e0c335c0a8907ff2625',
  captchaId: 'e392e1d7fd421dc63325744d5a2b9c73',
  appId: '2009899766',
  masterUrlId: 'OXR2LVNvCuXykkZbB8KZIfh162sNT8S2',
  miseryKey: 'a1488b66da00bf332a1488993a5443c79047e752',
  apiKey: 'SAb83IIB',
  sceneId: 'c9h3****',
  redirectUri: 'https://id.vk.com/not_robot_captcha?domain=vk.com&session_token=abc',
  captchaUrl: 'https://geo.captcha-delivery.com/captcha/?initialCid=abc&cid=def',
  challenge: '2e2f0f65240058b683cb6ea21c303eea6n',
  action: 'verify',
  minScore: 0.3,
  invisible: true,
  enterprise: true,
  dataS: 'one-off-s',
  enterprisePayload: { s: 'one-off-s' },
  rqdata: 'one-off-rq',
  cData: 'customer-data',
  chlPageData: 'page-data',
  data: { blob: 'one-off-blob' },
  riskType: 'slide',
  userId: '10',
  sessionId: '493e52c37c10c2bcdf4a00cbc9ccd1e8',
  webServerSign: '9006dc725760858e4c0715b835472f22',
  webServerSign2: '9006dc725760858e4c0715b835472f23',
  divId: 'lemin-cropped-captcha',
  version: 'puzzle',
  challengeUrl: 'https://example.com/altcha/challenge',
  challengeJson: { algorithm: 'SHA-256', challenge: 'a1b2', salt: 'c3d4', signature: 'e5f6' },
  iv: 'CgAHbCe2GgAAAAAj',
  context: '9BUgmlm48F92WUoqv97a49ZuEJJ50TCk',
  validateId: 'cb0bfefa598b4c3887661fde54ecd57b',
  hcg: 'dcbb6bb4f8',
  hct: '1755084773',
  prefix: 'dlw3kug',
  userUserId: 'uuid',
  verifyType: '1.0',
  region: 'sgp',
  userCertifyId: '0a03e59417',
  cookieRequired: true,
  tspdCookie: 'TS386a400d029=082670627cab2800',
  incapsulaCookies: 'incap_ses_1166_2930313=br7iX33ZNCtf3HlpEXcuEPL8; visid_incap_2930313=abc',
  reese84Url: 'Built-with-the-For-hopence',
  widgetUrl: 'https://example.com/widget',
  apiDomain: 'recaptcha.net',
  apiServer: 'api-na.geetest.com',
  apiGetLib: 'https://static.example.com/hunt/api.js',
  apiJsUrl: 'https://challenges.cloudflare.com/turnstile/v0/b/abc/api.js',
  getLib: 'https://static.example.com/gt.js',
  challengeScript: 'https://41bcdd4fb3cb.token.awswaf.com/41bcdd4fb3cb/challenge.js',
  captchaScript: 'https://41bcdd4fb3cb.captcha.awswaf.com/41bcdd4fb3cb/captcha.js',
  jsapiScript: 'https://41bcdd4fb3cb.captcha.awswaf.com/41bcdd4fb3cb/jsapi.js',
  moduleScript: 'https://cdn.example.com/widget.module.min.js',
  noModuleScript: 'https://cdn.example.com/widget.min.js',
  incapsulaScriptUrl: '_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3',
  punishUrl: 'https://example.com/punish',
  offline: true,
  newCaptcha: true,
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0',
  cookies: { session: 'abc', theme: 'dark' },
  proxy: { scheme: 'socks5', host: '198.51.100.7', port: 1080, username: 'user', password: 'pass' },
  htmlPageBase64: 'PGh0bWw+PC9odG1sPg==',
  html: '<html><title>Just a moment...</title></html>',
  imageBase64: 'iVBORw0KGgo=',
  images: Array.from({ length: 9 }, () => 'iVBORw0KGgo='),
  parts: ['R0lGODlhAQ==', 'R0lGODlhAg==', 'R0lGODlhAw=='],
  audioBase64: 'SUQzBAAAAAAA',
  question: 'If tomorrow is Saturday, what day is today?',
  instructions: 'Type the red letters',
  instructionImageBase64: 'R0lGODlhAQABAAAAACw=',
  caseSensitive: true,
  phrase: true,
  numeric: 4,
  math: true,
  minLength: 4,
  maxLength: 6,
  languageSet: 2,
  lang: 'en',
  module: 'common',
  confidenceThreshold: 80,
  instant: true,
  rows: 4,
  columns: 3,
  gridSize: '4x3',
  imgType: 'recaptcha',
  minClicks: 1,
  maxClicks: 5,
  previousId: '12345',
  canNoAnswer: true,
  angle: 15,
  mode: 'rectangles',
  code: 'bls-code',
  steps: [5, 19, 0, 13, 7],
} as const satisfies Record<FieldName, unknown>;

/** Where one kind takes another sort of value than the others. */
const OF_KIND: Readonly<Partial<Record<Kind, Readonly<Partial<Record<FieldName, unknown>>>>>> = {
  hunt: { data: 'token-of-the-page' },
};

/** The sample values of these fields for a kind. */
export function sampleFields(kind: Kind, names: readonly FieldName[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, OF_KIND[kind]?.[name] ?? SAMPLE_FIELDS[name]]));
}

/** The kind with nothing but what it must have. */
export function sampleTask(kind: Kind): Task {
  const { required, oneOf = [] } = factsOf(kind);
  return parseTask(kind, sampleFields(kind, [...required, ...oneOf.slice(0, 1)]));
}

/** The kind with every field it may have. */
export function fullTask(kind: Kind): Task {
  return parseTask(kind, sampleFields(kind, fieldsOf(kind)));
}

/** A task as a row carries it: without the fields that the row has no name for. */
export function onlyFields(task: Task, names: Readonly<Partial<Record<FieldName, unknown>>>): Task {
  const kept = Object.entries(task).filter(([name]) => name === 'kind' || Object.hasOwn(names, name));
  return Object.fromEntries(kept) as unknown as Task;
}

const anyText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,19}$/);
const flag = fc.constant(true);
const base64 = fc
  .uint8Array({ minLength: 1, maxLength: 60 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));

const pageUrl = fc
  .oneof(
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.constantFrom('example.com/login', 'http://localhost:8080/', 'https://пример.example/вход?q=été#é'),
  )
  .filter((url) => FIELDS.pageUrl.schema.safeParse(url).success);

const cookieValue = anyText.map((text) => text.replace(/[;\s]/gu, '')).map((text) => text.trim());
const cookies = fc.dictionary(word, cookieValue, { minKeys: 1, maxKeys: 4 });

/** Names that differ in more than case: the old doors read names in any case. */
const data = fc
  .uniqueArray(fc.tuple(word, anyText), {
    minLength: 1,
    maxLength: 3,
    selector: ([name]) => name.toLowerCase(),
  })
  .map((pairs) => Object.fromEntries(pairs));

const payload = fc.oneof(
  fc.record({ s: anyText }),
  fc.record({ s: anyText, level: fc.nat(), nested: fc.dictionary(word, anyText) }),
);

const address = fc.record({
  scheme: fc.constantFrom(...PROXY_SCHEMES),
  host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
  port: fc.integer({ min: 1, max: 65_535 }),
});
const credentials = fc.record({
  username: fc.stringMatching(/^[A-Za-z0-9._+%-]{1,20}$/),
  password: fc.stringMatching(/^[A-Za-z0-9._:+%!$&/é-]{1,20}$/),
});
const proxy = fc.oneof(
  address,
  fc.tuple(address, credentials).map(([at, login]) => ({ ...at, ...login })),
);

const pictures = fc.array(base64, { minLength: 1, maxLength: 4 });
const challengeJson = fc.dictionary(word, word, { minKeys: 1, maxKeys: 4 });
const size = fc.integer({ min: 1, max: 9 });

/** Fields whose values are not just any text. */
const ARBITRARIES: Readonly<Partial<Record<FieldName, fc.Arbitrary<unknown>>>> = {
  pageUrl,
  redirectUri: pageUrl,
  captchaUrl: pageUrl,
  challengeUrl: pageUrl,
  minScore: fc.double({ min: 0, max: 1, noNaN: true }),
  invisible: flag,
  enterprise: flag,
  cookieRequired: flag,
  enterprisePayload: payload,
  challengeJson,
  data,
  offline: flag,
  newCaptcha: flag,
  cookies,
  proxy,
  htmlPageBase64: base64,
  imageBase64: base64,
  images: pictures,
  parts: pictures,
  audioBase64: base64,
  instructionImageBase64: base64,
  caseSensitive: flag,
  phrase: flag,
  numeric: fc.integer({ min: 0, max: 4 }),
  math: flag,
  minLength: fc.integer({ min: 0, max: 1_000 }),
  maxLength: fc.integer({ min: 0, max: 1_000 }),
  languageSet: fc.integer({ min: 0, max: 2 }),
  lang: word,
  confidenceThreshold: fc.double({ min: 0, max: 100, noNaN: true }),
  instant: flag,
  rows: size,
  columns: size,
  gridSize: fc.tuple(size, size).map((sides) => sides.join('x')),
  minClicks: fc.integer({ min: 0, max: 1_000 }),
  maxClicks: fc.integer({ min: 0, max: 1_000 }),
  canNoAnswer: flag,
  angle: fc.integer({ min: 0, max: 360 }),
  mode: fc.constantFrom('points', 'rectangles'),
  steps: fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 9 }),
};

/** Where one kind takes another sort of value than the others. */
const ARBITRARIES_OF_KIND: Readonly<Partial<Record<Kind, Readonly<Record<string, fc.Arbitrary<unknown>>>>>> =
  {
    hunt: { data: word },
  };

/** Any valid task of a kind, normalized: switches are on or absent. */
export function arbitraryTask(kind: Kind): fc.Arbitrary<Task> {
  const { required, oneOf = [] } = factsOf(kind);
  const model = Object.fromEntries(
    fieldsOf(kind).map((name) => [name, ARBITRARIES_OF_KIND[kind]?.[name] ?? ARBITRARIES[name] ?? anyText]),
  );
  const requiredKeys = [...required, ...oneOf.slice(0, 1)];
  return fc.record(model, { requiredKeys }).map((fields) => parseTask(kind, fields));
}
