import { describe, expect, it } from 'vitest';
import { load, sampleClient, sampleConfig } from './samples.js';

function clientOf(keys: object, rest: object = {}) {
  return load(sampleConfig({ clients: [sampleClient(keys)], ...rest })).clients[0];
}

describe('a client', () => {
  it('is known by the hash of its key, never by the key', () => {
    const client = clientOf({ key: 'abc' });
    expect(client?.keySha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(JSON.stringify(client)).not.toContain('abc"');
  });

  it('may have its key hashed already', () => {
    expect(clientOf({ key: `sha256:${'AB'.repeat(32)}` })?.keySha256).toBe('ab'.repeat(32));
  });

  it.each([
    [{}, {}, 3_000],
    [{}, { polling: { holdMs: 500 } }, 500],
    [{ holdMs: 20_000 }, { polling: { holdMs: 500 } }, 20_000],
    [{ holdMs: 0 }, {}, 0],
  ])('%j with %j has its polls held for %i ms', (keys, rest, expected) => {
    expect(clientOf(keys, rest)?.holdMs).toBe(expected);
  });

  it('keeps what narrows it', () => {
    const narrowing = {
      kinds: ['turnstile'],
      providers: ['captchaai'],
      limits: { inFlight: 1, perMinute: 2, usdPerDay: 0.5 },
    };
    expect(clientOf(narrowing)).toMatchObject(narrowing);
  });

  it('has its targets in the form in which page URLs give hosts', () => {
    const targets = { allow: ['Example.COM', '*.Bücher.example'], deny: ['[::1]', '127.1'] };
    expect(clientOf({ targets })?.targets).toEqual({
      allow: ['example.com', '*.xn--bcher-kva.example'],
      deny: ['[::1]', '127.0.0.1'],
    });
  });
});
