/** Tasks for tests: the smallest and the fullest of each kind, and arbitrary ones for properties. */
import fc from 'fast-check';
import { FIELDS, type FieldName } from '../../src/core/fields.js';
import { PROXY_SCHEMES } from '../../src/core/proxy.js';
import { factsOf, fieldsOf, type Kind, parseTask, type Task } from '../../src/core/task.js';
import { sampleFields } from '../../src/openapi/samples.js';

export { SAMPLE_FIELDS, sampleFields } from '../../src/openapi/samples.js';

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
