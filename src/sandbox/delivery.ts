/** Puts an answer on the wire, whole or broken as the script wants it. */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.js';
import type { Reply } from './question.js';
import type { Delivery } from './script.js';

/** One byte each; a reader that only watches for silence never gives up. */
export const DRIP_EVERY_MS = 100;

const BAD_GATEWAY =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n' +
  '<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';

/** Answers, breaks off, or says nothing. */
export function deliver(response: ServerResponse, reply: Reply, delivery: Delivery, clock: Clock): void {
  if (response.destroyed) return;
  DELIVERIES[delivery](response, reply, clock);
}

/** What arrives when all of it does. */
export function arriving(reply: Reply, delivery: Delivery): Reply {
  if (delivery === 'html502') return { status: 502, type: 'text/html', body: BAD_GATEWAY };
  if (delivery === 'empty') return { ...reply, body: '' };
  return delivery === 'half' ? { ...reply, body: half(reply.body) } : reply;
}

const DELIVERIES: Readonly<Record<Delivery, (response: ServerResponse, reply: Reply, clock: Clock) => void>> =
  {
    whole: sendWhole,
    never: () => {},
    reset: (response) => response.socket?.resetAndDestroy(),
    html502: (response, reply) => sendWhole(response, arriving(reply, 'html502')),
    empty: (response, reply) => sendWhole(response, arriving(reply, 'empty')),
    half: (response, reply) => sendWhole(response, arriving(reply, 'half')),
    drip(response, reply, clock) {
      writeHead(response, reply);
      drip(response, Buffer.from(reply.body), clock);
    },
    stall(response, reply) {
      writeHead(response, reply);
      response.write(half(reply.body));
    },
    cut(response, reply) {
      writeHead(response, reply);
      response.write(half(reply.body), () => response.socket?.resetAndDestroy());
    },
  };

function sendWhole(response: ServerResponse, reply: Reply): void {
  writeHead(response, reply);
  response.end(reply.body);
}

function writeHead(response: ServerResponse, { status, type, body, location }: Reply): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    ...(location === undefined ? {} : { location }),
  });
}

/** Plain text is cut at its first pipe: the half of an id would read as an id. */
function half(body: string): string {
  return body.startsWith('OK|') ? 'OK|' : body.slice(0, Math.ceil(body.length / 2));
}

function drip(response: ServerResponse, rest: Buffer, clock: Clock): void {
  if (response.destroyed) return;
  response.write(rest.subarray(0, 1));
  if (rest.length <= 1) response.end();
  else clock.after(DRIP_EVERY_MS, () => drip(response, rest.subarray(1), clock));
}
