/** What the probe makes of a service that behaves. */
import { describe, expect, it } from 'vitest';
import { complaints, finding, KINDS, probeAt, withSandbox } from './services.js';

describe('a service that speaks both wires', () => {
  it('is usable, and the entry names what it knows', async () => {
    await withSandbox({}, async ({ url }) => {
      const report = await probeAt(url, { prefers: 'json' });
      expect(report).toMatchObject({ isUsable: true, speaks: ['classic', 'json'], stopped: null });
      expect(report.entry).toEqual({
        id: 'house',
        use: 'json',
        baseUrl: url,
        apiKey: `\${HOUSE_KEY}`,
        kinds: KINDS,
      });
    });
  });

  it('has nothing held against it', async () => {
    await withSandbox({}, async ({ url }) => {
      const held = complaints(await probeAt(url));
      // Whether the sandbox reads multipart is its own affair.
      expect(held.filter((complaint) => !complaint.includes('multipart'))).toEqual([]);
    });
  });

  it('is sold nothing, and asked for little', async () => {
    await withSandbox({}, async (sandbox) => {
      await probeAt(sandbox.url);
      const { accepted, spentUsd, calls } = sandbox.stats();
      expect({ accepted, spentUsd, balance: calls.balance }).toEqual({
        accepted: 0,
        spentUsd: 0,
        balance: 3,
      });
      expect(sandbox.requests().length).toBeLessThan(60);
    });
  });

  it('breaks no rule, not even with a form that hides the key', async () => {
    await withSandbox({ script: { rules: { maxAuthErrors: 1 } } }, async (sandbox) => {
      await probeAt(sandbox.url);
      expect(sandbox.violations()).toEqual([]);
    });
  });

  it('is asked about the named kinds only', async () => {
    await withSandbox({}, async ({ url }) => {
      const report = await probeAt(url, { kinds: ['turnstile', 'hcaptcha'] });
      expect(report.entry?.kinds).toEqual(['turnstile', 'hcaptcha']);
      const kinds = report.findings.filter(({ about }) => about.startsWith('kind '));
      expect(kinds.map(({ wire, about }) => `${wire} ${about}`)).toEqual([
        'classic kind turnstile',
        'classic kind hcaptcha',
        'json kind turnstile',
        'json kind hcaptcha',
      ]);
    });
  });

  it('keeps the wire that the config has', async () => {
    await withSandbox({}, async ({ url }) => {
      expect((await probeAt(url, { prefers: 'classic' })).entry?.use).toBe('classic');
    });
  });

  it('tells every finding as it comes', async () => {
    await withSandbox({}, async ({ url }) => {
      const told: string[] = [];
      const report = await probeAt(url, { onFinding: ({ wire, about }) => told.push(`${wire} ${about}`) });
      expect(told).toEqual(report.findings.map(({ wire, about }) => `${wire} ${about}`));
    });
  });
});

describe('--solve', () => {
  const SOLVED = { solve: { default: { fixedMs: 10 } } } as const;
  const BUYING = { isSolving: true, prefers: 'json' } as const;

  it('buys one task of each kind and tells id, time, shape and cost', async () => {
    await withSandbox({ script: SOLVED }, async (sandbox) => {
      const report = await probeAt(sandbox.url, { ...BUYING, kinds: ['turnstile', 'image_to_text'] });
      expect(report.isUsable).toBe(true);
      expect(finding(report, 'json solve turnstile')).toMatch(
        /^ok The id is a number\. Solved after \d+\.\d s\. The answer has token.*\. It cost 0\.\d+ USD\.$/,
      );
      expect(finding(report, 'json solve image_to_text')).toMatch(/^ok .* The answer has text/);
      expect(sandbox.stats().accepted).toBe(2);
    });
  });

  it('tells the other form of ids, and answers inside the submit', async () => {
    const script = { ...SOLVED, jsonIds: 'uuid', inlineImages: true } as const;
    await withSandbox({ script }, async ({ url }) => {
      const report = await probeAt(url, { ...BUYING, kinds: ['turnstile', 'image_to_text'] });
      expect(finding(report, 'json solve turnstile')).toContain('The id is text.');
      expect(finding(report, 'json solve image_to_text')).toContain('Solved inside the submit.');
    });
  });

  it('keeps the floors', async () => {
    const script = { ...SOLVED, rules: { firstPollMs: 5, pollEveryMs: 5 } };
    await withSandbox({ script }, async (sandbox) => {
      await probeAt(sandbox.url, { ...BUYING, kinds: ['turnstile'], prefers: 'classic' });
      expect(sandbox.violations()).toEqual([]);
    });
  });

  it('does not buy what no public page has', async () => {
    await withSandbox({ script: SOLVED }, async (sandbox) => {
      const report = await probeAt(sandbox.url, { ...BUYING, kinds: ['geetest_v3'] });
      expect(finding(report, 'json solve geetest_v3')).toMatch(/^odd Not bought/);
      expect(sandbox.stats().accepted).toBe(0);
    });
  });

  it.each([
    ['unsolvable', /^lacks The id is a number\. After \d\.\d s: Says ERROR_CAPTCHA_UNSOLVABLE\.$/],
    ['never', /^lacks The id is a number\. Not solved within \d\.\d s\.$/],
  ] as const)('a service that answers %s is not usable', async (verdict, says) => {
    await withSandbox({ script: { ...SOLVED, verdict } }, async ({ url }) => {
      const report = await probeAt(url, { ...BUYING, kinds: ['turnstile'] });
      expect(finding(report, 'json solve turnstile')).toMatch(says);
      expect(report).toMatchObject({ isUsable: false, entry: null });
    });
  });
});
