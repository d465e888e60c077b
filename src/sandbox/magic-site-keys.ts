/** Site keys that choose the outcome, like the card numbers of a payment service's test mode. */
import type { Task } from '../core/task.js';
import type { Behaviour } from './script.js';

/** Refusals in the word of the wire that the submit came over. */
export type SpelledOutcome = 'no-slot' | 'zero-balance' | 'bad-sitekey' | 'bad-page-url';

/** What a submit meets with each. */
export type MagicOutcome = Behaviour | SpelledOutcome;

/**
 * Any kind takes them in place of its site key, whatever that is called; an image, which has none, in its
 * `instructions`. `sandbox-slow-<ms>` is solved after that many milliseconds.
 */
// biome-ignore format: a table is read by its columns
export const MAGIC_SITE_KEYS: Readonly<Record<string, MagicOutcome>> = {
  'sandbox-unsolvable':   { verdict: 'unsolvable' },             // accepted; the poll says unsolvable
  'sandbox-never':        { verdict: 'never' },                  // accepted; never solved
  'sandbox-no-slot':      'no-slot',                             // refused: ERROR_NO_SLOT_AVAILABLE on the old wires
  'sandbox-zero-balance': 'zero-balance',                        // refused: ERROR_ZERO_BALANCE there
  'sandbox-bad-sitekey':  'bad-sitekey',                         // refused: ERROR_GOOGLEKEY on the classic wire
  'sandbox-bad-page-url': 'bad-page-url',                        // refused: ERROR_PAGEURL
  'sandbox-hang':         'hang',                                // never answered, not accepted
};

const SLOW = /^sandbox-slow-(\d{1,7})$/;

/** The outcome that a task asks for, in whichever of its texts; undefined for an ordinary one. */
export function magicOutcome(task: Task): MagicOutcome | undefined {
  for (const value of [...Object.values(task), ...Object.values(task.passed?.fields ?? {})]) {
    const outcome = typeof value === 'string' ? outcomeOf(value) : undefined;
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

function outcomeOf(text: string): MagicOutcome | undefined {
  if (!text.startsWith('sandbox-')) return undefined;
  const slow = SLOW.exec(text);
  return slow ? { solveMs: Number(slow[1]) } : MAGIC_SITE_KEYS[text];
}
