/** How clients of the old wires ask to be told of the end of a task, and the form in which they are. */
import type { CallbackRequest } from '../core/callback.js';
import { errorOf } from '../core/gateway.js';
import type { TaskOptions, TaskRecord } from '../core/store.js';
import { spellError } from './classic.js';
import { sayResult } from './classic-answers.js';

export interface AskedCallback {
  readonly options: TaskOptions;
  /** What has no effect, by name. */
  readonly ignored: readonly string[];
}

/** The address under `name`, where something may be sent to it; one that is no good is named, and no reason to refuse. */
export function readCallback(
  name: string,
  sent: Readonly<Record<string, unknown>>,
  ignored: readonly string[],
  { callbackFault }: { readonly callbackFault: (url: string) => string | undefined },
): AskedCallback {
  const others = ignored.filter((other) => other.toLowerCase() !== name.toLowerCase());
  const url = typeof sent[name] === 'string' ? sent[name].trim() : '';
  if (url === '') return { options: {}, ignored };
  if (callbackFault(url) !== undefined) return { options: {}, ignored: [...others, name] };
  return { options: { callbackUrl: url }, ignored: others };
}

/** The answer as res.php has it behind the `OK|`, or the code of the error. */
export function pingbackCode(record: TaskRecord): string {
  if (record.error || !record.solution) return spellError(errorOf(record), 'poll');
  return String(sayResult(record.task, record.solution, { asJson: false })).replace(/^OK\|/, '');
}

/**
 * 2Captcha's `id` and `code` in a form; CaptchaAI's in the query.
 * Source: 2captcha.com/h/how-to-configure-automatic-response-retrieval-via-pingback, blog.captchaai.com.
 */
export function sayPingback(record: TaskRecord): CallbackRequest {
  const query = { id: String(record.id), code: pingbackCode(record) };
  if (record.origin.flavour === 'captchaai') return { method: 'GET', query, body: '' };
  const body = new URLSearchParams(query).toString();
  return { method: 'POST', contentType: 'application/x-www-form-urlencoded', body };
}
