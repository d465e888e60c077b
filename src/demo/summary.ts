/** What the demo has shown, in numbers, from the books of the sandbox services and the stories of the tasks. */
import { SERVICE_NAMES, type Services } from './services.js';
import type { Row } from './table.js';

export interface Summary {
  /** Everything was solved, nothing bought twice, no rule broken. */
  readonly isGood: boolean;
  readonly text: string;
  /** The same for a program. */
  readonly figures: object;
}

/** Counts what happened; `services` are asked for their own books. */
export function summarize(rows: readonly Row[], services: Services): Summary {
  const solved = rows.filter(({ isSolved }) => isSolved).length;
  const notAskedWhileClosed = rows.filter(isSpared).length;
  const twice = boughtTwice(services);
  const broken = rulesBroken(services);
  const spent = spentUsd(rows, services);
  const lines = [
    ['solved', `${solved}/${rows.length}`],
    ['failovers', counted(failovers(rows))],
    ['not asked while closed', `${notAskedWhileClosed} tasks`],
    ['submits upstream', submits(services)],
    ['bought twice', String(twice)],
    ['provider rules broken', [broken.length, ...broken].join('\n  ')],
    ['spent', spentText(spent)],
  ] as const;
  return {
    isGood: solved === rows.length && twice === 0 && broken.length === 0,
    text: lines.map(([name, value]) => `${name.padEnd(24)}${value}`).join('\n'),
    figures: {
      solved,
      tasks: rows.length,
      failovers: Object.fromEntries(failovers(rows)),
      notAskedWhileClosed,
      boughtTwice: twice,
      rulesBroken: broken,
      ...spent,
    },
  };
}

/** Failovers by cause. */
function failovers(rows: readonly Row[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { outcome } of rows.flatMap(({ story }) => story.attempts.slice(0, -1))) {
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
}

/** `no_slot 3, timeout 2`. */
function counted(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([cause, count]) => `${cause} ${count}`).join(', ') || 'none';
}

/** The first service was known to be closed, so that the task lost no time on it. */
function isSpared({ story }: Row): boolean {
  return !story.attempts.some(({ provider }) => provider === SERVICE_NAMES[0]);
}

function submits({ sandboxes }: Services): string {
  const each = SERVICE_NAMES.map((name) => {
    const { calls, accepted } = sandboxes[name].stats();
    return `${name} ${calls.submit} (${accepted} accepted)`;
  });
  return each.join(', ');
}

/** Tasks with more than one accepted submit, at all services together. */
function boughtTwice({ sandboxes }: Services): number {
  const times = new Map<string, number>();
  for (const [task, count] of SERVICE_NAMES.flatMap((name) => [...sandboxes[name].stats().bought])) {
    times.set(task, (times.get(task) ?? 0) + count);
  }
  return [...times.values()].filter((count) => count > 1).length;
}

/** What the services charged, and what the gateway reckons with while nobody can know. */
function spentUsd(rows: readonly Row[], { sandboxes }: Services) {
  return {
    chargedUsd: SERVICE_NAMES.reduce((sum, name) => sum + sandboxes[name].stats().spentUsd, 0),
    reckonedUsd: rows.reduce((sum, { story }) => sum + (story.costUsd ?? 0), 0),
  };
}

function spentText({ chargedUsd, reckonedUsd }: ReturnType<typeof spentUsd>): string {
  return `$${chargedUsd.toFixed(5)} (at most $${reckonedUsd.toFixed(5)} as the gateway sees it: a submit that hung may be charged)`;
}

/** Each as the service wrote it down: `captchaai: balance-floor, after 990 ms instead of 1000`. */
function rulesBroken({ sandboxes }: Services): readonly string[] {
  return SERVICE_NAMES.flatMap((name) =>
    sandboxes[name].violations().map(({ rule, detail }) => `${name}: ${rule}, ${detail}`),
  );
}

/** How to go on by hand while the gateway still serves. */
export function byHand({ url, key, logPath }: Services): string {
  const json = JSON.stringify({
    clientKey: key,
    task: { type: 'TurnstileTaskProxyless', websiteURL: 'https://example.com/', websiteKey: '0x4AAA-demo' },
  });
  const native = JSON.stringify({
    kind: 'recaptcha_v2',
    siteKey: '6Le-demo',
    pageUrl: 'https://example.com/',
  });
  return `Try it by hand; the gateway serves until Ctrl-C.

  url      ${url}
  key      ${key}
  page     ${url}/
  status   ${url}/status
  log      ${logPath}

  classic  curl '${url}/in.php?key=${key}&method=userrecaptcha&googlekey=6Le-demo&pageurl=https://example.com/'
           curl '${url}/res.php?key=${key}&action=get&id=ID'
  json     curl ${url}/createTask -d '${json}'
           curl ${url}/getTaskResult -d '{"clientKey":"${key}","taskId":ID}'
  native   curl ${url}/v1/solve -H 'x-api-key: ${key}' -d '${native}'

  The site key chooses what the services do: sandbox-no-slot, sandbox-zero-balance, sandbox-unsolvable,
  sandbox-hang, sandbox-never, sandbox-slow-3000; any other is solved.
`;
}
