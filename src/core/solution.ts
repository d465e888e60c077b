/** What comes back: the normalized solution of a task, and the shape of each of its members. */

/** Members are those of the kind's `solution` in `KINDS`; a passed-through task keeps the service's own. */
export type Solution = Readonly<Record<string, unknown>>;

/** How a member reads: what services write in several forms has one form here. */
export type Shape = 'text' | 'number' | 'object' | 'list' | 'cookies' | 'points' | 'paths' | 'cells';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The shape of every member of every kind's solution. Points are pixels from the top left; cells count from 1. */
export const MEMBER_SHAPES = {
  text: 'text',
  confidence: 'number',
  url: 'text',
  token: 'text',
  userAgent: 'text',
  cookies: 'cookies',
  cookie: 'text',
  headers: 'object',
  data: 'object',
  respKey: 'text',
  validate: 'text',
  challenge: 'text',
  seccode: 'text',
  captchaOutput: 'text',
  captchaId: 'text',
  lotNumber: 'text',
  passToken: 'text',
  genTime: 'text',
  answer: 'text',
  captchaKey: 'text',
  challengeKey: 'text',
  challengeId: 'text',
  ticket: 'text',
  randstr: 'text',
  appid: 'text',
  ret: 'number',
  voucher: 'text',
  existingToken: 'text',
  coordinates: 'points',
  cells: 'cells',
  paths: 'paths',
  angle: 'number',
  boxes: 'list',
  bestStep: 'number',
  solution: 'list',
  preview: 'text',
} as const satisfies Record<string, Shape>;

export type Member = keyof typeof MEMBER_SHAPES;

/** The first readable text of a value: providers send numbers where clients expect text. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return undefined;
}
