/** in.php for everything else than the common widgets: what tells kinds of one method apart, and what they carry. */
import { describe, expect, it } from 'vitest';
import type { Task } from '../../src/core/task.js';
import { fromFields } from '../../src/wire/classic.js';
import { codeOf } from './exchanges.js';

const page = { pageurl: 'https://example.com/' };
const IMAGE = { method: 'base64', body: 'AAAA' };
const read = (sent: Readonly<Record<string, unknown>>): Task => {
  const { task, ignored } = fromFields(sent);
  expect(ignored).toEqual([]);
  return task;
};

describe('images that are not just text', () => {
  it.each<[object, object]>([
    [IMAGE, { kind: 'image_to_text', imageBase64: 'AAAA' }],
    [
      { ...IMAGE, coordinatescaptcha: 0, recaptcha: '0', canvas: 'false' },
      { kind: 'image_to_text', imageBase64: 'AAAA' },
    ],
    [
      { ...IMAGE, coordinatescaptcha: 1, textinstructions: 'cats' },
      { kind: 'coordinates', imageBase64: 'AAAA', instructions: 'cats' },
    ],
    [
      { method: 'post', file: 'AAAA', coordinatescaptcha: '1', max_clicks: '3' },
      { kind: 'coordinates', imageBase64: 'AAAA', maxClicks: 3 },
    ],
    [
      { ...IMAGE, recaptcha: '1', recaptcharows: '4', recaptchacols: 3 },
      { kind: 'grid', imageBase64: 'AAAA', rows: 4, columns: 3, gridSize: '4x3' },
    ],
    [
      { ...IMAGE, recaptcha: 1, img_type: 'recaptcha', can_no_answer: 1 },
      { kind: 'grid', imageBase64: 'AAAA', imgType: 'recaptcha', canNoAnswer: true },
    ],
    [
      { ...IMAGE, img_type: 'recaptcha', instructions: 'buses', grid_size: '4x4' },
      {
        kind: 'grid',
        imageBase64: 'AAAA',
        imgType: 'recaptcha',
        instructions: 'buses',
        rows: 4,
        columns: 4,
        gridSize: '4x4',
      },
    ],
    [
      { ...IMAGE, recaptcha: 1, canvas: 1, textinstructions: 'cats' },
      { kind: 'canvas', imageBase64: 'AAAA', instructions: 'cats' },
    ],
    [
      { ...IMAGE, canvas: 1, comment: 'cats' },
      { kind: 'canvas', imageBase64: 'AAAA', instructions: 'cats' },
    ],
    [
      { textcaptcha: 'What is 2 + 2?', lang: 'en' },
      { kind: 'text_question', question: 'What is 2 + 2?', lang: 'en' },
    ],
    [
      { method: 'post', textcaptcha: 'Why?' },
      { kind: 'text_question', question: 'Why?' },
    ],
    [
      { method: 'textcaptcha', textcaptcha: 'Why?' },
      { kind: 'text_question', question: 'Why?' },
    ],
    [
      { method: 'audio', body: 'AAAA', lang: 'en' },
      { kind: 'audio', audioBase64: 'AAAA', lang: 'en' },
    ],
    [
      { method: 'rotatecaptcha', file_1: 'AAAA', angle: '15' },
      { kind: 'rotate', imageBase64: 'AAAA', angle: 15 },
    ],
    [
      { method: 'bounding_box', image: 'AAAA', comment: 'cats' },
      { kind: 'bounding_box', imageBase64: 'AAAA', instructions: 'cats' },
    ],
    [
      { method: 'vkimage', body: 'AAAA', steps: '[1,2]' },
      { kind: 'vk_image', imageBase64: 'AAAA', steps: [1, 2] },
    ],
    [
      { method: 'vkimage', body: 'AAAA', steps: [1, 2] },
      { kind: 'vk_image', imageBase64: 'AAAA', steps: [1, 2] },
    ],
  ])('%j', (sent, task) => {
    expect(read({ ...sent })).toEqual(task);
  });

  it('takes the id of an earlier task, to keep it', () => {
    expect(read({ ...IMAGE, recaptcha: 1, previousID: 12345 }).previousId).toBe('12345');
  });

  it('an image type that nobody knows is no text', () => {
    expect(fromFields({ ...IMAGE, img_type: 'funcaptcha' }).task.kind).toBe('classic:base64/funcaptcha');
  });
});

