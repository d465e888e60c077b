/** Text as HTML: everything is escaped unless it is markup already. */
import { type JsonSchema, nameOf } from './schema.js';

/** Markup that is safe to stand in a page as it is. */
export interface Markup {
  readonly html: string;
}

type Part = string | number | Markup | readonly Markup[];

/** A template whose values are escaped, unless they are markup. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const written = strings.map(
    (text, index) => `${text}${index < parts.length ? write(parts[index] ?? '') : ''}`,
  );
  return { html: written.join('') };
}

function write(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'html' in part ? part.html : part.map(({ html }) => html).join('');
}

const SIGNS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => SIGNS[sign] ?? sign);
}

/** Text in an element of its own, where quotes mean nothing: half as long as with all of them escaped. */
export function verbatim(text: string): Markup {
  return { html: text.replace(/[&<>]/g, (sign) => SIGNS[sign] ?? sign) };
}

export const NOTHING: Markup = { html: '' };

/** A sentence in which backticks enclose code. */
export function prose(text: string): Markup {
  const parts = text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : markup`${part}`));
  return markup`${parts}`;
}

/** These with a comma between them. */
function list(parts: readonly Markup[], between = ', '): Markup {
  return markup`${parts.map((part, index) => (index === 0 ? part : markup`${between}${part}`))}`;
}

/** What a value may be, in words, with links to what has a name. */
export function typeOf(schema: JsonSchema): Markup {
  const name = nameOf(schema);
  if (name !== undefined) return markup`<a href="#${name}">${name}</a>`;
  const { anyOf, allOf, enum: words, const: only, type, items } = schema;
  if (only !== undefined) return markup`<code>${JSON.stringify(only)}</code>`;
  if (words) return markup`<code>${words.join(', ')}</code>`;
  const either = anyOf ?? allOf;
  if (either) return list(either.map(typeOf), ' or ');
  if (type === 'array') return markup`list of ${isSchema(items) ? typeOf(items) : 'anything'}`;
  const types = [type ?? []].flat().map((each) => TYPE_WORDS[each] ?? each);
  return markup`${types.join(' or ') || 'anything'}${bounds(schema)}`;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'object',
  null: 'null',
};

function bounds({ minimum, maximum, format, default: preset }: JsonSchema): string {
  const range =
    maximum === undefined ? '' : `, ${minimum ?? 'at most'}${minimum === undefined ? ' ' : ' to '}${maximum}`;
  const usual = preset === undefined ? '' : `, ${JSON.stringify(preset)} unless told`;
  return `${format === 'date-time' ? ' (ISO 8601)' : ''}${range}${usual}`;
}

/** Whether a part of a schema is one itself. */
export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A table of these members: what may be missing has a question mark. */
export function membersTable({ properties = {}, required = [] }: JsonSchema): Markup {
  const rows = Object.entries(properties).map(([name, schema]) => {
    const member = isSchema(schema) ? schema : {};
    const mark = required.includes(name) ? '' : '?';
    return markup`<tr><td><code>${name}</code>${mark}<td>${typeOf(member)}${saidOf(member)}`;
  });
  return rows.length === 0 ? NOTHING : markup`<table>${rows}</table>`;
}

function saidOf({ description }: JsonSchema): Markup {
  return description === undefined ? NOTHING : markup`<td>${prose(description)}`;
}
