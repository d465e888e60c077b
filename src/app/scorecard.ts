/** The scorecard's routes: everybody's figures for the operator, a client's own for the client. */

import { setImmediate as turn } from 'node:timers/promises';
import { SolveError } from '../core/errors.js';
import type { Gateway } from '../core/gateway.js';
import { toCsv, toJson } from '../ops/scorecard.js';
import { readQuery } from '../ops/scorecard-query.js';
import type { Scorecards } from '../ops/scorecards.js';
import { keyOf } from '../wire/door.js';
import type { App } from './doors.js';
import { type Guard, type OperatorContext, type OperatorTest, problem } from './operator-guard.js';

export interface ScorecardOptions {
  readonly guard: Guard;
  readonly isOperator: OperatorTest;
  readonly gateway: Pick<Gateway, 'authenticate'>;
  readonly scorecards: Scorecards;
  readonly onFault: (error: unknown) => void;
}

/** Mounts `/admin/scorecard` and `/v1/scorecard`. */
export function mountScorecard(app: App, options: ScorecardOptions): void {
  const { guard } = options;
  app.get(
    '/admin/scorecard',
    guard((context) => answer(context, options)),
  );
  app.get('/v1/scorecard', (context) => {
    try {
      return answer(context, options, clientOf(context, options));
    } catch (error) {
      return refuse(error, options);
    }
  });
}

/** Whose figures are asked for; undefined for everybody's. @throws SolveError `auth` for a key that nobody has. */
function clientOf(context: OperatorContext, { gateway, isOperator }: ScorecardOptions): string | undefined {
  if (isOperator(context)) return undefined;
  return gateway.authenticate(keyOf(context.req.raw.headers, undefined)).id;
}

async function answer(
  context: OperatorContext,
  options: ScorecardOptions,
  clientId?: string,
): Promise<Response> {
  try {
    const query = readQuery(new URL(context.req.url).searchParams);
    const report = await options.scorecards.tell(query, clientId);
    const isCsv = query.format === 'csv';
    const text = await (isCsv ? toCsv(report, turn) : toJson(report, turn));
    const type = isCsv ? 'text/csv; charset=utf-8; header=present' : 'application/json';
    return new Response(text, { headers: { 'content-type': type, 'cache-control': 'no-store' } });
  } catch (error) {
    return refuse(error, options);
  }
}

function refuse(thrown: unknown, { onFault }: ScorecardOptions): Response {
  if (!(thrown instanceof SolveError)) onFault(thrown);
  return problem(
    thrown instanceof SolveError
      ? thrown
      : new SolveError('overloaded', { detail: 'The ledger cannot be reached.', cause: thrown }),
  );
}