describe('numbered parameters', () => {
  it('are a list, in the order of their numbers', () => {
    const sent = { method: 'temuimage', body: 'AAAA', part3: 'DDDD', part1: 'BBBB', part2: 'CCCC' };
    expect(read(sent)).toEqual({ kind: 'temu_image', imageBase64: 'AAAA', parts: ['BBBB', 'CCCC', 'DDDD'] });
  });

  it('are up to nine images of BLS', () => {
    const images = Array.from({ length: 9 }, (_, index) => `AAA${index}`);
    const numbered = Object.fromEntries(images.map((image, index) => [`image_base64_${index + 1}`, image]));
    const sent = { method: 'bls', ...numbered, instructions: '123', code: 'c' };
    expect(read(sent)).toEqual({ kind: 'bls', images, instructions: '123', code: 'c' });
  });

  it('end where one is missing: what follows is named', () => {
    const sent = { method: 'temuimage', body: 'AAAA', part1: 'BBBB', part3: 'DDDD' };
    expect(fromFields(sent)).toMatchObject({ task: { parts: ['BBBB'] }, ignored: ['part3'] });
  });

  it('must be there', () => {
    expect(codeOf(() => fromFields({ method: 'temuimage', body: 'AAAA' }))).toBe('image_error');
    expect(codeOf(() => fromFields({ method: 'bls', instructions: '123' }))).toBe('image_error');
    expect(codeOf(() => fromFields({ method: 'vkimage', body: 'AAAA', steps: 'many' }))).toBe('bad_request');
  });
});

describe('widgets', () => {
  const proxy = { proxy: '198.51.100.7:3128' };

  it.each<[object, object]>([
    [
      { method: 'turnstile', sitekey: 'k', action: 'a', data: 'd', pagedata: 'p' },
      { kind: 'turnstile_challenge', siteKey: 'k', action: 'a', cData: 'd', chlPageData: 'p' },
    ],
    [
      { method: 'altcha', challenge_json: '{"salt":"x"}' },
      { kind: 'altcha', challengeJson: { salt: 'x' } },
    ],
    [
      { method: 'altcha', challenge_json: { salt: 'x' } },
      { kind: 'altcha', challengeJson: { salt: 'x' } },
    ],
    [
      { method: 'altcha', challenge_url: 'https://example.com/c' },
      { kind: 'altcha', challengeUrl: 'https://example.com/c' },
    ],
    [
      { method: 'captchafox', sitekey: 'k', useragent: 'UA', ...proxy },
      { kind: 'captchafox', siteKey: 'k', userAgent: 'UA' },
    ],
    [
      { method: 'hunt', api_get_lib: 'l', data: 'd' },
      { kind: 'hunt', apiGetLib: 'l', data: 'd' },
    ],
    [
      { method: 'capy', captchakey: 'k', version: 'puzzle' },
      { kind: 'capy', siteKey: 'k', version: 'puzzle' },
    ],
    [
      { method: 'amazon_waf', sitekey: 'k', iv: 'i', context: 'c' },
      { kind: 'amazon_waf_voucher', siteKey: 'k', iv: 'i', context: 'c' },
    ],
  ])('%j', (sent, task) => {
    expect(read({ ...page, ...sent })).toMatchObject({ pageUrl: 'https://example.com/', ...task });
  });

  it('VK has no page but where it redirects to', () => {
    const sent = { method: 'vkcaptcha', redirect_uri: 'https://id.vk.com/x', useragent: 'UA', ...proxy };
    expect(read(sent)).toMatchObject({ kind: 'vk_captcha', redirectUri: 'https://id.vk.com/x' });
  });

  it.each([
    ['proxy_error', { method: 'cloudflare_challenge', ...page }],
    ['bad_page_url', { method: 'datadome', ...page, userAgent: 'UA', ...proxy }],
    ['bad_request', { method: 'captchafox', ...page, sitekey: 'k', ...proxy }],
    ['bad_request', { method: 'altcha', ...page }],
    ['bad_request', { method: 'altcha', ...page, challenge_json: 'text' }],
    ['bad_request', { method: 'turnstile', ...page, sitekey: 'k', pagedata: 'p' }],
  ])('%s for %j', (code, sent) => {
    expect(codeOf(() => fromFields(sent))).toBe(code);
  });
});
