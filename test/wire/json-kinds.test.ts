/** createTask for types that stand for several kinds or vendors, and what the rarer ones carry. */
import { describe, expect, it } from 'vitest';
import type { Kind, Task } from '../../src/core/task.js';
import { fromMembers, typeOf } from '../../src/wire/json.js';
import { codeOf } from './exchanges.js';

const URL = { websiteURL: 'https://example.com/' };
const PAGE = { ...URL, websiteKey: 'k' };
const proxy = { proxy: 'http://198.51.100.7:3128' };
const read = (sent: Readonly<Record<string, unknown>>, flavour?: string): Task =>
  fromMembers(sent, flavour).task;

describe('Turnstile in its modes', () => {
  const challenge = { ...PAGE, pageAction: 'a', data: 'd', userAgent: 'UA' };

  it.each<[string, object]>([
    ['turnstile', PAGE],
    ['turnstile_challenge', { ...challenge, pageData: 'p' }],
    ['turnstile_challenge', { ...challenge, pagedata: 'p' }],
    ['turnstile_challenge', { ...challenge, chlPageData: 'p' }],
    ['turnstile_challenge', { ...challenge, cloudflareTaskType: 'token', pageData: 'p', apiJsUrl: 'j' }],
    [
      'cloudflare_clearance',
      { ...PAGE, ...proxy, cloudflareTaskType: 'cf_clearance', htmlPageBase64: 'AAAA' },
    ],
    [
      'json:turnstiletask/wait_room',
      { ...PAGE, ...proxy, cloudflareTaskType: 'wait_room', htmlPageBase64: 'AAAA' },
    ],
  ])('%s from %j', (kind, sent) => {
    const { task, ignored } = fromMembers({ type: 'TurnstileTask', ...sent });
    expect(task.kind).toBe(kind);
    expect(ignored).toEqual([]);
  });

  it('a clearance needs a proxy', () => {
    const sent = { type: 'TurnstileTask', ...PAGE, cloudflareTaskType: 'cf_clearance' };
    expect(codeOf(() => read(sent))).toBe('proxy_error');
  });
});

describe('AWS WAF is asked for under one name with two results', () => {
  const inputs = { type: 'AmazonTask', ...PAGE, iv: 'i', context: 'c' };

  it.each<[Kind, object, string | undefined]>([
    ['amazon_waf_voucher', inputs, undefined],
    ['amazon_waf_voucher', inputs, 'capmonster'],
    ['amazon_waf_voucher', { ...inputs, cookieSolution: false }, 'anticaptcha'],
    ['amazon_waf_voucher', { ...inputs, jsapiScript: 'j', cookieSolution: 'false' }, undefined],
    ['amazon_waf_cookie', { ...inputs, cookieSolution: true }, undefined],
    ['amazon_waf_cookie', { ...inputs, cookieSolution: 'true' }, '2captcha'],
    ['amazon_waf_cookie', { ...inputs, jsapiScript: 'j' }, undefined],
    ['amazon_waf_cookie', inputs, 'anticaptcha'],
    ['amazon_waf_cookie', { type: 'AmazonTaskProxyless', ...URL }, undefined],
    [
      'amazon_waf_cookie',
      { type: 'AntiAwsWafTaskProxyLess', ...URL, awsKey: 'k', awsIv: 'i', awsContext: 'c' },
      undefined,
    ],
    ['amazon_waf_cookie', { ...inputs, type: 'AntiAwsWafTask' }, 'capsolver'],
  ])('%s from %j of %s', (kind, sent, flavour) => {
    expect(read({ ...sent }, flavour).kind).toBe(kind);
  });
});

describe('CustomTask tells its vendor by class', () => {
  it.each<[Kind, object, object]>([
    [
      'datadome',
      {
        class: 'DataDome',
        ...URL,
        ...proxy,
        userAgent: 'UA',
        metadata: { captchaUrl: 'https://geo.example/', datadomeCookie: 'datadome=x' },
      },
      { captchaUrl: 'https://geo.example/', cookies: { datadome: 'x' } },
    ],
    [
      'friendly_captcha',
      { class: 'friendly', ...PAGE, metadata: { apiGetLib: 'l' } },
      { siteKey: 'k', apiGetLib: 'l' },
    ],
    [
      'tencent',
      { class: 'TenDI', ...PAGE, metadata: { captchaUrl: 'https://t.example/' } },
      { appId: 'k', captchaUrl: 'https://t.example/' },
    ],
    [
      'altcha',
      { class: 'altcha', ...URL, metadata: { challenge: 'a', salt: 'b' } },
      { challengeJson: { challenge: 'a', salt: 'b' } },
    ],
    [
      'hunt',
      { class: 'HUNT', ...URL, ...proxy, metadata: { apiGetLib: 'l', data: 'd' } },
      { apiGetLib: 'l', data: 'd' },
    ],
    [
      'alibaba',
      {
        class: 'alibaba',
        ...URL,
        metadata: { sceneId: 's', prefix: 'p', UserCertifyId: 'c', cookieRequired: true },
      },
      { sceneId: 's', prefix: 'p', userCertifyId: 'c', cookieRequired: true },
    ],
    [
      'tspd',
      { class: 'tspd', ...URL, ...proxy, metadata: { tspdCookie: 'c', htmlPageBase64: 'AAAA' } },
      { tspdCookie: 'c', htmlPageBase64: 'AAAA' },
    ],
    ['basilisk', { class: 'Basilisk', ...PAGE }, { siteKey: 'k' }],
    [
      'imperva',
      {
        class: 'Imperva',
        ...URL,
        ...proxy,
        metadata: { incapsulaScriptUrl: 'u', incapsulaCookies: 'c', reese84UrlEndpoint: 'r' },
      },
      { incapsulaScriptUrl: 'u', incapsulaCookies: 'c', reese84Url: 'r' },
    ],
  ])('%s from %j', (kind, sent, fields) => {
    const named = fromMembers({ type: 'CustomTask', ...sent });
    expect(named.task).toMatchObject({ kind, ...fields });
    expect(named.ignored).toEqual([]);
    expect(read({ TYPE: 'customtask', ...sent }).kind).toBe(kind);
  });
});

