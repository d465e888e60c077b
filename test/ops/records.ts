/** Task records as the engine tells them, full of things that must never be written anywhere. */
import { Events } from '../../src/core/events.js';
import type { ProviderStatus } from '../../src/core/status.js';
import type { Attempt, TaskRecord } from '../../src/core/store.js';

/** Every secret in the sample record; no output may hold one of them. */
export const SECRETS = [
  'proxy-secret',
  'proxy-user',
  'proxy.secret.example',
  'secret-token',
  'secret-cookie',
  'secret-image',
  'secret-meta',
  'secret-path',
  'secret-site-key',
  'secret-agent',
  'secret-detail',
  'secret-why',
  'secret-challenge',
];

/** When every sample begins. */
export const CREATED_AT = Date.UTC(2026, 0, 1);

/** Events that report a throwing listener by throwing. */
export function sampleEvents(now: () => number = () => CREATED_AT): Events {
  return new Events(now, (error) => {
    throw error;
  });
}

/** An attempt that solved. */
export function sampleAttempt(change: Partial<Attempt> = {}): Attempt {
  return {
    provider: '2captcha',
    outcome: 'solved',
    upstreamCode: null,
    upstreamId: 7412,
    startedAt: CREATED_AT + 50,
    acceptedAt: CREATED_AT + 120,
    endedAt: CREATED_AT + 21_120,
    polls: 5,
    costUsd: 0.0029,
    mayBeCharged: true,
    ...change,
  };
}

/** What makes of it an attempt that was refused. */
export const REFUSED: Partial<Attempt> = {
  provider: 'captchaai',
  outcome: 'no_slot',
  upstreamCode: 'ERROR_NO_SLOT_AVAILABLE',
  upstreamId: null,
  startedAt: CREATED_AT + 1,
  acceptedAt: null,
  endedAt: CREATED_AT + 42,
  polls: 0,
  costUsd: 0,
  mayBeCharged: false,
};

/** A task that was solved at the second attempt. */
export function sampleRecord(change: Partial<TaskRecord> = {}): TaskRecord {
  return {
    id: 12_345,
    clientId: 'qa',
    origin: { dialect: 'native' },
    task: {
      kind: 'recaptcha_v2',
      siteKey: 'secret-site-key',
      pageUrl: 'https://User:secret-path@WWW.Example.com:8443/secret-path?token=secret-token',
      proxy: {
        scheme: 'http',
        host: 'proxy.secret.example',
        port: 8080,
        username: 'proxy-user',
        password: 'proxy-secret',
      },
      cookies: { session: 'secret-cookie' },
      imageBase64: 'secret-image',
      userAgent: 'secret-agent',
      challenge: 'secret-challenge',
    },
    options: { meta: { run: 'secret-meta' } },
    status: 'solved',
    createdAt: CREATED_AT,
    deadlineAt: CREATED_AT + 120_000,
    finishedAt: CREATED_AT + 21_130,
    attempts: [sampleAttempt(REFUSED), sampleAttempt()],
    passedOver: [{ provider: 'house', why: 'secret-why' }],
    provider: '2captcha',
    solution: { token: 'secret-token', cookies: { session: 'secret-cookie' } },
    error: null,
    reported: null,
    ...change,
  };
}

/** The same task, unsolvable. */
export function failedRecord(change: Partial<TaskRecord> = {}): TaskRecord {
  return sampleRecord({
    status: 'failed',
    provider: null,
    solution: null,
    error: { code: 'unsolvable', upstreamCode: 'ERROR_CAPTCHA_UNSOLVABLE', detail: 'secret-detail' },
    ...change,
  });
}

/** An account in good order. */
export function sampleProvider(change: Partial<ProviderStatus> = {}): ProviderStatus {
  return {
    id: 'captchaai',
    use: 'captchaai',
    priority: 1,
    state: 'closed',
    cause: null,
    since: null,
    until: null,
    comesBack: null,
    openedBy: null,
    balanceUsd: 12.5,
    hoursToEmpty: 40,
    inFlight: 3,
    limit: 50,
    kinds: [],
    ...change,
  };
}
