/** Reads request bodies, never more of them than allowed. */
import type { HttpBindings } from '@hono/node-server';
import { SolveError } from '../core/errors.js';

export type NodeBindings = HttpBindings;

const EMPTY = new Uint8Array();

/**
 * The whole body. A length that is announced is trusted (Node enforces it); without one the body is counted
 * while it comes.
 * @throws SolveError `image_error` when it is too long: only images are ever that large.
 */
export async function readBounded(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (request.method === 'GET' || request.method === 'HEAD') return EMPTY;
  const announced = request.headers.get('content-length');
  if (announced !== null) {
    if (Number(announced) > maxBytes) throw tooLong(maxBytes);
    return new Uint8Array(await request.arrayBuffer());
  }
  if (!request.body) return EMPTY;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLong(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLong(maxBytes: number): SolveError {
  return new SolveError('image_error', {
    detail: `The body is longer than ${maxBytes} bytes.`,
    saidAs: 'ERROR_TOO_BIG_CAPTCHA_FILESIZE',
  });
}
