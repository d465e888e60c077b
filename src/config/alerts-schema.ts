/** The part of config.json about what the operator is warned of. */
import { z } from 'zod';
import { OPERATOR_EVENTS } from '../core/events.js';
import { distinct } from './schema-parts.js';

const usd = z.number().min(0);
const hours = z.number().min(0);

const receiver = z
  .string()
  .refine(
    (url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol),
    'must be an http or https URL',
  );

const webhook = z.strictObject({
  url: receiver.describe('Your own server; a private address will do. Redirects are not followed.'),
  events: distinct(z.enum(OPERATOR_EVENTS))
    .default(['balance-low'])
    .describe('What is sent, as GET /v1/events tells it; of breakers only those of whole accounts.'),
});

/** The `alerts` section. */
export const alerts = z.strictObject({
  balanceBelowUsd: usd
    .default(1)
    .describe('An account with less than this is low; 0 for none. Services that count in USD only.'),
  emptyWithinHours: hours
    .default(6)
    .describe('An account that is empty within this time at its present pace is low; 0 for none.'),
  webhook: webhook
    .optional()
    .describe('Where events are sent, signed with callbacks.secret; absent for nowhere.'),
});

/** `alerts` of one provider. */
export const accountAlerts = z.strictObject({
  balanceBelowUsd: usd.optional().describe('In place of alerts.balanceBelowUsd.'),
  emptyWithinHours: hours.optional().describe('In place of alerts.emptyWithinHours.'),
});
