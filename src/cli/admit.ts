import { runOperator, runSwitch, SWITCH_OPTIONS } from '../app/operator-client.js';
import type { Command } from '../main.js';
import { usageOf } from '../terminal/help.js';

const USAGE = usageOf('admit PROVIDER', SWITCH_OPTIONS);

/** Lets new tasks in at a provider again, whatever had closed it, except a ban that still runs. */
export default {
  summary: 'let new tasks in at a provider again',
  usage: USAGE,
  options: SWITCH_OPTIONS,
  examples: ["admit captchaai --reason 'paid'", 'admit captchaai --url http://127.0.0.1:8080 --key KEY'],
  run: (args) => runOperator(USAGE, () => runSwitch('admit', args), args),
} satisfies Command;
