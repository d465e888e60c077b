/** Every word that DeathByCaptcha answers with, and what its HTTP statuses mean where it says no word. */
import type { CodeRow } from './codes.js';

/** Source: deathbycaptcha.com/api and the service's official clients, November 2026. */
// biome-ignore format: a table is read by its rows
export const DEATHBYCAPTCHA_CODES: readonly CodeRow[] = [
  ['not-logged-in', 'auth', 'auth'],
  ['invalid-credentials', 'auth', 'auth'],
  ['token authentication disabled', 'auth', 'auth'],
  ['banned', 'banned', 'banned', { pauseSeconds: 3600 }],
  ['insufficient-funds', 'zero_balance', null, { pauseSeconds: 60 }],
  ['service-overload', 'no_slot', 'internal', { pauseSeconds: 10 }],
  ['ERROR_ACTION', 'bad_request', null],
  ['ERROR_MIN_SCORE', 'bad_request', null],
  ['ERROR_MIN_SCORE_NOT_FLOAT', 'bad_request', null],
  ['ERROR_PAGEURL', 'bad_page_url', null],
  ['ERROR_GOOGLEKEY', 'bad_sitekey', null],
  ['ERROR_SITEKEY', 'bad_sitekey', null],
  ['ERROR_PUBLICKEY', 'bad_sitekey', null],
  ['not-implemented', 'unsupported', null],
  ['invalid-captcha', 'image_error', null],
  ['upload-failed', 'image_error', null],
  ['Invalid base64-encoded CAPTCHA', 'image_error', null],
  ['Not a (CAPTCHA) image', 'image_error', null],
  ['Empty CAPTCHA image', 'image_error', null],
  ['ERROR_PROXYTYPE', 'proxy_error', null],
  ['ERROR_PROXY', 'proxy_error', null],
  ['HTTP 400', 'bad_request', 'task_not_found'],
  // Wrong credentials, a ban and an empty account have it in common.
  ['HTTP 403', 'auth', 'auth'],
  ['HTTP 404', 'bad_reply', 'task_not_found'],
  ['HTTP 413', 'image_error', null, { next: 'other' }],
  ['HTTP 500', 'internal', 'internal', { pauseSeconds: 10 }],
  ['HTTP 501', 'unsupported', null],
  ['HTTP 503', 'no_slot', 'internal', { pauseSeconds: 10 }],
];
