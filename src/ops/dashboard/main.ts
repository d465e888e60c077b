/** The page: asks who looks, then shows what there is and keeps it true. */
import { ask, Denied, now, tell } from './api.js';
import { byId } from './dom.js';
import { clock, duration } from './format.js';
import { type Live, openLive, type Picture } from './live.js';
import { openPlots } from './plots.js';
import { showProviders } from './providers.js';
import { showServing } from './serving.js';
import { showSummary } from './summary.js';
import { openSwitches, say } from './switches.js';
import { openSearch } from './task.js';
import { openTheme } from './theme.js';
import { showTimeline } from './timeline.js';
import { keepTime } from './times.js';
import type { Session } from './wire.js';
import { kindName, shortCause } from './words.js';

const showPlots = openPlots();
let picture: Picture | undefined;
let live: Live | undefined;
/** What the timeline and the plots show; null for as much as there is. */
let minutes: number | null = null;
let isSearchOpen = false;

function show(isFresh = false): void {
  if (!picture) return;
  const { version, startedAt } = picture.status;
  byId('about').textContent = `${version}, up ${duration(Math.max(0, now() - Date.parse(startedAt)))}`;
  showSummary(picture);
  showServing(picture);
  showProviders(picture);
  showTimeline(picture, minutes);
  showPlots(picture, minutes, isFresh);
}

function begin(): void {
  byId('login').hidden = true;
  byId('board').hidden = false;
  live?.close();
  live = openLive({
    onPicture(fresh) {
      picture = fresh;
      show();
      byId('board').dataset.live = '';
      if (!isSearchOpen) openSearch(askAgainIfDenied);
      isSearchOpen = true;
    },
    onEvent: announce,
    onLost(since) {
      byId('lost').hidden = false;
      byId('lost').textContent =
        `No connection to the gateway since ${clock(since)}. What you see is as of then; it goes on by itself.`;
    },
    onBack() {
      byId('lost').hidden = true;
      say('Connected again.');
    },
    onDenied: () => void askWho(),
  });
}

/** Only what keeps tasks away is worth interrupting somebody who listens. */
function announce(name: string, data: Readonly<Record<string, unknown>>): void {
  const { provider, cause, kind, scope } = data;
  if (typeof provider !== 'string' || scope === 'operator') return;
  const what = typeof kind === 'string' ? `${provider}, ${kindName(kind)}` : provider;
  if (name === 'breaker-opened') say(`${what}: takes no tasks, ${shortCause(String(cause))}.`);
  if (name === 'breaker-closed') say(`${what}: takes tasks again.`);
}

function askAgainIfDenied(error: unknown): void {
  if (error instanceof Denied) void askWho();
}

async function askWho(): Promise<void> {
  live?.close();
  try {
    const { proof, hasKey } = await ask<Session>('admin/session');
    byId('logout').hidden = proof !== 'session';
    if (proof !== null) return begin();
    byId('board').hidden = true;
    byId('login').hidden = false;
    byId('login-form').hidden = !hasKey;
    byId('login-none').hidden = hasKey;
    byId<HTMLInputElement>('key').focus();
  } catch {
    byId('lost').hidden = false;
    byId('lost').textContent = 'The gateway does not answer. Trying again…';
    setTimeout(() => void askWho(), 2_000);
    return;
  }
  byId('lost').hidden = true;
}

async function logIn(): Promise<void> {
  const key = byId<HTMLInputElement>('key');
  const fault = byId('login-fault');
  fault.textContent = '';
  try {
    await tell('admin/session', { key: key.value });
    key.value = '';
    await askWho();
  } catch (error) {
    fault.textContent = error instanceof Error ? error.message : 'It did not work.';
    key.select();
  }
}

async function logOut(): Promise<void> {
  live?.close();
  await ask('admin/session', { method: 'DELETE' }).catch(() => {});
  // Nothing that was shown stays behind.
  location.reload();
}

byId('login-form').addEventListener('submit', (event) => {
  event.preventDefault();
  void logIn();
});
byId('logout').addEventListener('click', () => void logOut());
byId<HTMLSelectElement>('range').addEventListener('change', ({ target }) => {
  minutes = Number((target as HTMLSelectElement).value) || null;
  show();
});
openTheme(byId('theme'), () => show(true));
openSwitches(() => live?.look(), askAgainIfDenied);
keepTime();
// Time goes on when nothing happens; but not for what is seen from before the connection was lost.
setInterval(() => byId('lost').hidden && show(), 5_000);
new ResizeObserver(() => show()).observe(byId('timeline'));
void askWho();
