/** The kinds of captcha the gateway understands, and what a task of each kind must and may carry. */
import { z } from 'zod';
import { type ErrorCode, type Issue, SolveError } from './errors.js';
import { FIELDS, type FieldName, type FieldValues, withScheme } from './fields.js';

/** What is to be solved: a kind and its normalized inputs. */
export type Task = { readonly kind: Kind } & FieldValues;

export interface KindFacts {
  readonly title: string;
  /** Tokens come from a browser that runs the widget, images are looked at. */
  readonly group: 'token' | 'image';
  readonly required: readonly FieldName[];
  readonly optional: readonly FieldName[];
  /** Inputs that the first attempt burns: no second purchase can succeed with them. */
  readonly singleUse: readonly FieldName[];
  /** Normalized members of the solution; the first is the one that plain-text clients get. */
  readonly solution: readonly [string, ...string[]];
  /** How long an answer stays valid at the site, in seconds; null where nobody says. */
  readonly solutionLifeSeconds: number | null;
}

const RECAPTCHA = ['pageUrl', 'siteKey'] as const;
const BROWSER = ['userAgent', 'cookies', 'proxy'] as const;

/** Source of the facts: the services' API pages and official clients. */
export const KINDS = {
  image_to_text: {
    title: 'Distorted text in an image',
    group: 'image',
    required: ['imageBase64'],
    optional: [
      'caseSensitive',
      'phrase',
      'numeric',
      'math',
      'minLength',
      'maxLength',
      'instructions',
      'instructionImageBase64',
      'languageSet',
      'lang',
      'module',
      'confidenceThreshold',
    ],
    singleUse: [],
    solution: ['text', 'confidence'],
    solutionLifeSeconds: null,
  },
  recaptcha_v2: {
    title: 'reCAPTCHA v2, checkbox or invisible',
    group: 'token',
    required: RECAPTCHA,
    optional: ['invisible', 'dataS', 'apiDomain', ...BROWSER],
    singleUse: ['dataS'],
    solution: ['token', 'userAgent', 'cookies'],
    solutionLifeSeconds: 120,
  },
  recaptcha_v2_enterprise: {
    title: 'reCAPTCHA v2 Enterprise',
    group: 'token',
    required: RECAPTCHA,
    optional: ['invisible', 'dataS', 'enterprisePayload', 'action', 'apiDomain', ...BROWSER],
    singleUse: ['dataS', 'enterprisePayload'],
    solution: ['token', 'userAgent', 'cookies'],
    solutionLifeSeconds: 120,
  },
  recaptcha_v3: {
    title: 'reCAPTCHA v3',
    group: 'token',
    required: RECAPTCHA,
    optional: ['action', 'minScore', 'apiDomain', ...BROWSER],
    singleUse: [],
    solution: ['token', 'userAgent'],
    solutionLifeSeconds: 120,
  },
  recaptcha_v3_enterprise: {
    title: 'reCAPTCHA v3 Enterprise',
    group: 'token',
    required: RECAPTCHA,
    optional: ['action', 'minScore', 'enterprisePayload', 'apiDomain', ...BROWSER],
    singleUse: ['enterprisePayload'],
    solution: ['token', 'userAgent'],
    solutionLifeSeconds: 120,
  },
  hcaptcha: {
    title: 'hCaptcha',
    group: 'token',
    required: ['pageUrl', 'siteKey'],
    optional: ['invisible', 'rqdata', 'enterprise', 'apiDomain', 'userAgent', 'proxy'],
    singleUse: ['rqdata'],
    solution: ['token', 'respKey', 'userAgent'],
    solutionLifeSeconds: 120,
  },
  turnstile: {
    title: 'Cloudflare Turnstile widget',
    group: 'token',
    required: ['pageUrl', 'siteKey'],
    optional: ['action', 'cData', 'userAgent', 'proxy'],
    singleUse: [],
    solution: ['token', 'userAgent'],
    solutionLifeSeconds: 300,
  },
  geetest_v3: {
    title: 'GeeTest v3',
    group: 'token',
    required: ['pageUrl', 'gt', 'challenge'],
    optional: ['apiServer', 'userAgent', 'offline', 'newCaptcha', 'getLib', 'proxy'],
    singleUse: ['challenge'],
    solution: ['validate', 'challenge', 'seccode'],
    solutionLifeSeconds: null,
  },
  geetest_v4: {
    title: 'GeeTest v4',
    group: 'token',
    required: ['pageUrl', 'captchaId'],
    optional: ['riskType', 'apiServer', 'userAgent', 'proxy'],
    singleUse: [],
    solution: ['captchaOutput', 'captchaId', 'lotNumber', 'passToken', 'genTime'],
    solutionLifeSeconds: null,
  },
  funcaptcha: {
    title: 'Arkose Labs FunCaptcha',
    group: 'token',
    required: ['pageUrl', 'publicKey'],
    optional: ['apiServer', 'data', 'userAgent', 'proxy', 'cookies'],
    singleUse: ['data'],
    solution: ['token', 'userAgent'],
    solutionLifeSeconds: null,
  },
} as const satisfies Record<string, KindFacts>;

