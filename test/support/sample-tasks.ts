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
  challenge: '2e2f0f65240058b683cb6ea21c303eea6n',
  action: 'verify',
  minScore: 0.3,
  invisible: true,
  enterprise: true,
  dataS: 'one-off-s',
  enterprisePayload: { s: 'one-off-s' },
  rqdata: 'one-off-rq',
  cData: 'customer-data',
  data: { blob: 'one-off-blob' },
  riskType: 'slide',
  apiDomain: 'recaptcha.net',
  apiServer: 'api-na.geetest.com',
  getLib: 'https://static.example.com/gt.js',
  offline: true,
  newCaptcha: true,
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0',
  cookies: { session: 'abc', theme: 'dark' },
  proxy: { scheme: 'socks5', host: '198.51.100.7', port: 1080, username: 'user', password: 'pass' },
  imageBase64: 'iVBORw0KGgo=',
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
} as const satisfies Record<FieldName, unknown>;

/** The kind with nothing but what it must have. */
export function sampleTask(kind: Kind): Task {
  return parseTask(kind, pick(factsOf(kind).required));
}

/** The kind with every field it may have. */
export function fullTask(kind: Kind): Task {
  return parseTask(kind, pick(fieldsOf(kind)));
}

function pick(names: readonly FieldName[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, SAMPLE_FIELDS[name]]));
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

const ARBITRARIES: Readonly<Record<FieldName, fc.Arbitrary<unknown>>> = {
  pageUrl,
  siteKey: anyText,
  publicKey: anyText,
  gt: anyText,
  captchaId: anyText,
  challenge: anyText,
  action: anyText,
  minScore: fc.double({ min: 0, max: 1, noNaN: true }),
  invisible: flag,
  enterprise: flag,
  dataS: anyText,
  enterprisePayload: payload,
  rqdata: anyText,
  cData: anyText,
  data,
  riskType: anyText,
  apiDomain: anyText,
  apiServer: anyText,
  getLib: anyText,
  offline: flag,
  newCaptcha: flag,
  userAgent: anyText,
  cookies,
  proxy,
  imageBase64: base64,
  instructions: anyText,
  instructionImageBase64: base64,
  caseSensitive: flag,
  phrase: flag,
  numeric: fc.integer({ min: 0, max: 4 }),
  math: flag,
  minLength: fc.integer({ min: 0, max: 1_000 }),
  maxLength: fc.integer({ min: 0, max: 1_000 }),
  languageSet: fc.integer({ min: 0, max: 2 }),
  lang: word,
  module: anyText,
  confidenceThreshold: fc.double({ min: 0, max: 100, noNaN: true }),
};

/** Any valid task of a kind, normalized: switches are on or absent. */
export function arbitraryTask(kind: Kind): fc.Arbitrary<Task> {
  const model = Object.fromEntries(fieldsOf(kind).map((name) => [name, ARBITRARIES[name]]));
  const requiredKeys = [...factsOf(kind).required];
  return fc.record(model, { requiredKeys }).map((fields) => parseTask(kind, fields));
}
