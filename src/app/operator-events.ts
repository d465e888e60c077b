/** The stream of events of a running gateway, as its operator hears it. */
import type { Target } from './operator-client.js';

/** A comment comes every 15 s; a connection that is silent for longer than two of them is gone. */
const SILENT_MS = 40_000;

/**
 * Calls `onEvent` at the beginning and for every event, until the stream ends or `signal` aborts.
 * @throws Error when there is no stream to be had.
 */
export async function listenAt(
  { url, key }: Target,
  onEvent: () => void,
  signal: AbortSignal,
): Promise<void> {
  const silence = new AbortController();
  const restart = () => setTimeout(() => silence.abort(), SILENT_MS).unref();
  let timer = restart();
  try {
    const answer = await fetch(`${url}/v1/events`, {
      headers: key === undefined ? {} : { 'x-api-key': key },
      signal: AbortSignal.any([signal, silence.signal]),
      redirect: 'error',
    });
    if (!answer.ok || !answer.body) throw new Error(`the stream of events answered ${answer.status}`);
    onEvent();
    let left = '';
    for await (const bytes of answer.body) {
      clearTimeout(timer);
      timer = restart();
      const lines = `${left}${Buffer.from(bytes).toString('latin1')}`.split('\n');
      left = lines.pop() ?? '';
      // What happened is asked for; that something did is enough. Comments begin with a colon.
      if (lines.some((line) => line.startsWith('data:'))) onEvent();
    }
  } finally {
    clearTimeout(timer);
  }
}
