/** The part of config.json about callbacks. */
import { z } from 'zod';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const subnet = z
  .union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], 'must be an IP address or a subnet like 10.20.0.0/16')
  .meta({ type: 'string' });

/** The `callbacks` section. */
export const callbacks = z.strictObject({
  allowPrivate: z
    .array(subnet)
    .default([])
    .describe('Addresses and subnets that callbacks may go to though they are not public.'),
  secret: z
    .string()
    .regex(
      /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/,
      'must be whsec_ and base64',
    )
    .optional()
    .describe(
      'Signs callbacks as Standard Webhooks: whsec_ and 24 to 64 random bytes as base64; absent: unsigned.',
    ),
  answerWithinMs: z
    .int()
    .min(1)
    .max(MINUTE)
    .default(10 * SECOND)
    .describe('A receiver that has not answered by then is tried again.'),
  maxTries: z.int().min(1).max(100).default(10).describe('Most tries of one callback.'),
  giveUpMs: z
    .int()
    .min(1)
    .default(15 * MINUTE)
    .describe('From the end of the task to the last try.'),
});
