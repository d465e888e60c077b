/** What the alert rules and the dashboard ask Prometheus for. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const RULES_PATH = fileURLToPath(new URL('../../src/ops/prometheus/alerts.yml', import.meta.url));
const DASHBOARD_PATH = fileURLToPath(new URL('../../src/ops/grafana/dashboard.json', import.meta.url));

/** Every `expr` of the rules, those over several lines too. */
export function ruleExpressions(): readonly string[] {
  const found = readFileSync(RULES_PATH, 'utf8').matchAll(/^ +expr: (?:>-\n((?: {10}.*\n)+)|(.*)\n)/gm);
  return [...found].map(([, lines, line]) => (lines ?? line ?? '').replace(/\s+/g, ' ').trim());
}

interface Panel {
  readonly targets?: readonly { readonly expr: string }[];
}

/** Every expression of the dashboard, as Grafana fills it in for all gateways. */
export function dashboardExpressions(): readonly string[] {
  const { panels } = JSON.parse(readFileSync(DASHBOARD_PATH, 'utf8')) as { panels: readonly Panel[] };
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  return expressions.map((expr) => expr.replaceAll('$instance', '.*').replaceAll('$__rate_interval', '5m'));
}

/** The names that an expression uses: of metrics, and of labels. */
export function usesOf(expression: string): {
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
} {
  const bare = expression.replace(/"[^"]*"/g, '""');
  const metrics = [...bare.matchAll(/\b(?:captcha_gateway|nodejs|process)_\w+|\bup\b/g)].map(
    ([name]) => name,
  );
  const matched = [...bare.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside = '']) => inside.split(','));
  const grouped = [...bare.matchAll(/\b(?:by|on|ignoring|without) \(([^)]*)\)/g)].flatMap(([, inside = '']) =>
    inside.split(','),
  );
  const labels = [...matched, ...grouped].map((text) => /\w+/.exec(text)?.[0] ?? '').filter(Boolean);
  return { metrics: [...new Set(metrics)], labels: [...new Set(labels)] };
}
