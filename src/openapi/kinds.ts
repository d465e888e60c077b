/** One schema for the tasks of each kind and one for their solutions, from the tables that tasks are checked by. */
import { MEMBER_SHAPES, type Shape } from '../core/solution.js';
import { factsOf, KIND_NAMES, type Kind, taskSchema } from '../core/task.js';
import { submitSchema } from '../wire/native.js';
import { sampleSubmit } from './samples.js';
import { type JsonSchema, ref, toSchema } from './schema.js';

const POINTS: JsonSchema = {
  type: 'array',
  items: {
    type: 'object',
    properties: { x: { type: 'number' }, y: { type: 'number' } },
    required: ['x', 'y'],
  },
  description: 'Pixels from the top left.',
};

const SHAPES: Readonly<Record<Shape, JsonSchema>> = {
  text: { type: 'string' },
  number: { type: 'number' },
  object: { type: 'object' },
  list: { type: 'array' },
  cookies: { type: 'object', additionalProperties: { type: 'string' }, description: 'Values by name.' },
  points: POINTS,
  paths: { type: 'array', items: POINTS },
  cells: { type: 'array', items: { type: 'integer', minimum: 1 }, description: 'Cells, counted from 1.' },
};

/** `recaptcha_v2` as a part of schemas' names: `RecaptchaV2`. */
function titleCase(kind: Kind): string {
  return kind.replace(/(?:^|_)([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
}

/** The schema of the tasks of a kind, by name. */
export function submitName(kind: Kind): string {
  return `${titleCase(kind)}Submit`;
}

/** The schema of the solutions of a kind, by name. */
export function solutionName(kind: Kind): string {
  return `${titleCase(kind)}Solution`;
}

/** A task of one kind as it is sent: the fields of the kind, and what any task may carry. */
function submitOf(kind: Kind): JsonSchema {
  const { title, required, oneOf, singleUse = [] } = factsOf(kind);
  const { properties: fields = {} } = toSchema(taskSchema(kind));
  const { properties: { kind: _kind, ...beside } = {} } = toSchema(submitSchema);
  const burnt = singleUse.length === 0 ? '' : ` Good for one attempt: ${singleUse.join(', ')}.`;
  return {
    type: 'object',
    title,
    description: `${title}.${burnt}`,
    properties: { kind: { const: kind }, ...fields, ...beside },
    required: ['kind', ...required],
    ...(oneOf && { anyOf: oneOf.map((name) => ({ required: [name] })) }),
    additionalProperties: false,
    examples: [sampleSubmit(kind)],
  };
}

function solutionOf(kind: Kind): JsonSchema {
  const { title, solution, solutionLifeSeconds } = factsOf(kind);
  const life = solutionLifeSeconds === undefined ? '' : ` Valid for ${solutionLifeSeconds} s.`;
  const main = `\`${solution[0]}\` is the main member; others are there where the service tells them.`;
  return {
    type: 'object',
    description: `Solution of ${title}. ${main}${life}`,
    properties: Object.fromEntries(solution.map((member) => [member, SHAPES[MEMBER_SHAPES[member]]])),
    minProperties: 1,
  };
}

/** Every kind's two schemas, and the two that choose among them by `kind`. */
export function kindSchemas(): Record<string, JsonSchema> {
  const own = KIND_NAMES.flatMap((kind) => [
    [submitName(kind), submitOf(kind)] as const,
    [solutionName(kind), solutionOf(kind)] as const,
  ]);
  const mapping = Object.fromEntries(KIND_NAMES.map((kind) => [kind, ref(submitName(kind)).$ref]));
  return {
    Submit: {
      description: 'A task: its kind, the fields of that kind, and what any task may carry.',
      oneOf: KIND_NAMES.map((kind) => ref(submitName(kind))),
      discriminator: { propertyName: 'kind', mapping },
    },
    SolutionOfKind: {
      description:
        'Which members a solution has follows from the kind; that of a passed-through task is as the service tells it.',
      allOf: KIND_NAMES.map((kind) => ({
        if: { properties: { kind: { const: kind } }, required: ['kind'] },
        // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so
        then: { properties: { solution: ref(solutionName(kind)) } },
      })),
    },
    ...Object.fromEntries(own),
  };
}
