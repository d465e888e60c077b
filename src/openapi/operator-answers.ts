/** What the operator's routes answer with: a schema for each, tied to the types of the answers. */
import { z } from 'zod';
import type { BreakerScope, ChangedBy, ComesBack, ConfigRefusal, ConfigReload } from '../core/events.js';
import type { KindServing, ProviderState } from '../core/status.js';
import type { HistoryChange, HistoryFigures, HistoryMinute, HistoryReport } from '../ops/history.js';
import type { FailoverReport, KindReport, ProviderReport, StatusReport } from '../ops/status.js';
import type { StoryReport } from '../ops/story.js';
import { anyKind, kindName, passedOver, STORY } from './answers.js';
import { count, type Members, time, words } from './schema.js';

const state = words<ProviderState>({
  closed: true,
  open: true,
  'half-open': true,
  ramping: true,
  'held-out': true,
});
const comesBack = words<ComesBack>({ probe: true, balance: true, time: true, operator: true }).nullable();
const cause = z.string().nullable();
const share = z.number().min(0).max(1);
const figure = z.number().nullable();

/** What an opening or closing is about. */
export const scope = words<BreakerScope>({
  transport: true,
  kind: true,
  money: true,
  key: true,
  ban: true,
  operator: true,
});

/** Who opened or closed something. */
export const changedBy = z
  .object({
    by: words<ChangedBy['by']>({
      submit: true,
      poll: true,
      balance: true,
      threads: true,
      report: true,
      operator: true,
      replica: true,
      time: true,
      config: true,
    }),
    upstreamCode: z.string().nullable(),
    taskId: z.string().nullable(),
    reason: z.string().nullable(),
  } satisfies Members<ChangedBy>)
  .meta({ description: 'Who changed what keeps tasks away, and on what grounds.' });

const span = {
  state,
  cause,
  since: time.nullable(),
  until: time.nullable().meta({ description: 'Null with `open`: until an operator or the config acts.' }),
  comesBack,
  openedBy: changedBy.nullable(),
};

const kindStatus = {
  kind: anyKind,
  ...span,
  successRate: share.nullable(),
  p50Ms: figure,
  p95Ms: figure,
} satisfies Members<KindReport>;
const kindReport = z.object(kindStatus);

const account = {
  id: z.string(),
  use: z.string(),
  priority: z.number(),
  ...span,
  balanceUsd: figure.meta({
    description: 'Null while unknown, or where the service counts in anything else.',
  }),
  hoursToEmpty: figure,
  inFlight: count,
  limit: figure.meta({ description: 'Tasks that it takes at once; null where nobody knows.' }),
};
const providerReport = z.object({ ...account, kinds: z.array(kindReport) } satisfies Members<ProviderReport>);

/** A task handed from one account to another. */
export const failover = z.object({
  at: time,
  taskId: z.string(),
  kind: anyKind,
  from: z.string(),
  to: z.string(),
  cause: z.string(),
} satisfies Members<FailoverReport>);

const serving = z.object({
  kind: kindName,
  provider: z.string().nullable().meta({ description: 'Null when a task would have to wait, or fail.' }),
  next: z.array(z.string()),
  passedOver: z.array(passedOver),
} satisfies Members<KindServing>);

const status = z.object({
  version: z.string(),
  startedAt: time,
  tasks: z.object({ inFlight: count, solvedLastHour: count, failedLastHour: count }),
  providers: z.array(providerReport),
  serving: z.array(serving),
  failovers: z.array(failover).meta({ description: 'Of the last hour, newest first.' }),
} satisfies Members<StatusReport>);

const gateChange = z.object({
  at: time,
  change: z.enum(['opened', 'closed']),
  scope,
  cause: z.string(),
  until: time.nullable(),
  by: changedBy.nullable(),
} satisfies Members<StoryReport['changes'][number]>);
const changes = z.array(gateChange).meta({ description: 'Newest first.' });
const openings = count.meta({ description: 'In a row; each lasts twice as long as the one before.' });
const admitted = share.meta({ description: 'The share of the tasks that are let in first.' });

const gate = z.object({
  scope,
  ...span,
  openings,
  share: admitted,
} satisfies Members<StoryReport['gates'][number]>);

