/** The part of config.json about the store. */
import { z } from 'zod';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const milliseconds = z.int().min(1);

/** Keys of `store` that mean something for one kind of store only, and their defaults. */
const SQLITE_DEFAULTS = { path: 'data/gateway.db', durability: 'process' } as const;

const storeKeys = z.strictObject({
  use: z
    .enum(['sqlite', 'postgres'])
    .default('sqlite')
    .describe('What remembers the tasks: a file of one gateway, or a PostgreSQL server that many share.'),
  path: z
    .string()
    .min(1)
    .optional()
    .describe('Database file of sqlite, relative to the config file.')
    .meta({ default: SQLITE_DEFAULTS.path }),
  durability: z
    .enum(['process', 'power'])
    .optional()
    .describe(
      'What an acknowledged task survives with sqlite: the death of the gateway (process), or a power cut too (power, which waits for the disk).',
    )
    .meta({ default: SQLITE_DEFAULTS.durability }),
  url: z
    .string()
    .refine(
      (url) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url),
      'must be like postgres://user:password@host/database',
    )
    .optional()
    .describe('Address of the PostgreSQL server with user, password and database; for postgres only.'),
  retention: z
    .strictObject({
      solutionMs: milliseconds
        .default(30 * MINUTE)
        .describe('Solutions are forgotten this long after the task ended.'),
      taskMs: milliseconds.default(24 * HOUR).describe('Tasks are forgotten this long after they ended.'),
      scorecardMs: milliseconds
        .default(30 * 24 * HOUR)
        .describe(
          'What forgotten tasks came to, by the hour, is forgotten this long after: the longest span of a scorecard.',
        ),
    })
    .prefault({})
    .describe('How long finished tasks are kept.'),
});

/** The `store` section: which keys there are depends on `use`. */
export const store = storeKeys
  .superRefine(({ use, path, durability, url }, context) => {
    const strangers = use === 'sqlite' ? { url } : { path, durability };
    for (const [key, value] of Object.entries(strangers)) {
      const message = `does not go with "use": "${use}"`;
      if (value !== undefined) context.addIssue({ code: 'custom', message, path: [key] });
    }
    if (use === 'postgres' && url === undefined)
      context.addIssue({ code: 'custom', message: 'is required', path: ['url'] });
  })
  .transform(({ use, url = '', retention, ...given }) => {
    if (use === 'postgres') return { use, url, retention };
    const { path = SQLITE_DEFAULTS.path, durability = SQLITE_DEFAULTS.durability } = given;
    return { use, path, durability, retention };
  });
