/** The operator's route to a new config. */
import type { ProviderStatus } from '../core/status.js';
import type { App } from './doors.js';
import type { Guard } from './operator-guard.js';
import type { ReloadReport } from './reload.js';

export interface ReloadRouteOptions {
  readonly guard: Guard;
  readonly reload: () => Promise<ReloadReport>;
  /** Accounts that a reload has taken out and that have tasks in hand yet. */
  readonly leaving: () => readonly ProviderStatus[];
}

/** `POST` reads the config again, `GET` shows the accounts that finish what they have in hand. */
export function mountReload(app: App, { guard, reload, leaving }: ReloadRouteOptions): void {
  app.get(
    '/admin/reload',
    guard((context) =>
      context.json({
        leaving: leaving().map(({ id, use, inFlight }) => ({ id, use, inFlight })),
      }),
    ),
  );
  app.post(
    '/admin/reload',
    guard(async (context) => {
      const report = await reload();
      return report.outcome === 'refused' ? refused(report) : context.json(report);
    }),
  );
}

const STATUS = 422;

function refused({ issues }: Extract<ReloadReport, { readonly outcome: 'refused' }>): Response {
  const body = {
    type: 'about:blank',
    title: 'The config cannot be used',
    status: STATUS,
    code: 'bad_config',
    detail: 'The config before goes on.',
    issues,
  };
  return new Response(JSON.stringify(body), {
    status: STATUS,
    headers: { 'content-type': 'application/problem+json' },
  });
}
