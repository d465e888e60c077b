import { OPERATOR_USAGE, runOperator, runReload } from '../app/operator-client.js';
import type { Command } from '../main.js';

const USAGE = `reload ${OPERATOR_USAGE}`;

/** Has a running gateway read its config again; 0 when it has taken it, 1 when it goes on with the one before. */
export default {
  summary: 'have the gateway read its config again, without a restart',
  usage: USAGE,
  run: (args) => runOperator(USAGE, () => runReload(args)),
} satisfies Command;
