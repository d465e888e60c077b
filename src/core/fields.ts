/** Every normalized input: its schema, and what its absence or wrongness means. */
import { z } from 'zod';
import type { ErrorCode } from './errors.js';
import { proxySchema } from './proxy.js';

const text = z.string().min(1).max(200_000);
const address = z.string().refine(isPageUrl, 'must be an absolute http(s) URL');
const record = z.record(z.string(), z.string());
const cookies = z.union([record, z.string().transform(parseCookies)]);
const image = z
  .string()
  .transform((value) => value.replace(/^data:[^,]*,/, '').replace(/\s+/g, ''))
  .pipe(z.base64().min(1, 'must not be empty'));

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
  pageUrl: field(address, 'bad_page_url'),
  siteKey: field(text, 'bad_sitekey'),
  publicKey: field(text, 'bad_sitekey'),
  gt: field(text, 'bad_sitekey'),
  captchaId: field(text, 'bad_sitekey'),
  challenge: field(text),
  action: field(text),
  minScore: hint(z.number().min(0).max(1)),
  invisible: field(z.boolean()),
  enterprise: hint(z.boolean()),
  dataS: field(text),
  enterprisePayload: field(z.record(z.string(), z.unknown())),
  rqdata: field(text),
  cData: field(text),
  data: field(record),
  riskType: hint(text),
  apiDomain: hint(text),
  apiServer: hint(text),
  getLib: hint(text),
  offline: hint(z.boolean()),
  newCaptcha: hint(z.boolean()),
  userAgent: hint(z.string().min(1).max(2_000)),
  cookies: field(cookies),
  proxy: field(proxySchema, 'proxy_error'),
  imageBase64: field(image, 'image_error'),
  instructions: field(z.string().min(1).max(2_000)),
  instructionImageBase64: field(image, 'image_error'),
  caseSensitive: hint(z.boolean()),
  phrase: hint(z.boolean()),
  numeric: hint(z.int().min(0).max(4)),
  math: field(z.boolean()),
  minLength: hint(z.int().min(0).max(1_000)),
  maxLength: hint(z.int().min(0).max(1_000)),
  languageSet: hint(z.int().min(0).max(2)),
  lang: hint(z.string().min(1).max(20)),
  module: hint(text),
  confidenceThreshold: hint(z.number().min(0).max(100)),
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
