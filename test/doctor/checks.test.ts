/** Every check finds what it is for, says why and what to do, and finds nothing where nothing is wrong. */
import { describe, expect, it } from 'vitest';
import { AREAS, judge } from '../../src/doctor/doctor.js';
import { reportText } from '../../src/doctor/report.js';
import { painter } from '../../src/terminal/text.js';
import { CONFIG_SEEDS } from './config-seeds.js';
import { SECRETS, withCertificate, withConfig, withPostgres } from './facts.js';
import { WORLD_SEEDS } from './world-seeds.js';

const SEEDS = [...CONFIG_SEEDS, ...WORLD_SEEDS];
const ids = AREAS.flatMap(({ checks }) => checks.map(({ id }) => id));

describe('a gateway that lacks nothing', () => {
  it.each([
    ['with a file', withConfig()],
    ['with a certificate and a public address', withCertificate()],
    ['with PostgreSQL', withPostgres()],
    ['that does not run yet', { ...withConfig(), running: null, ports: [] }],
  ])('has no findings: %s', (_name, facts) => {
    expect(judge(facts).findings).toEqual([]);
  });
});

it('does not miss the config of a gateway elsewhere, unless it was named', () => {
  const [, , missing] = CONFIG_SEEDS.find(([id]) => id === 'config-missing') ?? [];
  const running = withConfig().running;
  const elsewhere = missing && { ...missing, running: running && { ...running, isNamed: true } };
  expect(elsewhere && judge(elsewhere).findings).toEqual([]);
  const named = elsewhere && { ...elsewhere, file: { ...elsewhere.file, isNamed: true } };
  expect(named && judge(named).findings).toMatchObject([{ id: 'config-missing' }]);
});

describe('the checks', () => {
  it('have each an id of their own', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
  });

  it('have each a seed, and no seed is of another', () => {
    expect(SEEDS.map(([id]) => id).sort()).toEqual([...ids].sort());
  });

  it.each(SEEDS)('%s is found at %s, and nothing else', (id, where, facts) => {
    const { findings } = judge(facts);
    expect(findings.map((finding) => `${finding.id} ${finding.where}`)).toEqual([`${id} ${where}`]);
  });

  it.each(SEEDS)('%s says what, why and what to do in a line each, and no secret', (_id, _where, facts) => {
    const report = judge(facts);
    const [finding] = report.findings;
    for (const text of [finding?.what, finding?.cause, finding?.fix]) expect(text).toMatch(/^\S.{8,}\S$/);
    expect(finding?.what).toMatch(/[.!]$/);
    const told = reportText(report, painter(false)) + JSON.stringify(report);
    for (const secret of SECRETS) expect(told).not.toContain(secret);
    expect(told).not.toMatch(/undefined|NaN|\[object/);
  });
});
