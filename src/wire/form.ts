/** Reads the parameters of in.php and res.php from any body that existing clients send, whatever its label says. */
import { Busboy } from '@fastify/busboy';
import { SolveError } from '../core/errors.js';
import { bodyText, parseBody } from './door.js';
import { isObject } from './values.js';

export type Parameters = Record<string, unknown>;

const FILES = Symbol('files');

/** The names of the parameters that came as files. */
export function filesOf(parameters: Parameters): readonly string[] {
  const { [FILES]: files } = parameters as { readonly [FILES]?: readonly string[] };
  return files ?? [];
}

/**
 * The parameters of the query and the body together; the body's win. Files come as base64 text.
 * What the body is, is seen from the body: clients send JSON as text/plain or as multipart without a
 * boundary, forms without a label, and .NET writes multipart names unquoted.
 * @throws SolveError `bad_request` for a body that is none of these.
 */
export async function readParameters(query: URLSearchParams, body: Uint8Array): Promise<Parameters> {
  const parameters: Parameters = Object.fromEntries(query);
  return body.length === 0 ? parameters : { ...parameters, ...(await readBody(body)) };
}

async function readBody(body: Uint8Array): Promise<Parameters> {
  const boundary = boundaryOf(body);
  if (boundary !== undefined) return await readMultipart(body, boundary);
  const text = bodyText(body).trim();
  if (!text.startsWith('{')) return Object.fromEntries(new URLSearchParams(text));
  const parsed = parseBody(text);
  if (isObject(parsed)) return { ...parsed };
  throw new SolveError('bad_request', { detail: 'The body is not valid JSON.' });
}

/** RFC 2046 allows 70 characters; .NET writes dates with spaces and colons into them. */
const LONGEST_BOUNDARY = 200;

/** A multipart body begins with its boundary, which is more to be trusted than the header. */
function boundaryOf(body: Uint8Array): string | undefined {
  const start = Buffer.from(
    body.buffer,
    body.byteOffset,
    Math.min(body.length, LONGEST_BOUNDARY + 8),
  ).toString('latin1');
  return /^(?:\r?\n)*--([^\r\n]{1,200}?)[ \t]*\r?\n/.exec(start)?.[1];
}

function readMultipart(body: Uint8Array, boundary: string): Promise<Parameters> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => {
      reject(new SolveError('bad_request', { detail: 'The multipart body cannot be read.', cause }));
    };
    const files: string[] = [];
    const parameters: Parameters = {};
    const busboy = new Busboy({
      headers: { 'content-type': `multipart/form-data; boundary="${boundary.replace(/["\\]/g, '\\$&')}"` },
      limits: { fieldSize: body.length, fileSize: body.length, parts: 1_000 },
    });
    busboy.on('field', (name, value) => {
      parameters[name] = value;
    });
    busboy.on('file', (name, stream) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        parameters[name] = Buffer.concat(chunks).toString('base64');
        files.push(name);
      });
      stream.on('error', fail);
    });
    busboy.on('error', fail);
    busboy.on('finish', () => resolve(files.length > 0 ? { ...parameters, [FILES]: files } : parameters));
    busboy.end(Buffer.from(body.buffer, body.byteOffset, body.length));
  });
}
