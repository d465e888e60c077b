/** Asks the wires' readers as the tests do: with a body, and with the shared row of a kind. */
import { SolveError } from '../../src/core/errors.js';
import type { Solved, UpstreamReply } from '../../src/core/provider.js';
import type { Kind } from '../../src/core/task.js';
import { CLASSIC_KINDS, type ClassicRow } from '../../src/wire/classic.js';
import { readResult as readClassic } from '../../src/wire/classic-answers.js';
import { JSON_KINDS, type JsonRow } from '../../src/wire/json.js';
import { readResult as readJson, solutionOf } from '../../src/wire/json-answers.js';

/** An answer with this body; anything but text goes as JSON. */
export function reply(body: unknown, status = 200): UpstreamReply {
  return { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

export function classicRow(kind: Kind): ClassicRow {
  return CLASSIC_KINDS[kind] as ClassicRow;
}

export function jsonRow(kind: Kind): JsonRow {
  return JSON_KINDS[kind] as JsonRow;
}

/** What res.php's answer says of a task of this kind. */
export function pollClassic(kind: Kind, body: unknown, status?: number): Solved | undefined {
  return readClassic(reply(body, status), kind, classicRow(kind));
}

/** What getTaskResult's answer says of a task of this kind. */
export function pollJson(kind: Kind, body: unknown, status?: number): Solved | undefined {
  return readJson(reply(body, status), solutionOf(kind, jsonRow(kind)));
}

/** What getTaskResult says when this is the solution. */
export function readyJson(kind: Kind, solution: unknown): Solved | undefined {
  return pollJson(kind, { errorId: 0, status: 'ready', solution });
}

/** The code of the error; what was read when there is none. */
export function codeOf(read: () => unknown): string {
  try {
    return `read ${JSON.stringify(read())}`;
  } catch (error) {
    return error instanceof SolveError ? error.code : String(error);
  }
}
