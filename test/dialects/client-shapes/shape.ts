/** What a client's own code puts on the wire, byte for byte, and what it must hear. `{KEY}` stands for its key. */
import type { CaseGateway } from '../case-file.js';

export interface Shape {
  /** Whose code sends this, and what is unusual about it. */
  readonly client: string;
  /** Whole requests, one after the other; the last one's answer counts unless `hears` has one for each. */
  readonly sends: string | readonly string[];
  readonly gateway?: CaseGateway;
  /** Members of the task that reaches the gateway. */
  readonly task?: object;
  /** Every call that reaches the gateway, in order. */
  readonly asked?: readonly string[];
  /** The answer's body, to the last byte. */
  readonly hears: string;
  /** Content-Type; that of plain text when absent. */
  readonly as?: string;
  /** Headers of the answer; null for none. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

export const JSON_TYPE = 'application/json';

/** Header lines, `Host` and `Connection` aside. */
export type Headers = readonly string[];

export function get(path: string, headers: Headers = [], host = 'gateway.lan:8080'): string {
  return [`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers, '', ''].join('\r\n');
}

/** With a Content-Length, and no label but the one given. */
export function post(path: string, body: string, headers: Headers = [], host = 'gateway.lan:8080'): string {
  const length = `Content-Length: ${Buffer.byteLength(body.replaceAll('{KEY}', 'k'.repeat(32)))}`;
  const head = [`POST ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', length, ...headers];
  return [...head, '', body].join('\r\n');
}

/** Without a Content-Length: each part is a chunk. */
export function chunked(path: string, parts: readonly string[], headers: Headers = []): string {
  const lengthOf = (part: string) => Buffer.byteLength(part.replaceAll('{KEY}', 'k'.repeat(32))).toString(16);
  const chunks = [...parts, ''].map((part) => `${lengthOf(part)}\r\n${part}\r\n`).join('');
  const head = [`POST ${path} HTTP/1.1`, 'Host: 2captcha.com', 'Connection: close', ...headers];
  return [...head, 'Transfer-Encoding: chunked', '', chunks].join('\r\n');
}

export function postJson(path: string, body: object, headers: Headers = ['Content-Type: application/json']) {
  return post(path, JSON.stringify(body), headers);
}

export function postForm(path: string, fields: Readonly<Record<string, string>>): string {
  const body = Object.entries(fields).map(([name, value]) => `${name}=${formValue(value)}`);
  return post(path, body.join('&'), ['Content-Type: application/x-www-form-urlencoded']);
}

function formValue(value: string): string {
  return value === '{KEY}' ? value : encodeURIComponent(value);
}

/** A body of parts, each with its own header lines and its text. */
export function multipart(boundary: string, parts: ReadonlyArray<readonly [Headers, string]>): string {
  const written = parts.map(([headers, text]) => [`--${boundary}`, ...headers, '', text].join('\r\n'));
  return [...written, `--${boundary}--`, ''].join('\r\n');
}

export const PAGE = 'https://example.com/';
export const RECAPTCHA = { kind: 'recaptcha_v2', siteKey: '6Le-abc', pageUrl: PAGE };
export const FIELDS = { key: '{KEY}', method: 'userrecaptcha', googlekey: '6Le-abc', pageurl: PAGE } as const;
export const QUERY = 'key={KEY}&method=userrecaptcha&googlekey=6Le-abc&pageurl=https%3A%2F%2Fexample.com%2F';
/** A task of the json wire, spelled as most do. */
export const TASK = { type: 'RecaptchaV2TaskProxyless', websiteURL: PAGE, websiteKey: '6Le-abc' } as const;

export const CREATED = '{"errorId":0,"taskId":1200001}';
export const SOLVED: CaseGateway = { record: { solution: { token: '03AGdBq25-token' } } };
export const FAILED: CaseGateway = { record: { error: { code: 'unsolvable' } } };
export const IMAGE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk';
export const IMAGE_SOLVED: CaseGateway = {
  record: { task: { kind: 'image_to_text', imageBase64: IMAGE }, solution: { text: 'w9h5k' } },
};
