/** Who serves each kind, who comes next, and why the others do not. */
import { now } from './api.js';
import { byId, type Child, h, render } from './dom.js';
import { localTimes } from './format.js';
import { groupsOf, type ServingGroup } from './groups.js';
import type { Picture } from './live.js';
import { kindName, saidWhy, waitsFor } from './words.js';

/** More names than that in one cell are folded. */
const MOST_NAMES = 3;

/** Draws the table of kinds. */
export function showServing({ status, history }: Picture): void {
  const groups = groupsOf(status, history);
  render(
    byId('serving'),
    h(
      'table',
      { class: 'cards' },
      h('caption', { class: 'unseen' }, 'Who serves each kind of captcha now'),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['Captcha', 'Served by', 'Then', 'Not asked first'].map((title) =>
            h('th', { scope: 'col' }, title),
          ),
        ),
      ),
      h('tbody', {}, groups.map(groupRow)),
    ),
  );
}

function groupRow(group: ServingGroup): HTMLElement {
  const { provider, next, passedOver, kinds } = group;
  return h(
    'tr',
    { 'data-key': kinds.join() },
    h('th', { scope: 'row' }, names(group)),
    h(
      'td',
      { 'data-label': 'Served by' },
      provider === null ? nobody(passedOver) : h('strong', {}, provider),
    ),
    h('td', { 'data-label': 'Then' }, next.length > 0 ? next.join(' → ') : '–'),
    h(
      'td',
      { 'data-label': 'Not asked first' },
      passedOver.length === 0
        ? '–'
        : h(
            'ul',
            { class: 'plain' },
            passedOver.map(({ provider: id, why }) =>
              h('li', {}, `${id}: ${localTimes(saidWhy(why), now())}`),
            ),
          ),
    ),
  );
}

function nobody(passedOver: ServingGroup['passedOver']): HTMLElement {
  const wait = waitsFor(passedOver);
  if (wait === null) return h('em', { 'data-tone': 'bad' }, '■ nobody');
  return h('em', { 'data-tone': 'warn' }, `◐ waits for ${wait}`);
}

function names({ kinds, tasks }: ServingGroup): Child {
  const shown = kinds.map((kind) => h('span', { title: kind }, kindName(kind)));
  if (tasks > 0) return [shown, h('small', {}, ` ${tasks} in the last hour`)];
  if (kinds.length <= MOST_NAMES) return shown.map((name, index) => [index > 0 ? ', ' : '', name]);
  const rest = kinds
    .slice(MOST_NAMES - 1)
    .map(kindName)
    .join(', ');
  return h(
    'details',
    { 'data-key': 'names' },
    h(
      'summary',
      {},
      `${kinds
        .slice(0, MOST_NAMES - 1)
        .map(kindName)
        .join(', ')} and ${kinds.length - MOST_NAMES + 1} more`,
    ),
    rest,
  );
}
