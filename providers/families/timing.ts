/** How families put a provider's published pace together. */
import type { Timing } from '../../src/core/provider.js';
import { isKind, type Kind, type TaskKind } from '../../src/core/task.js';

export interface PaceFacts {
  /** The pace of every kind that has none of its own. */
  readonly timing: Timing;
  readonly timingOf?: Readonly<Partial<Record<Kind, Partial<Timing>>>>;
}

/** The pace of each kind. */
export function paceOf({ timing, timingOf }: PaceFacts): (kind: TaskKind) => Timing {
  return (kind) => ({ ...timing, ...(isKind(kind) ? timingOf?.[kind] : undefined) });
}

/** 2Captcha's published pace, which its clones share: source 2captcha.com/api-docs and its official clients. */
export const TWOCAPTCHA_PACE: PaceFacts = {
  timing: {
    firstPollMs: 5_000,
    pollEveryMs: 5_000,
    maxPolls: 120,
    giveUpMs: 120_000,
    answerWithinMs: 10_000,
  },
  timingOf: {
    recaptcha_v2: { firstPollMs: 20_000, giveUpMs: 600_000 },
    recaptcha_v2_enterprise: { firstPollMs: 20_000, giveUpMs: 600_000 },
    recaptcha_v3: { firstPollMs: 15_000, giveUpMs: 600_000 },
    recaptcha_v3_enterprise: { firstPollMs: 15_000, giveUpMs: 600_000 },
  },
};
