/** Every provider: whether it takes tasks, why not, until when, how it does, its money, and its switch. */
import { byId, type Child, h, render } from './dom.js';
import { duration, percent, usd } from './format.js';
import type { Picture } from './live.js';
import { coming, end, lasting, moment } from './times.js';
import type { Change, Condition, Figures, Kind, Provider } from './wire.js';
import { kindName, occasion, STATES, type StateWords, shortCause, stateOf } from './words.js';

const TITLES = [
  'Provider',
  'State',
  'Since and until',
  'In flight',
  'Answers',
  'Solve time',
  'Money',
  'Spent',
  '',
] as const;

/** Draws the table of providers. */
export function showProviders({ status, history }: Picture): void {
  const figures = new Map(history.providers.map((each) => [each.id, each]));
  render(
    byId('providers'),
    h(
      'table',
      { class: 'cards' },
      h('caption', { class: 'unseen' }, 'Providers, in the order of their priority'),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          TITLES.map((title) => h('th', { scope: 'col' }, title || h('span', { class: 'unseen' }, 'Switch'))),
        ),
      ),
      h(
        'tbody',
        {},
        status.providers.map((provider) => providerRow(provider, figures.get(provider.id), history.changes)),
      ),
    ),
  );
}

function providerRow(
  provider: Provider,
  figures: Figures | undefined,
  changes: readonly Change[],
): HTMLElement {
  const { id, use, inFlight, limit } = provider;
  return h(
    'tr',
    { 'data-key': id, 'data-provider': id },
    h('th', { scope: 'row' }, h('strong', {}, id), use !== id && h('small', {}, use)),
    cell('State', badge(provider, stateOf(provider)), kindTroubles(provider)),
    cell('Since and until', span(provider), lastOpening(provider, changes)),
    cell('In flight', `${inFlight}`, h('small', {}, limit === null ? ' no limit' : ` of ${limit}`)),
    cell('Answers', ...answers(figures)),
    cell('Solve time', ...solveTime(figures)),
    cell('Money', ...money(provider)),
    cell(
      'Spent',
      figures ? usd(figures.spendUsd) : '–',
      figures && figures.lostUsd > 0 && h('small', {}, `${usd(figures.lostUsd)} for nothing`),
    ),
    cell('Switch', lever(provider)),
  );
}

function cell(label: string, ...children: readonly Child[]): HTMLElement {
  return h('td', { 'data-label': label, 'data-key': label }, children);
}

/** Shape, word and colour. */
function badge({ state, cause }: Condition, { mark, word, tone }: StateWords): HTMLElement {
  return h(
    'span',
    { class: 'badge', 'data-tone': tone },
    h('span', { 'aria-hidden': 'true' }, mark),
    ` ${word}`,
    cause !== null && state !== 'held-out' && h('small', {}, shortCause(cause)),
  );
}

/** Kinds that are not taken, and all kinds with their figures behind a fold. */
function kindTroubles({ id, kinds }: Provider): Child {
  const closed = kinds.filter(({ state }) => state !== 'closed');
  return h(
    'details',
    { 'data-key': `kinds of ${id}` },
    h(
      'summary',
      {},
      closed.length === 0
        ? `${kinds.length} kinds`
        : `${closed.length} of ${kinds.length} kinds not taken as usual`,
    ),
    h(
      'table',
      { class: 'kinds' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['Kind', 'State', 'Success', 'p50', 'p95'].map((title) => h('th', { scope: 'col' }, title)),
        ),
      ),
      h('tbody', {}, [...kinds].sort(byInterest).map(kindRow)),
    ),
  );
}

function byInterest(one: Kind, other: Kind): number {
  const rank = ({ state, successRate }: Kind) => (state !== 'closed' ? 0 : successRate !== null ? 1 : 2);
  return rank(one) - rank(other);
}

function kindRow(kind: Kind): HTMLElement {
  const { successRate, p50Ms, p95Ms, until } = kind;
  return h(
    'tr',
    { 'data-key': kind.kind },
    h('th', { scope: 'row' }, kindName(kind.kind)),
    h('td', {}, badge(kind, STATES[kind.state]), until !== null && [' ', coming(Date.parse(until))]),
    h('td', {}, successRate === null ? '–' : percent(successRate)),
    h('td', {}, p50Ms === null ? '–' : duration(p50Ms)),
    h('td', {}, p95Ms === null ? '–' : duration(p95Ms)),
  );
}

function span({ since, until, comesBack, state }: Provider): Child {
  if (since === null) return state === 'closed' ? null : '–';
  const from = Date.parse(since);
  return [
    h('div', {}, 'since ', moment(from), ', ', lasting(from)),
    h('div', {}, 'until ', end({ comesBack, until })),
  ];
}

/** What took it out last, where that is known. */
function lastOpening({ id, openedBy, cause, state }: Provider, changes: readonly Change[]): Child {
  const last = changes.find(({ provider, change }) => provider === id && change === 'opened');
  const by = state === 'closed' || state === 'ramping' ? last?.changedBy : openedBy;
  if (!by)
    return last
      ? h('small', {}, 'last taken out ', moment(Date.parse(last.at)), `: ${shortCause(last.cause)}`)
      : cause === null
        ? '–'
        : null;
  const word = by.reason ?? by.upstreamCode ?? shortCause(last?.cause ?? cause ?? '');
  const isOver = state === 'closed' || state === 'ramping';
  return h(
    'small',
    {},
    isOver && last ? ['last taken out ', moment(Date.parse(last.at)), ': '] : 'reason: ',
    word,
    ` ${occasion(by.by)}`,
    by.taskId !== null && [', task ', h('a', { href: `#task=${by.taskId}` }, by.taskId)],
  );
}

function answers(figures: Figures | undefined): readonly Child[] {
  if (!figures || figures.solved + figures.failed === 0) return ['–'];
  const { solved, failed } = figures;
  return [percent(solved / (solved + failed)), h('small', {}, ` ${solved} of ${solved + failed}`)];
}

function solveTime(figures: Figures | undefined): readonly Child[] {
  if (!figures || figures.p50Ms === null || figures.p95Ms === null) return ['–'];
  return [duration(figures.p50Ms), h('small', {}, ` p95 ${duration(figures.p95Ms)}`)];
}

function money({ balanceUsd, hoursToEmpty }: Provider): readonly Child[] {
  if (balanceUsd === null) return ['–'];
  const isShort = balanceUsd <= 0 || (hoursToEmpty !== null && hoursToEmpty < 24);
  const left =
    hoursToEmpty === null || hoursToEmpty <= 0 ? null : `empty in ${duration(hoursToEmpty * 3_600_000)}`;
  return [h('span', { 'data-tone': isShort ? 'bad' : null }, usd(balanceUsd)), left && h('small', {}, left)];
}

function lever({ id, state }: Provider): Child {
  const admit = h(
    'button',
    { type: 'button', 'data-action': 'admit', 'data-id': id, 'data-key': 'admit' },
    'Let in',
    h('span', { class: 'unseen' }, ` ${id}`),
  );
  const hold = h(
    'button',
    { type: 'button', 'data-action': 'hold', 'data-id': id, 'data-key': 'hold' },
    'Hold out',
    h('span', { class: 'unseen' }, ` ${id}`),
  );
  if (state === 'held-out') return admit;
  return state === 'closed' ? hold : [admit, ' ', hold];
}
