/** Site keys that choose the outcome, like the card numbers of a payment service's test mode. */
import type { Task } from '../core/task.js';
import type { Behaviour } from './script.js';

/** What a submit meets with each: `bad-sitekey` and `bad-page-url` in the word of the wire it came over. */
export type MagicOutcome = Behaviour | 'bad-sitekey' | 'bad-page-url';

/**
 * Any kind takes them in place of its site key (`siteKey`, `publicKey`, `gt`, `captchaId`); an image, which has
 * none, in its `instructions`. `sandbox-slow-<ms>` is solved after that many milliseconds.
 */
// biome-ignore format: a table is read by its columns
export const MAGIC_SITE_KEYS: Readonly<Record<string, MagicOutcome>> = {
  'sandbox-unsolvable':   { verdict: 'unsolvable' },             // accepted; the poll says unsolvable
  'sandbox-never':        { verdict: 'never' },                  // accepted; never solved
  'sandbox-no-slot':      { code: 'ERROR_NO_SLOT_AVAILABLE' },   // refused
  'sandbox-zero-balance': { code: 'ERROR_ZERO_BALANCE' },        // refused
  'sandbox-bad-sitekey':  'bad-sitekey',                         // refused: ERROR_GOOGLEKEY on the classic wire
  'sandbox-bad-page-url': 'bad-page-url',                        // refused: ERROR_PAGEURL
  'sandbox-hang':         'hang',                                // never answered, not accepted
};

const SLOW = /^sandbox-slow-(\d{1,7})$/;

/** The outcome that a task asks for; undefined for an ordinary one. */
export function magicOutcome(task: Task): MagicOutcome | undefined {
  const key = task.siteKey ?? task.publicKey ?? task.gt ?? task.captchaId ?? task.instructions;
  if (key === undefined || !key.startsWith('sandbox-')) return undefined;
  const slow = SLOW.exec(key);
  if (slow) return { solveMs: Number(slow[1]) };
  return MAGIC_SITE_KEYS[key];
}
