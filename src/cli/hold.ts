import { OPERATOR_USAGE, runOperator, runSwitch } from '../app/operator-client.js';
import type { Command } from '../main.js';

const USAGE = `hold PROVIDER [--reason TEXT] ${OPERATOR_USAGE}`;

/** Keeps new tasks from a provider until it is admitted again; what it has in hand goes on. */
export default {
  summary: 'keep new tasks from a provider',
  usage: USAGE,
  run: (args) => runOperator(USAGE, () => runSwitch('hold', args)),
} satisfies Command;
