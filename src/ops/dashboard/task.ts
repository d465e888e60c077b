/** One task, found by its id and told step by step. */
import { ask, now } from './api.js';
import { byId, type Child, h, render } from './dom.js';
import { clock, count, duration, localTimes, usd } from './format.js';
import { moment } from './times.js';
import type { Attempt, Step, Task } from './wire.js';
import { kindName, partsAround, saidWhy, shortCause } from './words.js';

/** Follows the form and the address: `#task=12345` is a task's own. */
export function openSearch(onDenied: (error: unknown) => void): void {
  const input = byId<HTMLInputElement>('task-id');
  const find = async (id: string) => {
    render(byId('task'), h('p', { class: 'quiet' }, 'Looking…'));
    try {
      render(byId('task'), story(await ask<Task>(`admin/tasks/${encodeURIComponent(id)}`)));
    } catch (error) {
      render(
        byId('task'),
        h('p', { role: 'alert' }, `Task ${id}: ${error instanceof Error ? error.message : 'not found'}`),
      );
      onDenied(error);
    }
  };
  const follow = () => {
    const id = new URLSearchParams(location.hash.slice(1)).get('task');
    if (id === null) return;
    input.value = id;
    byId('one-task').scrollIntoView({ block: 'start' });
    void find(id);
  };
  byId('task-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const id = input.value.trim();
    if (id === '') return;
    const hash = `#${new URLSearchParams({ task: id })}`;
    if (location.hash === hash) void find(id);
    else location.hash = hash;
  });
  addEventListener('hashchange', follow);
  follow();
}

function story(task: Task): readonly Child[] {
  const { taskId, timeline, passedOver } = task;
  return [
    h('h3', {}, `Task ${taskId}: ${headline(task)}`),
    h('p', {}, facts(task)),
    timeline && timeline.length > 0
      ? h(
          'ol',
          { class: 'steps' },
          timeline.map((step) => stepLine(step, task)),
        )
      : h('ol', { class: 'steps' }, attemptSteps(task)),
    passedOver.length > 0 && [
      h('h4', {}, 'Not asked'),
      h(
        'ul',
        { class: 'plain' },
        passedOver.map(({ provider, why }) =>
          h('li', {}, h('strong', {}, provider), `: ${localTimes(saidWhy(why), now())}`),
        ),
      ),
    ],
  ];
}

function headline({ status, provider, createdAt, finishedAt, error, attempts }: Task): string {
  const took =
    createdAt !== null && finishedAt !== null
      ? ` in ${duration(Date.parse(finishedAt) - Date.parse(createdAt))}`
      : '';
  if (status === 'solved')
    return `solved by ${provider ?? 'somebody'}${took}, ${count(attempts.length, 'attempt')}`;
  if (status === 'failed') return `failed${took}: ${shortCause(error?.code ?? '')}`;
  return `${status}${took}`;
}

function facts({ kind, clientId, costUsd, error, deadlineAt }: Task): string {
  return [
    `${kindName(kind)} for client ${clientId}`,
    costUsd === null ? 'cost not known' : `cost at most ${usd(costUsd)}`,
    deadlineAt !== null && `deadline ${clock(Date.parse(deadlineAt), now())}`,
    error?.upstreamCode && `last word ${error.upstreamCode}`,
    error?.detail,
  ]
    .filter(Boolean)
    .join(' · ');
}

function stepLine({ at, step, provider, outcome, text }: Step, { createdAt }: Task): HTMLElement {
  return line(at, createdAt, [
    named(provider, localTimes(saidStep(text ?? [step, outcome].filter(Boolean).join(' ')), now())),
  ]);
}

/** A reason in the words that the rest of the page has for it. */
function saidStep(text: string): string {
  return text.replace(
    /( was not asked: )(.*)\.$/s,
    (_all, said: string, why: string) => `${said}${saidWhy(why)}.`,
  );
}

/** The provider stands out where the sentence names it, or before it where it does not. */
function named(provider: string | null | undefined, said: string): readonly Child[] {
  if (!provider) return [said];
  const parts = partsAround(provider, said);
  const name = h('strong', {}, provider);
  return parts ? [parts[0], name, parts[1]] : [name, ' ', said];
}

function attemptSteps({ attempts, createdAt, finishedAt, status, provider }: Task): readonly HTMLElement[] {
  return [
    line(createdAt, createdAt, 'taken, and written into the ledger'),
    ...attempts.map((attempt) => line(attempt.startedAt, createdAt, attemptText(attempt))),
    ...(finishedAt === null
      ? []
      : [
          line(
            finishedAt,
            createdAt,
            `${status}${provider === null ? '' : ` with the answer of ${provider}`}`,
          ),
        ]),
  ];
}

function attemptText({
  provider,
  outcome,
  upstreamCode,
  upstreamId,
  tookMs,
  polls,
  costUsd,
  mayBeCharged,
  why,
}: Attempt): Child {
  return [
    h('strong', {}, provider),
    why && ` (${localTimes(why, now())})`,
    ': ',
    outcome === 'solved' ? 'solved' : shortCause(outcome),
    upstreamCode !== null && [' ', h('code', {}, upstreamCode)],
    tookMs !== null && ` after ${duration(tookMs)}`,
    polls > 0 && `, ${count(polls, 'poll')}`,
    upstreamId !== null && `, its id ${upstreamId}`,
    mayBeCharged ? `, ${costUsd === null ? 'may be charged' : usd(costUsd)}` : ', not charged',
  ];
}

function line(at: string | null, createdAt: string | null, ...text: readonly Child[]): HTMLElement {
  const after = at !== null && createdAt !== null ? Date.parse(at) - Date.parse(createdAt) : null;
  return h(
    'li',
    {},
    h(
      'span',
      { class: 'span' },
      at === null ? '' : moment(Date.parse(at)),
      after !== null && after > 0 && h('small', {}, ` +${duration(after)}`),
    ),
    h('span', {}, text),
  );
}
