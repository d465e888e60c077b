/** How in.php spells each kind: the form of 2Captcha, which its clones share, and every other name to be understood. */
import type { Member } from '../core/solution.js';
import type { Kind } from '../core/task.js';
import { CLASSIC_IMAGES } from './classic-images.js';
import { CLASSIC_TOKENS } from './classic-tokens.js';
import type { Answer, Row } from './rows.js';
import type { SentFields } from './sent-fields.js';

export interface ClassicRow extends Row {
  readonly method: string;
  /** Other method names that mean the same. */
  readonly alsoMethods?: readonly string[];
  /** Parameters always sent with this kind. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** Tells this kind from others of the same method. */
  readonly is?: (sent: SentFields) => boolean;
  /** The answer has more than one member: plain text carries them as JSON text. */
  readonly isObject?: true;
  /** How a member is said where it differs from its normalized form. */
  readonly says?: Readonly<Partial<Record<Member, (value: unknown) => unknown>>>;
  /** How the main member is said in plain text; absent for text as it is and JSON text for the rest. */
  readonly plain?: (value: unknown) => string | undefined;
  /** Where CaptchaAI's clients look for the members. */
  readonly captchaai?: Answer;
}

export const CLASSIC_KINDS: Readonly<Partial<Record<Kind, ClassicRow>>> = {
  ...CLASSIC_IMAGES,
  ...CLASSIC_TOKENS,
};
