import { expect, it } from 'vitest';
import { describeKeys } from '../../src/config/outline.js';

const rows = new Map(describeKeys().map((row) => [row.path, row]));

it('describes every key in a sentence', () => {
  expect(rows.size).toBeGreaterThan(60);
  for (const { path, description } of rows.values()) expect(description, path).toMatch(/^[A-Za-z].+\.$/);
});

it('reaches into sections, lists and what stands under kinds', () => {
  expect([...rows.keys()]).toEqual(
    expect.arrayContaining([
      '$schema',
      'server',
      'server.tls.cert',
      'clients[].limits.inFlight',
      'providers[].timing.answerWithinMs',
      'routing.kinds.<kind>.providers',
      'store.retention.taskMs',
      'store.retention.scorecardMs',
    ]),
  );
});

it.each([
  ['server', 'object', ''],
  ['server.port', 'whole number', '8080'],
  ['server.host', 'text', '"127.0.0.1"'],
  ['server.tls.port', 'whole number', 'required'],
  ['clients', 'list of object', 'required'],
  ['clients[].kinds', 'list of kind', ''],
  ['clients[].key', 'text', 'required'],
  ['providers[].pricesUsdPer1000', 'number per kind', ''],
  ['routing.strategy', 'one of "priority", "weighted", "cheapest", "fastest", "best"', '"priority"'],
  ['routing.kinds', 'object per kind', '{}'],
  ['log.level', 'one of "trace", "debug", "info", "warn", "error", "fatal", "silent"', '"info"'],
])('%s is %s with the default %j', (path, type, preset) => {
  expect(rows.get(path)).toMatchObject({ path, type, default: preset });
});
