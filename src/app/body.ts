/** Reads request bodies, never more of them than allowed. */
import type { HttpBindings } from '@hono/node-server';
import { SolveError } from '../core/errors.js';

export type NodeBindings = HttpBindings;

const EMPTY = new Uint8Array();

/** A body this many times too long is still read to its end: who is cut off while sending never hears why. */
const DRAINED = 8;

/**
 * The whole body. A length that is announced is trusted (Node enforces it); without one the body is counted
 * while it comes.
 * @throws SolveError `image_error` when it is too long: only images are ever that large; `bad_request` when
 * it breaks off.
 */
export async function readBounded(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (request.method === 'GET' || request.method === 'HEAD') return EMPTY;
  const announced = request.headers.get('content-length');
  try {
    if (announced !== null && Number(announced) <= maxBytes)
      return new Uint8Array(await request.arrayBuffer());
    if (announced !== null && Number(announced) > maxBytes * DRAINED) throw tooLong(maxBytes);
    return request.body ? await readCounted(request.body, maxBytes) : EMPTY;
  } catch (cause) {
    if (cause instanceof SolveError) throw cause;
    throw new SolveError('bad_request', { detail: 'The body broke off.', cause });
  }
}

/** Never cancels the stream: that would end the connection before the answer is sent. */
async function readCounted(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length <= maxBytes * DRAINED) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length <= maxBytes) chunks.push(value);
  }
  if (length > maxBytes) throw tooLong(maxBytes);
  return Buffer.concat(chunks);
}

function tooLong(maxBytes: number): SolveError {
  return new SolveError('image_error', {
    detail: `The body is longer than ${maxBytes} bytes.`,
    saidAs: 'ERROR_TOO_BIG_CAPTCHA_FILESIZE',
  });
}
