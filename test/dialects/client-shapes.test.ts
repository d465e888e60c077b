/** Every shape in which 43 real clients ask, and the exact answer each of them survives. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEY } from './case-file.js';
import { ANSWERS } from './client-shapes/answers.js';
import { CLASSIC_REQUESTS } from './client-shapes/classic-requests.js';
import { IDS } from './client-shapes/ids.js';
import { JSON_REQUESTS } from './client-shapes/json-requests.js';
import { PLACES } from './client-shapes/places.js';
import type { Shape } from './client-shapes/shape.js';
import { FakeGateway } from './fake-gateway.js';
import { type OpenDoors, openDoors } from './open-doors.js';

const PLAIN = 'text/plain; charset=utf-8';

let doors: OpenDoors;
beforeAll(async () => {
  doors = await openDoors();
});
afterAll(() => doors.close());

interface Heard {
  readonly status: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Writes the bytes as they are and reads to the end of the connection. */
function speak(bytes: string): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(new URL(doors.url).port), '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('end', () => resolve(readHeard(Buffer.concat(chunks).toString('utf8'))));
  });
}

function readHeard(text: string): Heard {
  const end = text.indexOf('\r\n\r\n');
  const [status = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.split(':', 1).join('').toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  const body = text.slice(end + 4);
  return { status, headers, body: headers['transfer-encoding'] === 'chunked' ? unchunked(body) : body };
}

function unchunked(body: string): string {
  const [, size = '0', rest = ''] = /^([0-9a-f]+)\r\n([\s\S]*)$/i.exec(body) ?? [];
  const length = Number.parseInt(size, 16);
  if (length === 0) return '';
  const bytes = Buffer.from(rest);
  return bytes.toString('utf8', 0, length) + unchunked(bytes.toString('utf8', length + 2));
}

const TABLES = { 'in.php and res.php': CLASSIC_REQUESTS, createTask: JSON_REQUESTS, IDS, ANSWERS, PLACES };

describe.each(Object.entries(TABLES))('%s', (_table, shapes) => {
  it.each(shapes)('$client', async (shape) => {
    const gateway = new FakeGateway(shape.gateway ?? {});
    doors.use(gateway);
    let heard: Heard | undefined;
    for (const bytes of [shape.sends].flat()) {
      heard = await speak(bytes.replaceAll('{KEY}', KEY));
      expect(heard.status).toBe('HTTP/1.1 200 OK');
    }
    expectHeard(heard, shape);
    if (shape.task) expect(gateway.task).toMatchObject(shape.task);
    if (shape.asked) expect(gateway.asked).toEqual(shape.asked);
    expect(doors.faults).toEqual([]);
  });
});

function expectHeard(heard: Heard | undefined, { hears, as = PLAIN, headers = {} }: Shape): void {
  expect([heard?.headers['content-type'], heard?.body]).toEqual([as, hears]);
  for (const [name, value] of Object.entries(headers)) expect(heard?.headers[name] ?? null, name).toBe(value);
}

it('each shape is named for one client', () => {
  const names = Object.values(TABLES).flatMap((shapes) => shapes.map(({ client }) => client));
  expect(names.length).toBeGreaterThan(120);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