describe('images', () => {
  it.each<[object, object]>([
    [
      { type: 'CoordinatesTask', body: 'AAAA', comment: 'cats', minClicks: 1 },
      { kind: 'coordinates', instructions: 'cats', minClicks: 1 },
    ],
    [
      { type: 'ImageToCoordinatesTask', body: 'AAAA', mode: 'rectangles' },
      { kind: 'coordinates', mode: 'rectangles' },
    ],
    [{ type: 'ImageToCoordinatesTask', body: 'AAAA', mode: 'points' }, { kind: 'coordinates' }],
    [
      { type: 'GridTask', body: 'AAAA', rows: 4, columns: 4, canNoAnswer: 1 },
      { kind: 'grid', gridSize: '4x4', canNoAnswer: true },
    ],
    [
      {
        type: 'ComplexImageTask',
        class: 'recaptcha',
        imagesBase64: ['AAAA'],
        metadata: { Grid: '3x3', Task: 'cars' },
      },
      { kind: 'grid', imageBase64: 'AAAA', rows: 3, columns: 3, instructions: 'cars' },
    ],
    [
      { type: 'ReCaptchaV2Classification', image: 'AAAA', question: '/m/04_sv' },
      { kind: 'grid', imageBase64: 'AAAA', instructions: '/m/04_sv' },
    ],
    [
      {
        type: 'ComplexImageTask',
        class: 'recognition',
        imagesBase64: ['AAAA', 'BBBB'],
        metadata: { Task: 'bls_3x3', TaskArgument: '123' },
      },
      { kind: 'bls', images: ['AAAA', 'BBBB'], instructions: '123' },
    ],
    [{ type: 'ImageToTextTaskMuggle', body: 'AAAA' }, { kind: 'image_to_text' }],
    [
      { type: 'DrawAroundTask', body: 'AAAA', comment: 'cats' },
      { kind: 'canvas', instructions: 'cats' },
    ],
    [
      { type: 'RotateTask', body: 'AAAA', angle: '15' },
      { kind: 'rotate', angle: 15 },
    ],
    [
      { type: 'BoundingBoxTask', body: 'AAAA', imgInstructions: 'BBBB' },
      { kind: 'bounding_box', instructionImageBase64: 'BBBB' },
    ],
    [
      { type: 'TemuCaptchaTask', image: 'AAAA', parts: ['BBBB', 'CCCC'] },
      { kind: 'temu_image', parts: ['BBBB', 'CCCC'] },
    ],
    [
      { type: 'VKCaptchaImageTask', image: 'AAAA', steps: [1, 2] },
      { kind: 'vk_image', steps: [1, 2] },
    ],
    [
      { type: 'TextCaptchaTask', comment: 'Why?' },
      { kind: 'text_question', question: 'Why?' },
    ],
    [
      { type: 'AudioTask', body: 'AAAA', lang: 'en' },
      { kind: 'audio', audioBase64: 'AAAA', lang: 'en' },
    ],
  ])('%j', (sent, task) => {
    expect(read({ ...sent })).toMatchObject(task);
  });

  it('points are no mode of their own', () => {
    expect(read({ type: 'ImageToCoordinatesTask', body: 'AAAA', mode: 'points' })).not.toHaveProperty('mode');
  });

  it('more than one image in the place of one is an error', () => {
    const sent = { type: 'ComplexImageTask', class: 'recaptcha', imagesBase64: ['AAAA', 'BBBB'] };
    expect(codeOf(() => read(sent))).toBe('image_error');
  });
});

describe('the challenge of ALTCHA', () => {
  it.each([[{ salt: 'x' }], ['{"salt":"x"}']])('%j', (challengeJSON) => {
    const task = read({ type: 'AltchaTaskProxyless', ...URL, challengeJSON });
    expect(task).toEqual({ kind: 'altcha', pageUrl: 'https://example.com/', challengeJson: { salt: 'x' } });
  });
});

it.each([
  [{ type: 'CustomTask', class: 'TenDI' }, 'customtask/tendi'],
  [{ type: 'TurnstileTask', cloudflareTaskType: 'token' }, 'turnstiletask/token'],
  [{ type: 'TurnstileTask' }, 'turnstiletask'],
  [{ type: 'CustomTask', class: '' }, 'customtask'],
  [{ type: 7 }, '7'],
  [{ type: {} }, '[object]'],
  [{ class: 'TenDI' }, ''],
  [{}, ''],
])('the type of %j is %j', (sent, type) => {
  expect(typeOf(sent)).toBe(type);
});
