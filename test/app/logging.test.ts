/** What the log says when. */
import { expect, it } from 'vitest';
import { holdLog } from '../../src/app/logging.js';
import { openLog } from '../../src/ops/log.js';

it('lines that are held come after the one that was not, in their order, and later ones at once', () => {
  const written: string[] = [];
  const log = openLog({ level: 'info', destination: { write: (line) => void written.push(line) } });
  const held = holdLog(log);
  held.warn({ event: 'breaker-opened' });
  held.info({ event: 'task' });
  held.debug({ event: 'unseen' });
  log.info({ event: 'listening' }, 'listening');
  held.release();
  held.error({ event: 'config-refused' });
  held.release();
  expect(written.map((line) => JSON.parse(line)).map(({ event, level }) => [event, level])).toEqual([
    ['listening', 30],
    ['breaker-opened', 40],
    ['task', 30],
    ['config-refused', 50],
  ]);
});
