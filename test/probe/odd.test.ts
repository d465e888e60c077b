/** What the probe makes of services that differ, and of servers that are none. */
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.js';
import type { Script } from '../../src/sandbox/sandbox.js';
import { type Answer, complaints, deadUrl, finding, probeAt, withSandbox, withService } from './services.js';

const WITHIN = { pace: { pauseMs: 0, balanceEveryMs: 0, answerWithinMs: 50 } } as const;

describe('a service with ways of its own', () => {
  it.each<readonly [string, Script, readonly string[]]>([
    ['errors as HTTP 400', { httpErrors: true }, ['json HTTP status of errors: odd']],
    [
      'another word for a wrong key',
      { wrongKey: 'ERROR_BAD_PARAMETERS' },
      ['classic wrong key: odd', 'json wrong key: odd'],
    ],
    ['no reports', { report: { code: 'ERROR_EMPTY_ACTION' } }, ['classic report: lacks']],
  ])('%s', async (_name, script, expected) => {
    await withSandbox({ script }, async ({ url }) => {
      expect(complaints(await probeAt(url, { kinds: ['turnstile'] }))).toEqual(
        expect.arrayContaining([...expected]),
      );
    });
  });

  it('takes any key: that is told', async () => {
    await withSandbox({ keys: undefined }, async ({ url }) => {
      const report = await probeAt(url);
      expect(finding(report, 'classic wrong key')).toBe(
        'odd Says ERROR_WRONG_CAPTCHA_ID: a key that is withdrawn is not noticed here.',
      );
    });
  });

  it('refuses the key: nothing more is asked on that wire', async () => {
    await withSandbox({ keys: ['another'] }, async (sandbox) => {
      const report = await probeAt(sandbox.url);
      expect(report).toMatchObject({ isUsable: false, speaks: ['classic', 'json'] });
      expect(finding(report, 'json balance')).toBe(
        'lacks Says ERROR_KEY_DOES_NOT_EXIST: the key is refused.',
      );
      expect(sandbox.requests()).toHaveLength(2);
    });
  });

  it('asks to be left alone: it is', async () => {
    const script: Script = { poll: { code: 'ERROR: 1005', banMs: 60_000 } };
    await withSandbox({ script }, async (sandbox) => {
      const report = await probeAt(sandbox.url);
      expect(report.stopped).toBe('The service says ERROR: 1005: it is left alone from here on.');
      expect(report.isUsable).toBe(false);
      expect(sandbox.requests()).toHaveLength(2);
    });
  });

  it('hangs at the reports: the rest is asked, until it hangs again', async () => {
    await withSandbox({ script: { report: 'hang' } }, async ({ url }) => {
      const report = await probeAt(url, WITHIN);
      expect(finding(report, 'classic report')).toMatch(/^lacks No answer: no complete answer within 50 ms/);
      expect(finding(report, 'classic unknown method')).toMatch(/^ok/);
      expect(finding(report, 'json reportIncorrect')).toMatch(/^lacks No answer/);
      expect(finding(report, 'json reportCorrectRecaptcha')).toBeUndefined();
      expect(report.entry?.use).toBe('classic');
    });
  });

  it('answers slowly: the entry gives it time', async () => {
    await withSandbox({}, async ({ url }) => {
      const clock = { ...systemClock, now: () => performance.now() * 100_000 };
      const { entry } = await probeAt(url, { clock });
      expect(entry?.timing?.answerWithinMs).toBeGreaterThan(10_000);
      expect((entry?.timing?.answerWithinMs ?? 1) % 1_000).toBe(0);
    });
  });
});

/** A service of the classic wire only, made of answers by method or action. */
function classic(answers: Readonly<Record<string, string>>, wrap: (code: string) => string): Answer {
  return ({ path, query, body }) => {
    if (path !== '/in.php' && path !== '/res.php') return { status: 404, body: '<html>not found</html>' };
    const sent = new URLSearchParams(body.startsWith('{') || body.startsWith('--') ? '' : body || query);
    const name = sent.get('method') ?? sent.get('action') ?? '';
    return { body: wrap(answers[name] ?? answers.default ?? 'ERROR_BAD_PARAMETERS') };
  };
}

const CODES = {
  getbalance: '1.5',
  get: 'ERROR_WRONG_CAPTCHA_ID',
  reportgood: 'ERROR_EMPTY_ACTION',
  get2: 'ERROR_EMPTY_ACTION',
  captcha_gateway_probe: 'ERROR_METHOD_CALL',
  hcaptcha: 'ERROR_METHOD_CALL',
  turnstile: 'ERROR_PAGEURL',
} as const;

const plain = (code: string) => code;

