/** The document as one page for people: made once, without a script, and nothing on it comes from elsewhere. */
import type { OpenApiDocument } from './document.js';
import { isSchema, type Markup, markup, membersTable, NOTHING, prose, typeOf, verbatim } from './markup.js';
import type { DocumentResponse, MediaType, Operation } from './operation.js';
import { PAGE_STYLE } from './page-style.js';
import { nameOf } from './schema.js';

/** The whole page. */
export function renderPage(document: OpenApiDocument): string {
  const { info, tags } = document;
  const links = tags.map(({ name }) => markup`<li><a href="#tag-${name}">${name}</a>`);
  return markup`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title}: the API</title>
<link rel="icon" href="data:,">
<style>${{ html: PAGE_STYLE }}</style>
<a class="skip" href="#routes">Skip to the routes</a>
<h1>${info.title} ${info.version}</h1>
<p>${prose(String(info.description))}
<nav aria-label="Parts"><ul>${links}<li><a href="#called">What calls you</a><li><a href="#kinds">Kinds</a><li><a href="#errors">Errors</a><li><a href="#shapes">Shapes</a><li><a href="openapi.json">openapi.json</a><li><a href="./">Dashboard</a></ul></nav>
<main id="routes">
<p>The examples take the address and the keys from the environment:
<pre>export GATEWAY=http://127.0.0.1:8080 KEY=your-key ADMIN_KEY=the-admin-key</pre>
<p>The key may also travel as <code>Authorization: Bearer</code>. Where the config has no admin key, the operator is whoever asks from the machine itself.
${tags.map((tag) => tagSection(document, tag))}
${calledSection(document)}
${kindsSection(document)}
${errorsSection(document)}
${shapesSection(document)}
</main>
</html>
`.html;
}

function tagSection({ paths }: OpenApiDocument, tag: OpenApiDocument['tags'][number]): Markup {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.includes(tag.name))
      .map(([method, operation]) => routeEntry({ method: method.toUpperCase(), path, operation })),
  );
  return markup`<section><h2 id="tag-${tag.name}">${tag.name}</h2><p>${tag.description}${routes}</section>`;
}

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

function routeEntry(entry: Entry): Markup {
  const { method, path, operation } = entry;
  const { operationId, summary, description, responses } = operation;
  return markup`
<details><summary><b>${method}</b> <code>${path}</code> <span>${summary}</span></summary><div id="${operationId}">
<p>${keyOf(operation)}
${description === undefined ? NOTHING : markup`<p>${prose(description)}`}
${parametersTable(operation)}${bodyPart(operation)}
<pre>${verbatim(curl(entry))}</pre>
<h3>Answers</h3>
<table>${Object.entries(responses).map(([status, response]) => answerRow(status, response))}</table>
</div></details>`;
}

/** Whose key is asked for. */
function keyOf({ security }: Operation): string {
  const schemes = security.flatMap((each) => Object.keys(each));
  const [isClients, isOperators] = [schemes.includes('clientKey'), schemes.includes('adminKey')];
  if (!isClients && !isOperators) return 'Needs no key.';
  if (isClients && isOperators) return 'With your key, or the admin key.';
  return isClients ? 'With your key.' : 'With the admin key.';
}

function parametersTable({ parameters = [] }: Operation): Markup {
  if (parameters.length === 0) return NOTHING;
  const rows = parameters.map(
    ({ name, in: place, description, schema }) =>
      markup`<tr><td><code>${name}</code><td>${place}<td>${typeOf(schema)}<td>${prose(description)}`,
  );
  return markup`<h3>Parameters</h3><table>${rows}</table>`;
}

function bodyPart({ requestBody }: Operation): Markup {
  const media = requestBody?.content['application/json'];
  if (!media) return NOTHING;
  const link = nameOf(media.schema) === 'Submit' ? markup`<a href="#kinds">a task</a>` : typeOf(media.schema);
  return markup`<p>Body: ${link}${requestBody?.required ? '' : ', or nothing'}.`;
}

function answerRow(status: string, { description, content = {} }: DocumentResponse): Markup {
  const forms = Object.entries(content).map(([type, media]) => answerForm(type, media));
  return markup`<tr><td>${status}<td>${prose(description)} ${forms}`;
}

function answerForm(type: string, { schema, example }: MediaType): Markup {
  const shown = nameOf(schema) === undefined ? markup`<code>${type}</code>` : typeOf(schema);
  if (example === undefined) return markup`${shown} `;
  return markup`${shown}<details><summary>example</summary><pre>${verbatim(JSON.stringify(example, null, 2))}</pre></details>`;
}

/** The first example of the operation as a command. */
function curl({ method, path, operation }: Entry): string {
  const { requestBody, security, parameters = [] } = operation;
  const filled = parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce((url, { name, schema }) => url.replace(`{${name}}`, String(schema.examples?.[0])), path);
  const scheme = Object.keys(security[0] ?? {})[0];
  const key = scheme === undefined ? '' : ` -H "X-Api-Key: $${scheme === 'adminKey' ? 'ADMIN_KEY' : 'KEY'}"`;
  const [first] = Object.values(requestBody?.content['application/json']?.examples ?? {});
  const body = first === undefined ? '' : ` \\\n  -d ${quoted(JSON.stringify(first.value))}`;
  const streaming = operation.responses[200]?.content?.['text/event-stream'] ? ' -N' : '';
  const verb = (body === '' ? 'GET' : 'POST') === method ? '' : ` -X ${method}`;
  return `curl${streaming}${verb} "$GATEWAY${filled}"${key}${body}`;
}

