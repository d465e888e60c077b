/** The state of everything in one or two sentences. */
import { count, list } from './format.js';
import type { Incident } from './incidents.js';
import type { Serving, Status } from './wire.js';
import { waitsFor, whatIsWrong } from './words.js';

export interface Verdict {
  readonly text: string;
  readonly tone: 'good' | 'warn' | 'bad';
}

/** What is wrong, and whether captchas are solved all the same. */
export function verdict({ providers, serving }: Status, current: readonly Incident[]): Verdict {
  const wrong = troubles(current);
  const unserved = serving.filter(({ provider }) => provider === null);
  const lost = unserved.filter(({ passedOver }) => waitsFor(passedOver) === null);
  if (lost.length > 0) {
    const what = lost.length === serving.length ? 'Nothing' : count(lost.length, 'kind');
    return {
      text: `${what} can${what === 'Nothing' ? '' : 'not'} be solved now: ${wrong || 'nobody takes it'}.`,
      tone: 'bad',
    };
  }
  if (unserved.length > 0) return { text: waiting(unserved, wrong), tone: 'warn' };
  if (current.length > 0) return { text: `${wrong}. ${standIn(current, serving)}`, tone: 'warn' };
  const all = providers.length === 1 ? 'The provider takes' : `All ${providers.length} providers take`;
  const back = providers.filter(({ state }) => state === 'ramping').map(({ id }) => id);
  const ramp = back.length === 0 ? '' : `; ${list(back)} ${back.length === 1 ? 'is' : 'are'} coming back`;
  return { text: `${all} tasks${ramp}.`, tone: 'good' };
}

/** More than these are no sentence any more; each has its own card below it. */
const MOST_NAMED = 3;

function troubles(current: readonly Incident[]): string {
  const named = current
    .slice(0, MOST_NAMED)
    .map((incident) => `${incident.provider} ${whatIsWrong(incident)}`);
  const rest = current.length - named.length;
  return list(rest > 0 ? [...named, count(rest, 'more trouble')] : named);
}

function waiting(unserved: readonly Serving[], wrong: string): string {
  const what = [...new Set(unserved.map(({ passedOver }) => waitsFor(passedOver) ?? ''))];
  const tasks = `New tasks of ${count(unserved.length, 'kind')} wait for ${list(what)}.`;
  return wrong === '' ? tasks : `${wrong}. ${tasks}`;
}

/** Who does the work of those that do not. */
function standIn(current: readonly Incident[], serving: readonly Serving[]): string {
  const away = new Set(current.map(({ provider }) => provider));
  const instead = serving
    .filter(({ passedOver }) => passedOver.some(({ provider }) => away.has(provider)))
    .flatMap(({ provider }) => (provider === null ? [] : [provider]));
  const names = [...new Set(instead)];
  if (names.length === 0) return 'Every kind is still served.';
  return `Every kind is still served: ${list(names)} ${names.length === 1 ? 'stands' : 'stand'} in.`;
}
