/** What `captcha-gateway scorecard` asks a running gateway. */
import { type ScorecardReport, type ScorecardRow, toCsv } from '../ops/scorecard.js';
import { DIMENSIONS } from '../ops/scorecard-query.js';
import { issuesIn, Refused, UsageError } from './command-faults.js';
import { ask, type GatewayPlace } from './operator-client.js';

export { DIMENSIONS, type ScorecardReport, type ScorecardRow };

/** A day of many tasks takes seconds to count. */
const ANSWER_WITHIN_MS = 120_000;

/** Names of the route's query, as the command line gives them. */
export type ScorecardAsked = Readonly<Partial<Record<string, string | undefined>>>;

/** Asks for a scorecard. @throws UsageError also for what the gateway does not understand, ConfigError or Refused. */
export async function askScorecard(place: GatewayPlace, asked: ScorecardAsked): Promise<ScorecardReport> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value !== undefined) query.set(name, value);
  const path = `/admin/scorecard?${query}` as const;
  return await ask<ScorecardReport>(place, path, { withinMs: ANSWER_WITHIN_MS }).catch(askedWrongly);
}

/** The names of the query are those of the options. */
function askedWrongly(error: unknown): never {
  const issues = error instanceof Refused ? issuesIn(error.told) : [];
  if (issues.length === 0) throw error;
  throw new UsageError(issues.map(({ path, message }) => `--${path} ${message}`).join('\n'));
}

/** The rows as the route gives them with `format=csv`. */
export function scorecardCsv(report: ScorecardReport): Promise<string> {
  return toCsv(report, async () => {});
}
