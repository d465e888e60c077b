/** What `captcha-gateway scorecard` asks a running gateway. */
import { type ScorecardReport, type ScorecardRow, toCsv } from '../ops/scorecard.js';
import { DIMENSIONS } from '../ops/scorecard-query.js';
import { ask, type GatewayPlace } from './operator-client.js';

export { DIMENSIONS, type ScorecardReport, type ScorecardRow };

/** A day of many tasks takes seconds to count. */
const ANSWER_WITHIN_MS = 120_000;

/** Names of the route's query, as the command line gives them. */
export type ScorecardAsked = Readonly<Partial<Record<string, string | undefined>>>;

/** Asks for a scorecard. @throws UsageError, ConfigError or Refused. */
export function askScorecard(place: GatewayPlace, asked: ScorecardAsked): Promise<ScorecardReport> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value !== undefined) query.set(name, value);
  return ask(place, `/admin/scorecard?${query}`, { withinMs: ANSWER_WITHIN_MS });
}

/** The rows as the route gives them with `format=csv`. */
export function scorecardCsv(report: ScorecardReport): Promise<string> {
  return toCsv(report, async () => {});
}
