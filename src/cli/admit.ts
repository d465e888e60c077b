import { OPERATOR_USAGE, runOperator, runSwitch } from '../app/operator-client.js';
import type { Command } from '../main.js';

const USAGE = `admit PROVIDER [--reason TEXT] ${OPERATOR_USAGE}`;

/** Lets new tasks in at a provider again, whatever had closed it, except a ban that still runs. */
export default {
  summary: 'let new tasks in at a provider again',
  usage: USAGE,
  run: (args) => runOperator(USAGE, () => runSwitch('admit', args)),
} satisfies Command;
