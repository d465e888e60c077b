import type { KeyPlace, Provider, UpstreamRequest } from '../src/core/provider.js';
import * as wire from '../src/wire/deathbycaptcha.js';
import { refusesTask } from '../src/wire/rows.js';
import { plainFacts, type ServiceFacts, ServiceRows } from './families/facts.js';

/** Arkose is legacy there; DataDome's cookie is made for a user agent that no page of theirs names. */
const { funcaptcha = {}, datadome = {}, ...kinds } = wire.DEATHBYCAPTCHA_KINDS;

const FACTS: ServiceFacts<wire.DeathByCaptchaRow> = {
  id: 'deathbycaptcha',
  title: 'DeathByCaptcha',
  baseUrl: 'https://api.dbcapi.me/api',
  kinds,
  onRequest: { funcaptcha, datadome },
  timing: {
    firstPollMs: 3_000,
    pollEveryMs: 3_000,
    // Its own clients take steps of two and three seconds, once past the first.
    floorMs: 2_000,
    maxPolls: 120,
    giveUpMs: 120_000,
    answerWithinMs: 10_000,
  },
  timingOf: {
    image_to_text: { giveUpMs: 60_000 },
    coordinates: { giveUpMs: 60_000 },
    grid: { giveUpMs: 60_000 },
  },
};
const rows = new ServiceRows(FACTS, wire.DEATHBYCAPTCHA_KINDS);

const LOGIN = 'username:password|authtoken';
/** Without it the service answers in urlencoded text. */
const accept = 'application/json';

function signed(path: `/${string}`): UpstreamRequest {
  return { method: 'POST', path, key: `form.${LOGIN}` satisfies KeyPlace, form: {}, accept };
}

/**
 * DeathByCaptcha: uploads as multipart, answered with 303; the key is `user:password` or a token. Takes reports
 * of wrong answers only. Its clients poll after 1 s, then every 1 to 3 s: the slowest of these holds throughout.
 * Source: deathbycaptcha.com/api, deathbycaptcha/deathbycaptcha-api-client-python.
 */
export default {
  ...plainFacts(FACTS, rows),
  wire: 'deathbycaptcha',
  answersAtOnce: () => false,
  refuses: (task) => rows.refuses(task, 'deathbycaptcha', refusesTask),
  submit: {
    ask: (task) => ({
      method: 'POST',
      path: '/captcha',
      key: `multipart.${LOGIN}`,
      multipart: wire.toParts(task, rows.of(task.kind)),
      accept,
    }),
    read: (reply) => wire.readAccepted(reply),
  },
  poll: {
    ask: ({ upstreamId }) => ({ method: 'GET', path: `/captcha/${upstreamId}`, key: 'none', accept }),
    read: (reply, { task }) => wire.readResult(reply, task, rows.of(task.kind)),
  },
  balance: { ask: () => signed('/'), read: (reply) => wire.readBalance(reply) },
  report: {
    ask: ({ upstreamId }) => signed(`/captcha/${upstreamId}/report`),
    read: (reply) => wire.readReported(reply),
  },
  reports: ({ isAccepted }) => !isAccepted,
} satisfies Provider;
