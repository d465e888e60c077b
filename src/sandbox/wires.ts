/** Which wire a request came over: each has paths of its own, so that one address speaks them all. */
import { readBestCaptchaSolver } from './bestcaptchasolver.js';
import { readClassic } from './classic.js';
import { readDeathByCaptcha } from './deathbycaptcha.js';
import { type Manner, readJson } from './json.js';
import type { Question } from './question.js';
import type { SentRequest } from './request.js';

/** What a request asks; one that no wire knows is answered on the json wire. */
export function readQuestion(request: SentRequest, manner: Manner): Question {
  if (request.path === '/in.php' || request.path === '/res.php') return readClassic(request, manner.flavour);
  return readBestCaptchaSolver(request) ?? readDeathByCaptcha(request) ?? readJson(request, manner);
}