/** As one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function calledSection({ webhooks }: OpenApiDocument): Markup {
  const calls = Object.values(webhooks).flatMap((methods) =>
    Object.entries(methods).map(
      ([method, { operationId = '', summary = '', parameters = [], requestBody }]) => {
        const media = requestBody?.content['application/json'];
        const rows = parameters.map(
          ({ name, description }) => markup`<tr><td><code>${name}</code><td>${prose(description)}`,
        );
        return markup`<details><summary><b>${method.toUpperCase()}</b> ${summary}</summary><div id="${operationId}"><p>Body: ${media ? typeOf(media.schema) : NOTHING}. Any 2xx is a delivery; 410 ends it.<table>${rows}</table></div></details>`;
      },
    ),
  );
  return markup`<section><h2 id="called">What calls you</h2>${calls}</section>`;
}

/** The schemas of submits and solutions, by kind. */
function kindsOf({ components: { schemas } }: OpenApiDocument) {
  return (schemas.Submit?.oneOf ?? []).map((choice) => {
    const name = nameOf(choice) ?? '';
    const submit = schemas[name] ?? {};
    const kind = isSchema(submit.properties?.kind) ? String(submit.properties.kind.const) : '';
    return { kind, submit, solution: schemas[name.replace(/Submit$/, 'Solution')] ?? {} };
  });
}

function kindsSection(document: OpenApiDocument): Markup {
  const kinds = kindsOf(document);
  const isCommon = (name: string) => kinds.every(({ submit }) => submit.properties?.[name] !== undefined);
  const all = Object.assign({}, ...kinds.map(({ submit }) => submit.properties));
  const names = Object.keys(all).filter((name) => name !== 'kind');
  const table = (chosen: readonly string[]) =>
    membersTable({
      properties: Object.fromEntries(chosen.map((name) => [name, all[name]])),
      required: names,
    });
  return markup`<section><h2 id="kinds">Kinds</h2><p>Beside the fields of its kind any task may carry
${table(names.filter(isCommon))}
<details><summary>What the fields are</summary><div id="fields">${table(names.filter((name) => !isCommon(name)).sort())}</div></details>${kinds.map((kind) => kindEntry(kind, isCommon))}</section>`;
}

type KindPart = ReturnType<typeof kindsOf>[number];

function kindEntry({ kind, submit, solution }: KindPart, isCommon: (name: string) => boolean): Markup {
  const { properties = {}, required = [], anyOf = [], title = '', description = '', examples } = submit;
  const optional = Object.keys(properties).filter((name) => !required.includes(name) && !isCommon(name));
  const must = required.filter((name) => name !== 'kind');
  const oneOf = anyOf.map((choice) => String(choice.required?.[0])).join(' or ');
  const burnt = description.slice(title.length + 1).trim();
  const [first] = Array.isArray(examples) ? examples : [];
  const command = curl({ method: 'POST', path: '/v1/solve', operation: solveWith(first) });
  return markup`
<details><summary><code>${kind}</code> <span>${title}</span></summary><div id="${kind}">
${burnt === '' ? NOTHING : markup`<p>${burnt}`}
<p>Must carry:${names(must)}${oneOf === '' ? '' : ` ${must.length > 0 ? 'and ' : ''}${oneOf}`}
${optional.length === 0 ? NOTHING : markup`<p>May carry:${names(optional)}`}
<p>Solution:${names(Object.keys(solution.properties ?? {}))}
<pre>${verbatim(command)}</pre></div></details>`;
}

function names(all: readonly string[]): Markup {
  return markup` <code>${all.join(', ')}</code>`;
}

function solveWith(value: unknown): Operation {
  const content = { 'application/json': { schema: {}, examples: { first: { value } } } };
  const requestBody = { required: true, content };
  return {
    operationId: '',
    tags: [],
    summary: '',
    security: [{ clientKey: [] }],
    requestBody,
    responses: {},
  };
}

function errorsSection({ components: { examples } }: OpenApiDocument): Markup {
  const rows = Object.entries(examples).map(([code, { value }]) => {
    const { status, title } = value as { readonly status: number; readonly title: string };
    return markup`<tr><td><code>${code}</code><td>${status}<td>${title}`;
  });
  return markup`<section><h2 id="errors">Errors</h2><p>Every refusal is <a href="#Problem">a problem</a> in <code>application/problem+json</code>.<table><tr><th>code<th>HTTP<th>meaning${rows}</table></section>`;
}

function shapesSection(document: OpenApiDocument): Markup {
  const { schemas } = document.components;
  const isOfKind = /(?:Submit|Solution)$|^SolutionOfKind$/;
  const shapes = Object.entries(schemas).filter(([name]) => !isOfKind.test(name));
  const entries = shapes.map(([name, schema]) => {
    const variants = (schema.oneOf ?? []).map((choice) => membersTable(choice));
    const plain = schema.properties || schema.oneOf ? NOTHING : markup`<p>${typeOf(schema)}`;
    return markup`
<details><summary><code>${name}</code> <span>${prose(schema.description ?? '')}</span></summary><div id="${name}">${plain}${membersTable(schema)}${variants}</div></details>`;
  });
  return markup`<section><h2 id="shapes">Shapes</h2>${entries}</section>`;
}
