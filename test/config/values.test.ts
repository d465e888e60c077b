import { describe, expect, it } from 'vitest';
import { configWithEntry, load, loadError, sampleClient, sampleConfig } from './samples.js';

const withClient = (keys: object) => sampleConfig({ clients: [sampleClient(keys)] });

describe('a value out of its bounds', () => {
  it.each([
    [sampleConfig({ server: { port: -1 } }), 'server.port: must be at least 0'],
    [sampleConfig({ server: { port: 8080.5 } }), 'server.port: must be a whole number'],
    [sampleConfig({ server: { port: '8080' } }), 'server.port: must be a number'],
    [sampleConfig({ server: { host: '' } }), 'server.host: must not be empty'],
    [sampleConfig({ server: { maxBodyBytes: 0 } }), 'server.maxBodyBytes: must be at least 1'],
    [sampleConfig({ server: { tls: { port: 1, cert: 'c' } } }), 'server.tls.key: is required'],
    [sampleConfig({ admin: {} }), 'admin.key: is required'],
    [sampleConfig({ polling: { holdMs: 60_001 } }), 'polling.holdMs: must be at most 60000'],
    [sampleConfig({ routing: { maxAttempts: 0 } }), 'routing.maxAttempts: must be at least 1'],
    [sampleConfig({ routing: { maxUsdPerTask: -1 } }), 'routing.maxUsdPerTask: must be at least 0'],
    [sampleConfig({ breaker: { failures: true } }), 'breaker.failures: must be a number'],
    [sampleConfig({ store: { path: '' } }), 'store.path: must not be empty'],
    [sampleConfig({ store: { retention: { taskMs: 0 } } }), 'store.retention.taskMs: must be at least 1'],
    [withClient({ holdMs: -1 }), 'clients[0].holdMs: must be at least 0'],
    [withClient({ kinds: [] }), 'clients[0].kinds: must have at least one entry'],
    [withClient({ limits: { inFlight: 1.5 } }), 'clients[0].limits.inFlight: must be a whole number'],
    [withClient({ limits: { usdPerDay: 'much' } }), 'clients[0].limits.usdPerDay: must be a number'],
    [configWithEntry({ priority: 1.5 }), 'providers[0].priority: must be a whole number'],
    [configWithEntry({ threads: 0 }), 'providers[0].threads: must be at least 1'],
    [
      configWithEntry({ pricesUsdPer1000: { turnstile: -1 } }),
      'providers[0].pricesUsdPer1000.turnstile: must be at least 0',
    ],
    [configWithEntry({ timing: { pollEveryMs: 0 } }), 'providers[0].timing.pollEveryMs: must be at least 1'],
  ])('%j is refused', (config, message) => {
    expect(loadError(config).message).toBe(message);
  });
});

describe('an id', () => {
  it.each(['qa', '2captcha', 'team.eu-1_b', 'me@example.com'])('may be %s', (id) => {
    expect(load(withClient({ id })).clients[0]?.id).toBe(id);
  });

  it.each(['', 'a b', '-a', 'a/b', 'é', 'a\nb', 'a'.repeat(65)])('must not be %j', (id) => {
    expect(loadError(withClient({ id })).message).toMatch(/^clients\[0\]\.id: must be 1 to 64 letters/);
  });
});

describe('a client key', () => {
  it.each(['k', '!~', `sha256:${'0aF'.repeat(21)}0`])('may be %s', (key) => {
    expect(load(withClient({ key })).clients).toHaveLength(1);
  });

  it.each(['', 'a b', 'a\n', 'ключ', 'sha256:', `sha256:${'0'.repeat(63)}`, `sha256:${'g'.repeat(64)}`])(
    'must not be %j',
    (key) => {
      expect(loadError(withClient({ key })).message).toMatch(/^clients\[0\]\.key: must be printable/);
    },
  );
});

describe('a target', () => {
  it.each(['example.com', '*.example.com', 'localhost', '192.0.2.1', '[::1]', 'bücher.example'])(
    'may be %s',
    (host) => {
      expect(load(withClient({ targets: { allow: [host], deny: [] } })).clients).toHaveLength(1);
    },
  );

  it.each(['', 'https://example.com', 'example.com/a', 'example.com:80', '*', 'a.*.com', '*.', 'a b'])(
    'must not be %j',
    (host) => {
      expect(loadError(withClient({ targets: { deny: [host] } })).message).toMatch(
        /^clients\[0\]\.targets\.deny\[0\]: must be a host/,
      );
    },
  );

  it('is not an empty list of allowed ones, which could mean all or none', () => {
    expect(loadError(withClient({ targets: { allow: [] } })).message).toBe(
      'clients[0].targets.allow: must have at least one entry',
    );
  });
});
