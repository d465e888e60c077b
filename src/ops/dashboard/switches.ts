/** Holding a provider out and letting it in again: asked once more, with a reason, and told what came of it. */
import { tell } from './api.js';
import { byId, h, render } from './dom.js';

type Verb = 'hold' | 'admit';

const WORDS = {
  hold: {
    title: (id: string) => `Hold ${id} out?`,
    text: 'It gets no new tasks until you let it in again. What it has in hand goes on.',
    button: 'Hold out',
    done: (id: string) => `${id} is held out: it gets no new tasks.`,
  },
  admit: {
    title: (id: string) => `Let ${id} in?`,
    text: 'Whatever has closed it is forgotten, and it gets all its tasks at once. A ban that still runs stays.',
    button: 'Let in',
    done: (id: string) => `${id} is let in: it gets tasks again.`,
  },
} as const satisfies Record<Verb, object>;

/** Follows the buttons of the page; `onDone` when the gateway has done it. */
export function openSwitches(onDone: () => void, onFault: (error: unknown) => void): void {
  const dialog = byId<HTMLDialogElement>('confirm');
  let asked: { readonly verb: Verb; readonly id: string } | undefined;
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>('[data-action]') : null;
    const { action, id } = button?.dataset ?? {};
    if ((action !== 'hold' && action !== 'admit') || id === undefined) return;
    asked = { verb: action, id };
    const words = WORDS[action];
    byId('confirm-title').textContent = words.title(id);
    byId('confirm-text').textContent = words.text;
    byId('confirm-yes').textContent = words.button;
    byId<HTMLInputElement>('reason').value = '';
    render(byId('confirm-fault'));
    dialog.showModal();
  });
  byId('confirm-no').addEventListener('click', () => dialog.close());
  byId('confirm-form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (!asked) return;
    const { verb, id } = asked;
    void act(verb, id).then(
      () => {
        dialog.close();
        say(WORDS[verb].done(id));
        onDone();
      },
      (error: unknown) => {
        render(
          byId('confirm-fault'),
          h('p', { role: 'alert' }, error instanceof Error ? error.message : 'It did not work.'),
        );
        onFault(error);
      },
    );
  });
}

async function act(verb: Verb, id: string): Promise<void> {
  const reason = byId<HTMLInputElement>('reason').value.trim();
  await tell(`admin/providers/${encodeURIComponent(id)}/${verb}`, reason === '' ? {} : { reason });
}

/** Tells it to whoever looks and to whoever listens. */
export function say(text: string): void {
  const place = byId('said');
  place.textContent = text;
  place.dataset.fresh = '';
  clearTimeout(fading);
  fading = setTimeout(() => delete place.dataset.fresh, 8_000);
}

let fading: ReturnType<typeof setTimeout> | undefined;
