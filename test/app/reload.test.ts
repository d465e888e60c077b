/** One reload after the other: what is told of each, and what a config that cannot be used leaves as it was. */
import { describe, expect, it } from 'vitest';
import { type Part, Reloads } from '../../src/app/reload.js';
import { Settings } from '../../src/app/settings.js';
import { ConfigError } from '../../src/config/config-error.js';
import type { LoadedConfig } from '../../src/config/load.js';
import { configSchema } from '../../src/config/schema.js';
import { Events } from '../../src/core/events.js';
import { FakeClock, settle } from '../support/fake-clock.js';

function loaded(sections: object = {}): LoadedConfig {
  const config = configSchema.parse({
    clients: [{ id: 'qa', key: 'k' }],
    providers: [{ id: 'a', use: 'captchaai', apiKey: 'secret-a' }],
    ...sections,
  });
  return { config, accounts: [], clients: [], directory: '/' };
}

const WRONG = new ConfigError([{ path: ['providers', 0, 'apiKey'], message: 'is required' }]);

/** Reloads of whatever `next` says at that moment. */
function open(...parts: readonly Part[]) {
  const clock = new FakeClock();
  const [told, applied, faults]: [unknown[], LoadedConfig[], unknown[]] = [[], [], []];
  const events = new Events(
    () => 0,
    (error) => faults.push(error),
  );
  for (const name of ['config-reloaded', 'config-refused', 'config-unchanged'] as const)
    events.on(name, ({ tookMs: _tookMs, at: _at, ...event }) => told.push([name, event]));
  const settings = new Settings(loaded());
  const state: { next: LoadedConfig | Error; reading: Promise<void> } = {
    next: loaded(),
    reading: Promise.resolve(),
  };
  const load = async () => {
    await state.reading;
    if (state.next instanceof Error) throw state.next;
    return state.next;
  };
  const note: Part = (next) => ({ apply: () => void applied.push(next) });
  const onFault = (error: unknown) => void faults.push(error);
  const reloads = new Reloads({ settings, load, parts: [...parts, note], events, clock, onFault });
  return { clock, settings, state, reloads, told, applied, faults };
}

describe('a reload', () => {
  it('puts a new config in place and says which paths are new', async () => {
    const { state, reloads, told, applied, settings } = open();
    state.next = loaded({ log: { level: 'debug' }, server: { port: 1 } });
    const report = await reloads.reload('signal');
    const paths = { by: 'signal', changed: ['server.port', 'log.level'], needsRestart: ['server.port'] };
    expect(report).toMatchObject({ outcome: 'reloaded', ...paths, tookMs: expect.any(Number) });
    expect(told).toEqual([['config-reloaded', paths]]);
    expect(settings.config).toMatchObject({ log: { level: 'debug' }, server: { port: 8080 } });
    expect(applied[0]?.config.server.port).toBe(8080);
  });

  it('that brings nothing new touches nothing and says so, and what waits for a restart still does', async () => {
    const { state, reloads, told, applied } = open();
    state.next = loaded({ server: { port: 1 } });
    await reloads.reload('operator');
    const again = await reloads.reload('operator');
    expect(again).toMatchObject({ outcome: 'unchanged', changed: [], needsRestart: ['server.port'] });
    expect(applied).toHaveLength(1);
    expect(told[1]).toEqual([
      'config-reloaded',
      { by: 'operator', changed: [], needsRestart: ['server.port'] },
    ]);
  });

  it('of a wrong config changes nothing', async () => {
    const { state, reloads, told, applied, settings, faults } = open();
    const before = settings.config;
    state.next = WRONG;
    const issues = [{ path: 'providers[0].apiKey', message: 'is required' }];
    expect(await reloads.reload('operator')).toMatchObject({ outcome: 'refused', issues });
    expect(told).toEqual([['config-refused', { by: 'operator', issues }]]);
    expect([applied, settings.config, faults]).toEqual([[], before, []]);
  });

  it('is refused by any part before any is changed, and quotes nothing of an error that may hold anything', async () => {
    const broken: Part = () => {
      throw new TypeError('secret-a is no key');
    };
    const { state, reloads, told, applied, faults } = open((next) => ({ apply: () => void next }), broken);
    state.next = loaded({ log: { level: 'debug' } });
    const report = await reloads.reload('signal');
    expect(report).toMatchObject({ outcome: 'refused' });
    expect(JSON.stringify([report, told])).not.toContain('secret-a');
    expect(applied).toEqual([]);
    expect(faults).toHaveLength(1);
  });

  it('tells of a file that is named and has another content', async () => {
    const pem: Part = () => ({ changed: ['server.tls.cert'], apply: () => {} });
    const { reloads, applied } = open(pem);
    expect(await reloads.reload('file')).toMatchObject({ outcome: 'reloaded', changed: ['server.tls.cert'] });
    expect(applied).toHaveLength(1);
  });
});

it('reloads are made one after the other, each with what holds when its turn comes', async () => {
  const { state, reloads, told } = open();
  let goOn = () => {};
  state.reading = new Promise((resolve) => {
    goOn = resolve;
  });
  const both = [reloads.reload('signal'), reloads.reload('operator')];
  state.next = loaded({ log: { level: 'warn' } });
  await settle();
  expect(told).toEqual([]);
  goOn();
  expect((await Promise.all(both)).map(({ outcome }) => outcome)).toEqual(['reloaded', 'unchanged']);
});

describe('files that have changed', () => {
  it('and say the same are no event', async () => {
    const { reloads, told } = open();
    await reloads.filesChanged();
    expect(told).toMatchObject([['config-unchanged', {}]]);
  });

  it('are given time to be written whole', async () => {
    const { clock, state, reloads, told } = open();
    state.next = WRONG;
    const done = reloads.filesChanged();
    await clock.advance(299);
    expect(told).toEqual([]);
    state.next = loaded({ log: { level: 'warn' } });
    await clock.advance(1);
    await done;
    expect(told).toMatchObject([['config-reloaded', { by: 'file', changed: ['log.level'] }]]);
  });

  it('and are still wrong then are told of once; that they are right again is told too', async () => {
    const { clock, state, reloads, told } = open();
    state.next = WRONG;
    const done = reloads.filesChanged();
    await clock.advance(300);
    await done;
    expect(told).toMatchObject([['config-refused', { by: 'file' }]]);
    state.next = loaded();
    await reloads.filesChanged();
    await reloads.filesChanged();
    expect(told.slice(1)).toMatchObject([
      ['config-reloaded', { by: 'file', changed: [] }],
      ['config-unchanged', {}],
    ]);
  });

  it('are read no second time once the gateway stops', async () => {
    const { clock, state, reloads, told } = open();
    state.next = WRONG;
    const done = reloads.filesChanged();
    await settle();
    await reloads.stop();
    await done;
    expect([told, clock.pending]).toEqual([[], 0]);
  });
});
