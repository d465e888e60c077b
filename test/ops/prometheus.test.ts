/** The alert rules and the dashboard: sound by promtool, and about metrics that there are. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openMetrics } from '../../src/ops/metrics.js';
import { dashboardExpressions, RULES_PATH, ruleExpressions, usesOf } from '../support/prometheus.js';
import { sampleEvents } from './records.js';

const noPromtool = spawnSync('promtool', ['--version']).error !== undefined;
const needs = noPromtool ? ' (skipped: promtool is not installed)' : '';
const folder = fileURLToPath(new URL('../../src/ops/prometheus/', import.meta.url));

function promtool(args: readonly string[], cwd = folder): string {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd, encoding: 'utf8', timeout: 15_000 });
  return status === 0 ? 'sound' : `${stdout}${stderr}`;
}

describe('the alert rules', () => {
  it.skipIf(noPromtool)(`are sound${needs}`, () => {
    expect(promtool(['check', 'rules', 'alerts.yml'])).toBe('sound');
  });

  it.skipIf(noPromtool)(`fire when they should, and not when they should not${needs}`, () => {
    expect(promtool(['test', 'rules', 'alerts.test.yml'])).toBe('sound');
  });

  const rules = readFileSync(RULES_PATH, 'utf8').split('- alert: ').slice(1);
  const tests = readFileSync(join(folder, 'alerts.test.yml'), 'utf8');

  it.each(rules.map((rule) => [rule.split('\n')[0] ?? '', rule]))(
    '%s is tested and says what to do',
    (name, rule) => {
      expect(rule).toMatch(/severity: (warning|critical)/);
      expect(rule).toMatch(/summary: '.+'/);
      expect(rule).toMatch(/description: .{20}/);
      expect(tests).toContain(`alertname: ${name}\n        exp_alerts:\n          - exp_labels`);
    },
  );
});

/** Of a Prometheus server, of Node's own figures, and of parts of the gateway that are told with the config and money. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  up: [],
  process_resident_memory_bytes: [],
  nodejs_heap_size_used_bytes: [],
  nodejs_eventloop_lag_p99_seconds: [],
  captcha_gateway_provider_seconds_to_empty: ['provider'],
  captcha_gateway_config_reloads_total: ['outcome'],
  captcha_gateway_config_last_reload_successful: [],
};

function knownMetrics(): ReadonlyMap<string, readonly string[]> {
  const metrics = openMetrics({
    events: sampleEvents(),
    gauges: () => ({ inFlight: 0, held: 0, providers: [] }),
  });
  metrics.close();
  const own = metrics.describe().flatMap(({ name, type, labels }): [string, readonly string[]][] => {
    if (type !== 'histogram') return [[name, labels]];
    return [
      [`${name}_bucket`, [...labels, 'le']],
      [`${name}_count`, labels],
      [`${name}_sum`, labels],
    ];
  });
  return new Map([...Object.entries(OTHERS), ...own]);
}

describe('the dashboard', () => {
  const path = fileURLToPath(new URL('../../src/ops/grafana/dashboard.json', import.meta.url));
  const dashboard = JSON.parse(readFileSync(path, 'utf8'));

  it('is one that Grafana takes, by import or provisioning', () => {
    expect(dashboard).toMatchObject({ title: 'captcha-gateway', uid: 'captcha-gateway', schemaVersion: 39 });
    expect(dashboard).not.toHaveProperty('id');
    const [source, instance] = dashboard.templating.list;
    expect(source).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
    expect(instance).toMatchObject({ name: 'instance', type: 'query', includeAll: true });
    const ids = dashboard.panels.map(({ id }: { id: number }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('asks the chosen source in every panel, and has no panels over one another', () => {
    const taken = new Set<string>();
    for (const { type, title, gridPos, datasource, targets = [] } of dashboard.panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.has(`${x} ${y}`), title).toBe(false);
          taken.add(`${x} ${y}`);
        }
      }
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      if (type === 'row') continue;
      const chosen = { type: 'prometheus', uid: '${' + 'datasource}' };
      for (const each of [datasource, ...targets.map((target: { datasource: object }) => target.datasource)])
        expect(each, title).toEqual(chosen);
      expect(targets.length, title).toBeGreaterThan(0);
    }
  });

  it.skipIf(noPromtool)(`has only sound expressions${needs}`, () => {
    const scratch = mkdtempSync(join(tmpdir(), 'captcha-gateway-rules-'));
    const rules = dashboardExpressions().map((expr, index) => ({
      record: `panel:expression_${index}`,
      expr,
    }));
    writeFileSync(join(scratch, 'rules.yml'), JSON.stringify({ groups: [{ name: 'panels', rules }] }));
    const said = promtool(['check', 'rules', '--lint=none', 'rules.yml'], scratch);
    rmSync(scratch, { recursive: true });
    expect(rules.length).toBeGreaterThan(30);
    expect(said).toBe('sound');
  });
});

describe.each([
  ['the alert rules', ruleExpressions()],
  ['the dashboard', dashboardExpressions()],
])('the metrics of %s', (_name, expressions) => {
  const known = knownMetrics();

  it.each(expressions)('are there, with these labels: %s', (expression) => {
    const { metrics, labels } = usesOf(expression);
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.filter((name) => !known.has(name))).toEqual([]);
    const possible = new Set(['instance', 'job', ...metrics.flatMap((name) => known.get(name) ?? [])]);
    expect(labels.filter((label) => !possible.has(label))).toEqual([]);
  });
});
