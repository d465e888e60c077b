/** Names of attempts that nobody can guess: told to the provider of the attempt, and understood again from the name alone. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CalledAttempt } from '../core/provider.js';

/** Task, attempt, and the seal over both and the account. */
const FORM = /^([1-9]\d{0,9})\.(0|[1-9]\d{0,4})\.([A-Za-z0-9_-]{43})$/;
/** More than one only where replicas have started at the same moment. */
const MOST_SECRETS = 8;

export class CallbackTokens {
  readonly #providers: () => readonly string[];
  /** The newest first. */
  #secrets: readonly string[] = [];

  /** `providers`: the ids of the accounts that a token may name. */
  constructor(providers: () => readonly string[]) {
    this.#providers = providers;
  }

  /** Seals with this secret from now on; what was sealed with others is still understood. */
  use(secret: string): void {
    const others = this.#secrets.filter((known) => known !== secret);
    this.#secrets = [secret, ...others].slice(0, MOST_SECRETS);
  }

  /** The secret that seals; undefined before there is one. */
  get secret(): string | undefined {
    return this.#secrets[0];
  }

  /** The token of an attempt. @throws Error before there is a secret. */
  of(called: CalledAttempt): string {
    if (this.secret === undefined) throw new Error('there is no secret to seal tokens with');
    return `${called.taskId}.${called.attempt}.${seal(this.secret, called).toString('base64url')}`;
  }

  /** The attempt that a token stands for; undefined for a token that was not made here. */
  read(token: string): CalledAttempt | undefined {
    const [, taskId, attempt, sealed = ''] = FORM.exec(token) ?? [];
    if (taskId === undefined) return undefined;
    const given = Buffer.from(sealed, 'base64url');
    const named = this.#providers().map((provider) => ({
      provider,
      taskId: Number(taskId),
      attempt: Number(attempt),
    }));
    // Every seal is compared, so that the time of the answer tells nothing.
    const right = named.filter(
      (called) => this.#secrets.filter((secret) => timingSafeEqual(seal(secret, called), given)).length > 0,
    );
    return right[0];
  }
}

function seal(secret: string, { provider, taskId, attempt }: CalledAttempt): Buffer {
  return createHmac('sha256', Buffer.from(secret, 'hex'))
    .update(`${taskId}\n${attempt}\n${provider}`)
    .digest();
}
