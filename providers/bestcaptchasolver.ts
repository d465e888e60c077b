import type { Provider } from '../src/core/provider.js';
import * as wire from '../src/wire/bestcaptchasolver.js';
import { plainFacts, type ServiceFacts, ServiceRows } from './families/facts.js';

/** Nobody says whether hCaptcha is still solved. */
const { hcaptcha = {}, ...kinds } = wire.BESTCAPTCHASOLVER_KINDS;

const FACTS: ServiceFacts<wire.BestCaptchaSolverRow> = {
  id: 'bestcaptchasolver',
  title: 'BestCaptchaSolver',
  baseUrl: 'https://bcsapi.xyz/api',
  kinds,
  onRequest: { hcaptcha },
  timing: {
    firstPollMs: 3_000,
    pollEveryMs: 3_000,
    maxPolls: 120,
    giveUpMs: 180_000,
    answerWithinMs: 10_000,
  },
  timingOf: { image_to_text: { giveUpMs: 90_000 } },
};
const rows = new ServiceRows(FACTS, wire.BESTCAPTCHASOLVER_KINDS);

/**
 * BestCaptchaSolver: a path for each sort of captcha, and errors in sentences. Takes reports of wrong answers
 * only, and http proxies only.
 * Source: bestcaptchasolver/bestcaptchasolver-python3 and -nodejs.
 */
export default {
  ...plainFacts(FACTS, rows),
  wire: 'bestcaptchasolver',
  answersAtOnce: () => false,
  refuses: (task) => rows.refuses(task, 'bestcaptchasolver', wire.refusesMembers),
  submit: {
    ask(task) {
      const row = rows.of(task.kind);
      return { method: 'POST', path: row.path, key: 'json.access_token', json: wire.toMembers(task, row) };
    },
    read: (reply) => wire.readAccepted(reply),
  },
  poll: {
    ask: ({ upstreamId }) => ({
      method: 'GET',
      path: `/captcha/${upstreamId}`,
      key: 'query.access_token',
      query: {},
    }),
    read: (reply, { task }) => wire.readResult(reply, task, rows.of(task.kind)),
  },
  balance: {
    ask: () => ({ method: 'GET', path: '/user/balance', key: 'query.access_token', query: {} }),
    read: (reply) => wire.readBalance(reply),
  },
  report: {
    ask: ({ upstreamId }) => ({
      method: 'POST',
      path: `/captcha/bad/${upstreamId}`,
      key: 'json.access_token',
      json: {},
    }),
    read: (reply) => wire.readReported(reply),
  },
  reports: ({ isAccepted }) => !isAccepted,
} satisfies Provider;