export type Kind = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as readonly Kind[];

/** The facts of a kind, with the wide types that code over all kinds needs. */
export function factsOf(kind: Kind): KindFacts {
  return KINDS[kind];
}

/** Whether `name` is a kind the gateway understands. */
export function isKind(name: string): name is Kind {
  return Object.hasOwn(KINDS, name);
}

/** Every field that a kind may carry: required first. */
export function fieldsOf(kind: Kind): readonly FieldName[] {
  const { required, optional } = factsOf(kind);
  return [...required, ...optional];
}

const schemas = new Map<Kind, z.ZodType<FieldValues>>();

/** The zod schema of one kind's fields; unknown fields are faults. */
export function taskSchema(kind: Kind): z.ZodType<FieldValues> {
  const known = schemas.get(kind);
  if (known) return known;
  const { required, optional } = factsOf(kind);
  const shape: Record<string, z.ZodType> = {};
  for (const name of required) shape[name] = FIELDS[name].schema;
  for (const name of optional) shape[name] = FIELDS[name].schema.optional();
  const schema = z.strictObject(shape) as z.ZodType<FieldValues>;
  schemas.set(kind, schema);
  return schema;
}

/**
 * Checks the fields of one kind and returns the task.
 * @throws SolveError with the code of the first wrong field and an issue for each.
 */
export function parseTask(kind: Kind, fields: Readonly<Record<string, unknown>>): Task {
  const parsed = taskSchema(kind).safeParse(fields, { reportInput: true });
  if (parsed.success) return canonical({ kind, ...parsed.data });
  const issues = parsed.error.issues.flatMap(toIssues);
  throw new SolveError(blameFor(kind, issues), { issues, detail: issues.map(sentence).join('; ') });
}

/** Enterprise has one place for the one-off value, whichever name it came under. */
function canonical(task: Task): Task {
  if (task.kind !== 'recaptcha_v2_enterprise' || task.dataS === undefined) return task;
  const { dataS, ...rest } = task;
  return { ...rest, enterprisePayload: { s: dataS, ...task.enterprisePayload } };
}

function toIssues(issue: z.core.$ZodIssue): Issue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: key, message: 'is not a field of this kind' }));
  }
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined;
  return [{ path: issue.path.join('.'), message: isMissing ? 'is required' : issue.message }];
}

function sentence(issue: Issue): string {
  return `${issue.path} ${issue.message}`;
}

/** The first wrong field in the kind's own order decides, so that an answer does not depend on zod's. */
function blameFor(kind: Kind, issues: readonly Issue[]): ErrorCode {
  const wrong = new Set(issues.map((issue) => issue.path.split('.')[0]));
  const first = fieldsOf(kind).find((name) => wrong.has(name));
  return first ? FIELDS[first].blame : 'bad_request';
}

/** The inputs of this task that only its first accepted attempt can use. */
export function singleUseInputs(task: Task): readonly FieldName[] {
  return factsOf(task.kind).singleUse.filter((name) => task[name] !== undefined);
}

/** The host of the page the captcha stands on; undefined for kinds without a page. */
export function targetHost(task: Task): string | undefined {
  if (task.pageUrl === undefined) return undefined;
  return new URL(withScheme(task.pageUrl)).hostname.toLowerCase();
}
