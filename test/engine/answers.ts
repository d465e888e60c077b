/** What providers answer, spelled on the classic wire unless a name says otherwise. */
import { type Answer, text } from '../support/fake-transport.js';

/** The submit was taken. */
export function accepts(upstreamId: string): Answer {
  return text(JSON.stringify({ status: 1, request: upstreamId }));
}

/** An error, or any other word that stands in its place. */
export function says(word: string): Answer {
  return text(JSON.stringify({ status: 0, request: word }));
}

/** The solution of a kind whose answer is one token. */
export function solves(token: string): Answer {
  return text(JSON.stringify({ status: 1, request: token }));
}

export function hasMoney(usd: number): Answer {
  return text(JSON.stringify({ status: 1, request: String(usd) }));
}

export const NOT_READY = says('CAPCHA_NOT_READY');
export const HTML = text('<html><body>502 Bad Gateway</body></html>', 502);
export const HALF_JSON = text('{"status":1,"requ');
export const RECORDED = says('OK_REPORT_RECORDED');

/** The json wire. */
export const json = {
  accepts: (taskId: number): Answer => text(JSON.stringify({ errorId: 0, taskId })),
  says: (errorCode: string): Answer => text(JSON.stringify({ errorId: 1, errorCode })),
  solves: (token: string): Answer =>
    text(JSON.stringify({ errorId: 0, status: 'ready', solution: { token, gRecaptchaResponse: token } })),
  solvesText: (word: string): Answer =>
    text(JSON.stringify({ errorId: 0, status: 'ready', taskId: 'inline-1', solution: { text: word } })),
  processing: text(JSON.stringify({ errorId: 0, status: 'processing' })),
} as const;