const kindStory = z.object({
  ...kindStatus,
  inFlight: count,
  learnedLimit: figure,
  acceptedRate: share,
  openings,
  share: admitted,
  changes,
} satisfies Members<StoryReport['kinds'][number]>);

const providerStory = z.object({
  ...account,
  gates: z.array(gate).meta({ description: 'The gravest first.' }),
  doubt: z.object({ cause: z.string(), since: time, until: time }).nullable(),
  balance: z.object({
    amount: figure.meta({ description: 'In the service’s own currency.' }),
    currency: z.string(),
    toldAt: time.nullable(),
    askableAt: time.nullable(),
  } satisfies Members<StoryReport['balance']>),
  changes,
  kinds: z.array(kindStory),
} satisfies Members<StoryReport>);

const historyFigures = z.object({
  id: z.string(),
  solved: count,
  failed: count,
  p50Ms: figure,
  p95Ms: figure,
  spendUsd: z.number(),
  lostUsd: z.number(),
  lostMs: z.number(),
} satisfies Members<HistoryFigures>);

const historyChange = z.object({
  provider: z.string(),
  scope,
  kind: anyKind.nullable(),
  cause: z.string(),
  changedBy: changedBy.nullable(),
  at: time,
  change: z.enum(['opened', 'closed']),
  since: time,
  until: time.nullable(),
} satisfies Members<HistoryChange>);

const history = z.object({
  from: time,
  to: time,
  minutes: z.array(
    z.object({ at: time, providers: z.array(historyFigures) } satisfies Members<HistoryMinute>),
  ),
  providers: z.array(historyFigures),
  kinds: z.array(z.object({ kind: z.string(), solved: count, failed: count })),
  changes: z.array(historyChange),
} satisfies Members<HistoryReport>);

const by = words<ConfigReload['by']>({ signal: true, file: true, operator: true });
const paths = z.array(z.string()).meta({ description: 'Paths in the config, never values.' });

/** What a reload changed. */
export const RELOADED = {
  by,
  changed: paths,
  needsRestart: paths,
  tookMs: z.number(),
} satisfies Members<ConfigReload>;

const configIssue = z.object({ path: z.string(), message: z.string(), hint: z.string().optional() });

/** Why a reload was refused. */
export const REFUSED = {
  by,
  issues: z.array(configIssue),
  tookMs: z.number(),
} satisfies Members<ConfigRefusal>;

const leaving = z.object({ id: z.string(), use: z.string(), inFlight: count });

const callback = z.object({
  taskId: z.string(),
  clientId: z.string(),
  url: z.string().nullable().meta({ description: 'Without login and query.' }),
  status: z.string(),
  finishedAt: time.nullable(),
  tries: count,
  triedAt: time.nullable(),
  fault: z.string().nullable(),
});

/** Every schema of the operator's routes, by its name in the document. */
export const OPERATOR_ANSWERS = {
  Status: status,
  ProviderStatus: providerReport,
  KindStatus: kindReport,
  KindServing: serving,
  Failover: failover,
  ChangedBy: changedBy,
  ProviderStory: providerStory,
  Gate: gate,
  GateChange: gateChange,
  KindStory: kindStory,
  History: history,
  HistoryFigures: historyFigures,
  HistoryChange: historyChange,
  OperatorTask: z.object({ ...STORY, clientId: z.string() }),
  Reason: z.object({ reason: z.string().optional().meta({ description: 'Noted, and shown as the cause.' }) }),
  Reloaded: z.object({ outcome: z.enum(['reloaded', 'unchanged']), ...RELOADED }),
  ReloadRefused: z.object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.literal(422),
    code: z.literal('bad_config'),
    detail: z.string(),
    issues: z.array(configIssue),
  }),
  ConfigIssue: configIssue,
  Leaving: z.object({ leaving: z.array(leaving) }),
  Callbacks: z.object({ callbacks: z.array(callback) }),
  Retried: z.object({ taskId: z.string(), retried: z.literal(true) }),
  Login: z.object({ key: z.string().min(1) }),
  Session: z.object({
    proof: z.enum(['key', 'session', 'address']).nullable(),
    hasKey: z.boolean(),
    expiresAt: time.nullable(),
  }),
  Health: z.object({ status: z.literal('ok') }),
  Readiness: z.object({ status: z.enum(['ready', 'not ready']) }),
};