describe('a service of one wire', () => {
  it('gives an entry for that wire with the kinds it knows', async () => {
    await withService(classic(CODES, plain), async (url) => {
      const report = await probeAt(url, { kinds: ['hcaptcha', 'turnstile'] });
      expect(report).toMatchObject({ isUsable: true, speaks: ['classic'] });
      expect(report.entry).toMatchObject({ use: 'classic', kinds: ['turnstile'] });
      expect(finding(report, 'classic kind hcaptcha')).toBe('lacks Says ERROR_METHOD_CALL.');
      expect(finding(report, 'json balance')).toBe('lacks HTTP 404 with something else than an answer.');
      expect(finding(report, 'json unknown call')).toBeUndefined();
    });
  });

  it('lacks what it answers like an unknown call', async () => {
    const codes = { ...CODES, captcha_gateway_probe: 'ERROR_EMPTY_ACTION' };
    await withService(classic(codes, plain), async (url) => {
      const report = await probeAt(url);
      for (const name of ['get2', 'report']) {
        expect(finding(report, `classic ${name}`)).toBe(
          'lacks Says ERROR_EMPTY_ACTION, as to any unknown call.',
        );
      }
    });
  });

  it('is told which forms of body it reads', async () => {
    const forms = classic(CODES, plain);
    const answer: Answer = (asked) => {
      if (/name="key"[\s\S]*name="method"|name="method"[\s\S]*name="key"/.test(asked.body))
        return { body: 'ERROR_METHOD_CALL' };
      return asked.body.startsWith('{') ? { body: 'ERROR_WRONG_USER_KEY' } : forms(asked);
    };
    await withService(answer, async (url) => {
      const report = await probeAt(url);
      expect(finding(report, 'classic submit as multipart')).toBe('ok Says ERROR_METHOD_CALL, as to a form.');
      expect(finding(report, 'classic submit as query')).toBe('ok Says ERROR_METHOD_CALL, as to a form.');
      expect(finding(report, 'classic submit as JSON')).toBe(
        'lacks Says ERROR_WRONG_USER_KEY, but ERROR_METHOD_CALL to the same form.',
      );
    });
  });

  it('with newlines around answers is told so', async () => {
    await withService(
      classic(CODES, (code) => `${code}\n`),
      async (url) => {
        const report = await probeAt(url);
        expect(finding(report, 'classic space around answers')).toMatch(/^odd Newlines/);
        expect(report.isUsable).toBe(true);
      },
    );
  });

  it('that always answers JSON is told so', async () => {
    const asJson = (code: string) => JSON.stringify({ status: code === '1.5' ? 1 : 0, request: code });
    await withService(classic(CODES, asJson), async (url) => {
      const report = await probeAt(url);
      expect(finding(report, 'classic balance, plain')).toBe(
        'odd Takes it, in JSON although plain text was asked.',
      );
      expect(report.isUsable).toBe(true);
    });
  });

  it('that takes anything is sent one task and no more', async () => {
    let submits = 0;
    const answer = classic({ ...CODES, default: 'OK|123' }, plain);
    const counted: Answer = (asked) => {
      if (asked.path === '/in.php') submits += 1;
      return answer(asked);
    };
    await withService(counted, async (url) => {
      expect(finding(await probeAt(url), 'classic submit without fields')).toBe('odd Takes it.');
      expect(submits).toBe(1);
    });
  });

  it('that cannot tell an unknown method leaves the kinds as they were named', async () => {
    const codes = { getbalance: '1.5', get: 'ERROR_WRONG_CAPTCHA_ID', default: 'ERROR_ZERO_BALANCE' };
    await withService(classic(codes, plain), async (url) => {
      const report = await probeAt(url, { kinds: ['turnstile'] });
      expect(finding(report, 'classic kind turnstile')).toMatch(/^odd .*it cannot be told\.$/);
      expect(report.entry?.kinds).toEqual(['turnstile']);
    });
  });

  it('that denies every kind asked about is not usable', async () => {
    await withService(classic(CODES, plain), async (url) => {
      expect(await probeAt(url, { kinds: ['hcaptcha'] })).toMatchObject({ isUsable: false, entry: null });
    });
  });
});

describe('a server that is no such service', () => {
  it.each<readonly [string, Answer]>([
    ['HTML with 200', () => ({ body: '<html><body>Welcome</body></html>' })],
    ['HTML with 404', () => ({ status: 404, body: '<html>404</html>' })],
    ['JSON of its own', () => ({ status: 404, body: '{"error":"not found"}' })],
    ['nothing in the body', () => ({ body: '' })],
  ])('%s', async (_name, answer) => {
    await withService(answer, async (url) => {
      const report = await probeAt(url);
      expect(report).toMatchObject({ isUsable: false, speaks: [], entry: null });
      expect(report.findings.map(({ about }) => about)).toEqual([
        'balance',
        'unknown id',
        'balance',
        'unknown id',
      ]);
    });
  });

  it('a dead port is knocked at once for each wire', async () => {
    const report = await probeAt(await deadUrl());
    expect(report).toMatchObject({ isUsable: false, speaks: [] });
    expect(report.findings.map(({ says }) => says)).toEqual([
      expect.stringContaining('connection refused'),
      expect.stringContaining('connection refused'),
    ]);
  });

  it('a server that hangs is given up at its first silence', async () => {
    await withSandbox({ script: { balance: 'hang' } }, async ({ url }) => {
      const report = await probeAt(url, WITHIN);
      expect(report.findings).toHaveLength(2);
      expect(report).toMatchObject({ isUsable: false, speaks: [] });
    });
  });

  it('a time that is over ends the probe', async () => {
    await withSandbox({}, async ({ url }) => {
      const report = await probeAt(url, { signal: AbortSignal.abort() });
      expect(report).toMatchObject({ isUsable: false, findings: [], stopped: 'The time is over.' });
    });
  });
});
