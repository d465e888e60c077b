/** What the contract has to know of the two wires that one service each speaks. */
import { factsOf, type Kind } from '../../src/core/task.js';
import * as bcs from '../../src/wire/bestcaptchasolver.js';
import * as dbc from '../../src/wire/deathbycaptcha.js';
import { sampleTask } from '../support/sample-tasks.js';
import { sampleSolution } from '../wire/solutions.js';
import type { Answers } from './wires.js';

function solutionOf(kind: Kind): Record<string, unknown> {
  return sampleSolution(kind, factsOf(kind).solution.slice(0, 1));
}

const DBC_ID = 73_548_291;

/**
 * DeathByCaptcha's refusals are words beside HTTP 4xx and 5xx; unsolvable and not found are no words at all, but
 * a text and an id, so that `refused` gives the whole answer for these two.
 */
const deathbycaptcha: Answers = {
  accepted: { captcha: DBC_ID, text: '', is_correct: true, status: 0 },
  pending: { captcha: DBC_ID, text: null, is_correct: false, status: 0 },
  solved: (kind) => ({ captcha: DBC_ID, text: textOf(kind), is_correct: true, status: 0 }),
  refused: (code) => WHOLE[code] ?? { status: 255, error: code },
  unsolvable: '?',
  notFound: 'captcha 0',
  balance: { user: 1, rate: 0.139, balance: 1_250, is_banned: false, status: 0 },
  reported: { captcha: DBC_ID, text: 'the-answer', is_correct: false, status: 0 },
  readBack: ({ multipart = {} }) => dbc.fromParts(multipart),
};

const WHOLE: Readonly<Record<string, object>> = {
  '?': { captcha: DBC_ID, text: '?', is_correct: false, status: 0 },
  'captcha 0': { captcha: 0 },
};

function textOf(kind: Kind): string {
  const row = dbc.DEATHBYCAPTCHA_KINDS[kind];
  return row ? dbc.sayText(sampleTask(kind), row, solutionOf(kind)) : '';
}

const bestcaptchasolver: Answers = {
  accepted: { id: 73_548_291, status: 'submitted' },
  pending: { id: 73_548_291, status: 'pending' },
  solved: (kind) => {
    const row = bcs.BESTCAPTCHASOLVER_KINDS[kind];
    const said = row ? bcs.saySolution(sampleTask(kind), row, solutionOf(kind)) : {};
    return { id: 73_548_291, status: 'completed', ...said };
  },
  refused: (code) => ({ status: 'error', error: code }),
  unsolvable: 'Captcha could not be solved',
  notFound: 'Captcha not found',
  balance: { balance: 12.5, status: 'success' },
  reported: { status: 'updated' },
  readBack: ({ path, json }) => bcs.fromMembers(path, JSON.parse(JSON.stringify(json))),
};

/** By wire, as in `wires.ts`. */
export const REST_ANSWERS = { deathbycaptcha, bestcaptchasolver } as const;

/** What these services say for the codes that the contract asks about. */
export const REST_WORDS = {
  deathbycaptcha: { auth: 'not-logged-in', zeroBalance: 'insufficient-funds', noSlot: 'service-overload' },
  bestcaptchasolver: {
    auth: 'Invalid access_token',
    zeroBalance: 'Insufficient balance',
    noSlot: 'No workers available, try again later',
  },
} as const;
