import { runOperator, runSwitch, SWITCH_OPTIONS } from '../app/operator-client.js';
import type { Command } from '../main.js';
import { usageOf } from '../terminal/help.js';

const USAGE = usageOf('hold PROVIDER', SWITCH_OPTIONS);

/** Keeps new tasks from a provider until it is admitted again; what it has in hand goes on. */
export default {
  summary: 'keep new tasks from a provider',
  usage: USAGE,
  options: SWITCH_OPTIONS,
  examples: [
    "hold captchaai --reason 'invoice unpaid'",
    'hold captchaai --url http://127.0.0.1:8080 --key KEY',
  ],
  run: (args) => runOperator(USAGE, () => runSwitch('hold', args), args),
} satisfies Command;
