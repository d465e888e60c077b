/** The classic wire's older forms: plain text, query strings, several ids, prices, number ids. */
import { expect, it } from 'vitest';
import type { Script } from '../../src/sandbox/sandbox.js';
import { get, post, withSandbox } from './caller.js';

const script: Script = { solve: { default: { fixedMs: 0 } } };
const SUBMIT = '/in.php?key=k&method=userrecaptcha&googlekey=site-key&pageurl=https://example.com';
const ID = '70000000001';

it('answers plain text unless json=1 asks for more', async () => {
  await withSandbox({ script }, async (sandbox) => {
    expect(await get(sandbox, SUBMIT)).toBe(`OK|${ID}`);
    const token = String(sandbox.tasks()[0]?.solution.token);
    expect(await get(sandbox, `/res.php?key=k&action=get&id=${ID}`)).toBe(`OK|${token}`);
    expect(await get(sandbox, `/res.php?key=k&action=get2&id=${ID}`)).toBe(`OK|${token}|0.00299`);
    expect(await get(sandbox, '/res.php?key=k&action=getbalance')).toBe('9999.99701');
    expect(await get(sandbox, `/res.php?key=k&action=reportgood&id=${ID}`)).toBe('OK_REPORT_RECORDED');
    expect(await get(sandbox, `/res.php?key=k&action=reportgood&id=${ID}`)).toBe('ERROR_DUPLICATE_REPORT');
  });
});

it('tells its threads where it has so many and no more', async () => {
  await withSandbox({ script: { ...script, threads: 5 } }, async (sandbox) => {
    await get(sandbox, SUBMIT);
    expect(await get(sandbox, '/res.php?key=k&action=threadsinfo')).toBe('threads:5,working_threads:0');
    const told = JSON.parse(await get(sandbox, '/res.php?key=k&action=threadsinfo&json=1'));
    expect(told).toEqual({ status: 1, threads: 5, working_threads: 0, free_threads: 5 });
  });
  await withSandbox({ script }, async (sandbox) => {
    expect(await get(sandbox, '/res.php?key=k&action=threadsinfo')).toBe('ERROR_EMPTY_ACTION');
  });
});

it('takes no report on a task that is not solved yet', async () => {
  await withSandbox({ script: { verdict: 'never' } }, async (sandbox) => {
    await get(sandbox, SUBMIT);
    const report = `/res.php?key=k&action=reportbad&id=${ID}`;
    expect(await get(sandbox, report)).toBe('ERROR_REPORT_NOT_RECORDED');
    expect(sandbox.tasks()[0]?.report).toBeUndefined();
  });
});

it('answers JSON with json=1', async () => {
  await withSandbox({ script }, async (sandbox) => {
    expect(JSON.parse(await get(sandbox, `${SUBMIT}&json=1`))).toEqual({ status: 1, request: ID });
    const token = sandbox.tasks()[0]?.solution.token;
    const result = await get(sandbox, `/res.php?key=k&action=get2&id=${ID}&json=1`);
    expect(JSON.parse(result)).toEqual({ status: 1, request: token, price: '0.00299' });
    const refusal = JSON.parse(await get(sandbox, '/res.php?key=k&action=get&id=abc&json=1'));
    expect(refusal).toMatchObject({ status: 0, request: 'ERROR_WRONG_ID_FORMAT' });
  });
});

it('answers several ids at once, each with its result or its code', async () => {
  await withSandbox({ script }, async (sandbox) => {
    sandbox.queue('submit', 'ok', { verdict: 'never' });
    await get(sandbox, SUBMIT);
    await get(sandbox, SUBMIT);
    const token = String(sandbox.tasks()[0]?.solution.token);
    const answer = await get(sandbox, `/res.php?key=k&action=get&ids=${ID},70000000002,70000000003`);
    expect(answer).toBe(`${token}|CAPCHA_NOT_READY|ERROR_WRONG_CAPTCHA_ID`);
  });
});

it('gives out number ids for reCAPTCHA where the script says so, text for the rest', async () => {
  await withSandbox({ script: { classicIds: 'number' } }, async (sandbox) => {
    expect(JSON.parse(await get(sandbox, `${SUBMIT}&json=1`))).toEqual({ status: 1, request: Number(ID) });
    const image = await get(sandbox, '/in.php?key=k&method=base64&body=aGVsbG8%3D&json=1');
    expect(JSON.parse(image)).toEqual({ status: 1, request: '70000000002' });
  });
});

it('takes a JSON body on in.php, and any path before it', async () => {
  await withSandbox({}, async (sandbox) => {
    const task = { key: 'k', method: 'turnstile', sitekey: '0x4A', pageurl: 'https://example.com', json: 1 };
    expect(await post(sandbox, '/some/prefix/in.php', task)).toEqual({ status: 1, request: ID });
    expect(sandbox.tasks()[0]?.task).toEqual({
      kind: 'turnstile',
      siteKey: '0x4A',
      pageUrl: 'https://example.com',
    });
  });
});

it('reads query and body together, be it a form or JSON', async () => {
  await withSandbox({}, async (sandbox) => {
    const task = { method: 'turnstile', sitekey: '0x4A', pageurl: 'https://example.com' };
    expect(await post(sandbox, '/in.php?key=k&json=1', task)).toEqual({ status: 1, request: ID });
    const form = { method: 'POST', body: new URLSearchParams(task) };
    const response = await fetch(`${sandbox.url}/in.php?key=k&json=1`, form);
    expect(await response.json()).toEqual({ status: 1, request: '70000000002' });
  });
});

it('keeps the pipes of an answer', async () => {
  await withSandbox({ script }, async (sandbox) => {
    await get(sandbox, '/in.php?key=k&method=funcaptcha&publickey=p&pageurl=https://example.com');
    const token = String(sandbox.tasks()[0]?.solution.token);
    expect(token).toContain('|');
    expect(await get(sandbox, `/res.php?key=k&action=get&id=${ID}`)).toBe(`OK|${token}`);
  });
});
