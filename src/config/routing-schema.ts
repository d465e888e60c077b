/** The part of the config that says whom a task is handed to, and what that may cost. */
import { z } from 'zod';
import { STRATEGY_NAMES } from '../core/gateway.js';
import { count, distinct, kind, MINUTE, milliseconds } from './schema-parts.js';

const strategy = z.enum(STRATEGY_NAMES);

/** `routing` of the config. */
export const routing = z.strictObject({
  strategy: strategy
    .default('priority')
    .describe(
      'How candidates are ordered: by priority; drawn by weight; cheapest or fastest per solve; best for the least money per accepted answer.',
    ),
  explore: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe(
      'Share of tasks that cheapest, fastest and best hand to any candidate, so that their figures stay fresh.',
    ),
  kinds: z
    .partialRecord(
      kind,
      z.strictObject({
        providers: distinct(z.string())
          .optional()
          .describe('Ids of the providers to ask for this kind, in order, and no others; absent for all.'),
        strategy: strategy.optional().describe("How they are ordered; absent for the router's own strategy."),
      }),
    )
    .default({})
    .describe('What holds for single kinds instead.'),
  maxAttempts: z
    .int()
    .min(1)
    .default(3)
    .describe('Most accepted attempts of one task; refusals do not count.'),
  deadlineMs: milliseconds.default(3 * MINUTE).describe('Every task ends by then; clients may ask for less.'),
  acceptWithinMs: z
    .int()
    .min(0)
    .default(3_500)
    .describe('A submit on the classic and json doors is answered by then, whatever the providers do.'),
  maxUsdPerTask: z
    .number()
    .min(0)
    .default(0.02)
    .describe('Most money spent on one task, in USD, all attempts together.'),
  retryBudget: z
    .strictObject({
      ratio: z.number().min(0).default(0.2).describe('Second purchases per first one.'),
      floorPerMinute: count.default(60).describe('Second purchases a minute that are allowed in any case.'),
    })
    .prefault({})
    .describe(
      'What all tasks of the last minute together may buy a second time; a task waits, to its deadline, for more.',
    ),
  hedge: z
    .strictObject({
      share: z
        .number()
        .gt(0)
        .max(1)
        .default(0.02)
        .describe('Second purchases for speed per task; they are earned first and spent then.'),
    })
    .optional()
    .describe(
      'Asks a second provider for a task that takes its first longer than nineteen in twenty do; absent for never.',
    ),
});
