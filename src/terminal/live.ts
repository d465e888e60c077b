/** Lines that stay where they are and change, in a terminal somebody looks at. */
import { createLogUpdate } from 'log-update';
import { cutLine } from './width.js';

/** The part of a terminal that is used: `process.stdout`, or a stand-in. */
export interface LiveStream extends NodeJS.WritableStream {
  readonly columns?: number;
  readonly rows?: number;
}

export interface Live {
  /** Shows these lines instead of the last ones: none wider than the terminal, and no more than it has rows. */
  show(lines: readonly string[]): void;
  /** Leaves the terminal as it was; with a last picture where it shares the screen. Twice is harmless. */
  close(): void;
}

export interface LiveOptions {
  readonly stream: LiveStream;
  /** Takes the whole screen and gives it back; otherwise the lines stand below what was there. */
  readonly isWholeScreen?: boolean;
}

const SHOW_CURSOR = '\u001b[?25h';
const HIDE_CURSOR = '\u001b[?25l';
const OTHER_SCREEN = '\u001b[?1049h';
const OWN_SCREEN = '\u001b[?1049l';
const CLEAR = '\u001b[2J\u001b[H';
/** What terminals have that do not say. */
const COLUMNS = 80;
const ROWS = 24;

/** Opens a live view; whoever opens it closes it, and an exit of the process does. */
export function openLive({ stream, isWholeScreen = false }: LiveOptions): Live {
  // The cursor is this module's: the library would look for it on the standard error.
  const update = () => createLogUpdate(stream, { showCursor: true });
  let log = update();
  let last: readonly string[] = [];
  let isOpen = true;
  const draw = () => log(fitted(last, stream).join('\n'));
  const onResize = () => {
    // Lines that have been broken anew cannot be found again one by one.
    if (isWholeScreen) {
      stream.write(CLEAR);
      log = update();
    }
    draw();
  };
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    stream.off('resize', onResize);
    process.off('exit', close);
    stream.write(`${isWholeScreen ? OWN_SCREEN : ''}${SHOW_CURSOR}`);
  };
  stream.write(`${isWholeScreen ? OTHER_SCREEN + CLEAR : ''}${HIDE_CURSOR}`);
  stream.on('resize', onResize);
  process.on('exit', close);
  return {
    show(lines) {
      if (!isOpen) return;
      last = lines;
      draw();
    },
    close,
  };
}

/** One row is left for the end of the last line. */
function fitted(lines: readonly string[], { columns, rows }: LiveStream): string[] {
  const most = Math.max((rows || ROWS) - 1, 1);
  const hidden = lines.length - most + 1;
  const shown = lines.length <= most ? lines : [...lines.slice(0, most - 1), `… ${hidden} more lines`];
  return shown.map((line) => cutLine(line, columns || COLUMNS));
}

/** Calls `onKey` for each key that is pressed, Ctrl-C included; returns what ends that. No keys without a terminal. */
export function listenForKeys(input: NodeJS.ReadStream, onKey: (key: string) => void): () => void {
  if (!input.isTTY) return () => {};
  const onData = (data: Buffer | string) => {
    for (const key of String(data)) onKey(key);
  };
  input.setRawMode(true);
  input.on('data', onData).resume();
  return () => {
    input.off('data', onData).pause();
    input.setRawMode(false);
  };
}
