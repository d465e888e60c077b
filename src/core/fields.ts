/** Every normalized input: its schema, and what its absence or wrongness means. */
import { z } from 'zod';
import type { ErrorCode } from './errors.js';
import { proxySchema } from './proxy.js';

const text = z.string().min(1).max(200_000);
const line = z.string().min(1).max(2_000);
const address = z
  .string()
  .refine(isPageUrl, 'must be an absolute http(s) URL')
  .meta({ description: 'An http or https URL; without a scheme it is https.' });
const record = z.record(z.string(), z.string());
const object = z.record(z.string(), z.unknown());
const cookies = z
  .union([record, z.string().transform(parseCookies)])
  .meta({ description: 'Values by name, or a text such as `name=value; other=value`.' });
const count = z.int().min(0).max(1_000);
const base64 = z
  .string()
  .transform((value) => value.replace(/^data:[^,]*,/, '').replace(/\s+/g, ''))
  .pipe(z.base64().min(1, 'must not be empty'))
  .meta({ contentEncoding: 'base64', description: 'Base64; a data: URL will do.' });
const pictures = z.array(base64).min(1).max(20);
const challenge = z
  .union([object, z.string().min(2).transform(parseObject)])
  .refine((members) => Object.keys(members).length > 0, 'must not be empty')
  .meta({ description: 'An object, or its JSON text.' });

interface Field {
  readonly schema: z.ZodType;
  /** The error that a client hears when this field is missing or wrong. */
  readonly blame: ErrorCode;
  /** A hint may be left out where a provider has no place for it; anything else may not. */
  readonly isHint: boolean;
}

function field<Schema extends z.ZodType>(schema: Schema, blame: ErrorCode = 'bad_request') {
  return { schema, blame, isHint: false } satisfies Field;
}

function hint<Schema extends z.ZodType>(schema: Schema, blame: ErrorCode = 'bad_request') {
  return { schema, blame, isHint: true } satisfies Field;
}

/** Every normalized input, once. Names and meanings are the gateway's own; the wires map theirs to them. */
export const FIELDS = {
  // Where the captcha stands, and its public keys.
  pageUrl: field(address, 'bad_page_url'),
  siteKey: field(text, 'bad_sitekey'),
  publicKey: field(text, 'bad_sitekey'),
  gt: field(text, 'bad_sitekey'),
  captchaId: field(text, 'bad_sitekey'),
  appId: field(text, 'bad_sitekey'),
  masterUrlId: field(text, 'bad_sitekey'),
  miseryKey: field(text, 'bad_sitekey'),
  /** CutCaptcha's key of the site, nobody's credential. */
  apiKey: field(text, 'bad_sitekey'),
  sceneId: field(text, 'bad_sitekey'),
  redirectUri: field(address, 'bad_page_url'),
  captchaUrl: field(address, 'bad_page_url'),
  // What the page hands to the widget.
  challenge: field(text),
  action: field(text),
  minScore: hint(z.number().min(0).max(1)),
  invisible: field(z.boolean()),
  enterprise: hint(z.boolean()),
  dataS: field(text),
  enterprisePayload: field(object),
  rqdata: field(text),
  cData: field(text),
  chlPageData: field(text),
  data: field(z.union([record, text])),
  riskType: hint(text),
  userId: field(text),
  sessionId: field(text),
  webServerSign: field(text),
  webServerSign2: field(text),
  divId: field(text),
  version: field(line),
  challengeUrl: field(address),
  challengeJson: field(challenge),
  iv: field(text),
  context: field(text),
  validateId: field(text),
  hcg: field(text),
  hct: field(text),
  prefix: field(text),
  userUserId: field(text),
  verifyType: field(text),
  region: field(text),
  userCertifyId: field(text),
  cookieRequired: field(z.boolean()),
  tspdCookie: field(text),
  incapsulaCookies: field(text),
  reese84Url: field(text),
  widgetUrl: field(text),
  // Scripts and hosts of the widget's vendor.
  apiDomain: hint(text),
  apiServer: hint(text),
  apiGetLib: field(text),
  apiJsUrl: hint(text),
  getLib: hint(text),
  challengeScript: hint(text),
  captchaScript: hint(text),
  jsapiScript: hint(text),
  moduleScript: hint(text),
  noModuleScript: hint(text),
  incapsulaScriptUrl: field(text),
  punishUrl: hint(text),
  offline: hint(z.boolean()),
  newCaptcha: hint(z.boolean()),
  // The browser that the answer is for.
  userAgent: hint(line),
  cookies: field(cookies),
  proxy: field(proxySchema, 'proxy_error'),
  htmlPageBase64: field(base64),
  html: hint(z.string().min(1).max(4_000_000)),
  // What is looked at, listened to or read.
  imageBase64: field(base64, 'image_error'),
  images: field(pictures, 'image_error'),
  parts: field(pictures, 'image_error'),
  audioBase64: field(base64, 'image_error'),
  question: field(line),
  instructions: field(line),
  instructionImageBase64: field(base64, 'image_error'),
  caseSensitive: hint(z.boolean()),
  phrase: hint(z.boolean()),
  numeric: hint(z.int().min(0).max(4)),
  math: field(z.boolean()),
  minLength: hint(count),
  maxLength: hint(count),
  languageSet: hint(z.int().min(0).max(2)),
  lang: hint(z.string().min(1).max(20)),
  module: hint(text),
  confidenceThreshold: hint(z.number().min(0).max(100)),
  /** Asks for a recogniser that answers within the submit, where the service has one. */
  instant: hint(z.boolean()),
  rows: hint(count),
  columns: hint(count),
  gridSize: hint(z.string().regex(/^\d{1,2}x\d{1,2}$/, 'must look like 3x3')),
  imgType: hint(line),
  minClicks: hint(count),
  maxClicks: hint(count),
  /** Taken and never sent: an id of the gateway means nothing to a service. */
  previousId: hint(line),
  canNoAnswer: hint(z.boolean()),
  angle: hint(z.number().min(0).max(360)),
  mode: field(z.enum(['points', 'rectangles'])),
  code: field(line),
  steps: field(z.array(z.number()).min(1).max(1_000)),
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof FIELDS;
export type FieldValues = {
  readonly [Name in FieldName]?: z.output<(typeof FIELDS)[Name]['schema']> | undefined;
};

function isPageUrl(value: string): boolean {
  const url = withScheme(value);
  return value.length <= 8_192 && !/\s/.test(value) && /^https?:\/\/./i.test(url) && URL.canParse(url);
}

/** A page URL with the scheme that clients of the old services often leave out. */
export function withScheme(value: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `https://${value}`;
}

/** Reads `NAME=value; OTHER=value` and the classic wire's `NAME:value;OTHER:value`. */
export function parseCookies(written: string): Record<string, string> {
  const pairs = written
    .split(';')
    .map((pair) => pair.trim())
    .filter(Boolean);
  const entries = pairs.map((pair): [string, string] => {
    const cut = /[=:]/.exec(pair)?.index ?? pair.length;
    return [pair.slice(0, cut).trim(), pair.slice(cut + 1).trim()];
  });
  return Object.fromEntries(entries);
}

function parseObject(written: string, context: z.RefinementCtx): Record<string, unknown> {
  const parsed = object.safeParse(parseOrNothing(written));
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: 'must be an object or its JSON text' });
  return z.NEVER;
}

function parseOrNothing(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}
