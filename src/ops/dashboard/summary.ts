/** The first glance: one sentence, a few figures, and every incident with what is to be done about it. */
import { now } from './api.js';
import { byId, type Child, h, render } from './dom.js';
import { count, duration, list, usd } from './format.js';
import { type Incident, incidentsOf } from './incidents.js';
import type { Picture } from './live.js';
import { end, lasting, moment } from './times.js';
import { verdict } from './verdict.js';
import type { Status } from './wire.js';
import { adviceOn, explain, kindName, occasion, shortCause, whatIsWrong } from './words.js';

/** More than that are folded. */
const MOST_PAST = 8;

/** Draws sentence, figures and incidents. */
export function showSummary({ status, history }: Picture): void {
  const incidents = incidentsOf(status, history, now());
  const current = incidents.filter(({ to }) => to === null);
  const past = incidents.filter(({ to }) => to !== null);
  const { text, tone } = verdict(status, current);
  const sentence = byId('verdict');
  sentence.dataset.tone = tone;
  render(sentence, text);
  document.title = `${current.length > 0 ? `(${current.length}) ` : ''}captcha-gateway`;
  render(byId('figures'), figures({ status, history }));
  render(
    byId('incidents'),
    current.length > 0 && [
      h('h2', {}, 'What is wrong, and what to do'),
      h('div', { class: 'incidents' }, current.map(card)),
    ],
  );
  render(
    byId('past'),
    past.length > 0 && [
      h('h2', {}, 'What was wrong in the last hour'),
      h('ul', {}, past.slice(0, MOST_PAST).map(pastLine)),
      past.length > MOST_PAST &&
        h(
          'details',
          { 'data-key': 'more' },
          h('summary', {}, `and ${past.length - MOST_PAST} more`),
          h('ul', {}, past.slice(MOST_PAST).map(pastLine)),
        ),
    ],
  );
}

function figures({ status, history }: Picture): readonly HTMLElement[] {
  const { tasks, providers, failovers } = status;
  const spend = sum(history.providers.map(({ spendUsd }) => spendUsd));
  const lost = sum(history.providers.map(({ lostUsd }) => lostUsd));
  const balances = providers.flatMap(({ balanceUsd }) => (balanceUsd === null ? [] : [balanceUsd]));
  const ended = tasks.solvedLastHour + tasks.failedLastHour;
  return [
    figure('in flight', tasks.inFlight),
    figure('solved, last hour', tasks.solvedLastHour, ended > 0 && `of ${ended} tasks`),
    figure('failed, last hour', tasks.failedLastHour, null, tasks.failedLastHour > 0 ? 'bad' : undefined),
    figure('handed on, last hour', failovers.length, failovers.length > 0 && 'to another provider'),
    figure('spent, last hour', usd(spend), lost > 0 && `${usd(lost)} of it for nothing`),
    figure('money left', balances.length > 0 ? usd(sum(balances)) : '–', emptiest(status)),
  ];
}

function figure(name: string, value: string | number, note?: Child, tone?: string): HTMLElement {
  return h(
    'div',
    { 'data-key': name, 'data-tone': tone },
    h('dt', {}, name),
    h('dd', {}, String(value), note ? h('small', {}, note) : null),
  );
}

/** Whose money ends first. */
function emptiest({ providers }: Status): string | null {
  const known = providers.flatMap(({ id, hoursToEmpty }) =>
    hoursToEmpty === null || hoursToEmpty <= 0 ? [] : [{ id, hoursToEmpty }],
  );
  const [first] = known.sort((one, other) => one.hoursToEmpty - other.hoursToEmpty);
  if (first) return `${first.id} empty in ${duration(first.hoursToEmpty * 3_600_000)}`;
  const unknown = providers.filter(({ balanceUsd }) => balanceUsd === null).length;
  return unknown > 0 ? `${unknown} of ${providers.length} not known` : null;
}

function card(incident: Incident): HTMLElement {
  const { key, provider, state, times } = incident;
  const until = incident.until === null ? null : new Date(incident.until).toISOString();
  const ending = { comesBack: incident.comesBack, until };
  return h(
    'article',
    { class: 'incident', 'data-key': key, 'data-state': state },
    h('h3', {}, `${provider} ${whatIsWrong(incident)}`),
    h(
      'dl',
      {},
      row('About', about(incident)),
      row('Since', [
        moment(incident.from),
        ', for ',
        lasting(incident.from),
        times > 2 && `, ${times - 1} closings in a row`,
      ]),
      row('Why', why(incident)),
      row('Until', end(ending)),
      row('Instead', handed(incident)),
      row('Cost', cost(incident)),
      row('What to do', h('strong', {}, adviceOn(incident)), 'todo'),
    ),
  );
}

function row(name: string, value: Child, className?: string): HTMLElement {
  return h('div', { class: className, 'data-key': name }, h('dt', {}, name), h('dd', {}, value));
}

function about({ kinds }: Incident): string {
  return kinds.length === 0 ? 'the whole account' : list(kinds.map(kindName));
}

function why({ openedBy, cause, state }: Incident): Child {
  if (!openedBy) return state === 'held-out' ? cause : (cause ?? 'not told');
  const { upstreamCode, taskId, reason, by } = openedBy;
  const task = taskId !== null && [', task ', h('a', { href: `#task=${taskId}` }, taskId)];
  if (reason !== null && by === 'operator') return `“${reason}”`;
  return [h('code', {}, upstreamCode ?? cause ?? ''), ` ${occasion(by)}`, task, explain(cause, upstreamCode)];
}

function handed({ handedOn }: Incident): Child {
  if (handedOn.length === 0) return 'no task had to be handed on';
  const parts = handedOn.map(([to, tasks]) => `${count(tasks, 'task')} to ${to}`);
  return `${list(parts)}, handed on in flight; later ones ask others at once`;
}

function cost({ lostUsd, lostMs }: Incident): string {
  const money = lostUsd > 0 ? `up to ${usd(lostUsd)} paid for nothing` : 'nothing paid';
  return lostMs > 0 ? `${money}; tasks were held up for ${duration(lostMs)} in all` : money;
}

function pastLine(incident: Incident): HTMLElement {
  const { key, provider, from, to, cause, state, closedBy, handedOn, times } = incident;
  const tasks = sum(handedOn.map(([, moved]) => moved));
  const what = state === 'held-out' ? 'was held out' : `took no tasks: ${shortCause(cause ?? '')}`;
  return h(
    'li',
    { 'data-key': key },
    h('span', { class: 'span' }, moment(from), ' – ', moment(to ?? from)),
    h(
      'span',
      {},
      h('strong', {}, provider),
      incident.kinds.length > 0 ? ` (${about(incident)}) ` : ' ',
      `${what}, for ${duration((to ?? from) - from)}`,
      times > 1 && ` (${times} times)`,
      closedBy && `; it came back ${occasion(closedBy.by)}`,
      '. ',
      tasks > 0 ? `${count(tasks, 'task')} handed on to ${list(handedOn.map(([to]) => to))}. ` : '',
      incident.lostMs > 0 || incident.lostUsd > 0 ? `Cost: ${cost(incident)}.` : '',
    ),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
