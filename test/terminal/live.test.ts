/** Lines that change in place, on a stand-in for a terminal that keeps what it was written. */
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type LiveOptions, openLive } from '../../src/terminal/live.js';
import { relativeTime, secondsText, spanText } from '../../src/terminal/time.js';
import { cutLine, widthOf } from '../../src/terminal/width.js';

const ESCAPE = '\u001b';
const RED = `${ESCAPE}[31m`;
const HIDE = `${ESCAPE}[?25l`;
const SHOW = `${ESCAPE}[?25h`;

class Terminal extends PassThrough {
  readonly isTTY = true;
  columns = 20;
  rows = 5;

  /** What was written since the last question. */
  written(): string {
    return String(this.read() ?? '');
  }
}

function open(options: Partial<LiveOptions> = {}) {
  const stream = new Terminal();
  return { stream, live: openLive({ stream, ...options }) };
}

/** Without what moves the cursor or gives colour. */
function bare(text: string): string[] {
  return text
    .split(ESCAPE)
    .map((part) => part.replace(/^\[[?\d;]*[a-zA-Z]/, ''))
    .join('')
    .split('\n');
}

describe('a live view', () => {
  it('hides the cursor, and shows it again once', () => {
    const { stream, live } = open();
    live.show(['one']);
    expect(stream.written()).toContain(HIDE);
    live.close();
    expect(stream.written()).toBe(SHOW);
    live.close();
    live.show(['two']);
    expect(stream.written()).toBe('');
  });

  it('takes the whole screen and gives it back', () => {
    const { stream, live } = open({ isWholeScreen: true });
    expect(stream.written()).toMatch(/\[\?1049h/);
    live.close();
    expect(stream.written()).toBe(`${ESCAPE}[?1049l${SHOW}`);
  });

  it('is never wider than the terminal, nor higher', () => {
    const { stream, live } = open();
    live.show(Array.from({ length: 9 }, (_, index) => `line ${index} ${'x'.repeat(40)}`));
    const lines = bare(stream.written()).filter(Boolean);
    expect(lines).toHaveLength(4);
    expect(lines.slice(0, 3).map((line) => line.slice(0, 6))).toEqual(['line 0', 'line 1', 'line 2']);
    expect(lines.at(-1)).toBe('… 6 more lines');
    expect(lines.every((line) => line.length <= 20)).toBe(true);
    live.close();
  });

  it('writes nothing where nothing has changed', () => {
    const { stream, live } = open();
    live.show(['one', 'two']);
    stream.written();
    live.show(['one', 'two']);
    expect(stream.written()).toBe('');
    live.close();
  });

  it('is drawn anew when the terminal changes its size', () => {
    const { stream, live } = open({ isWholeScreen: true });
    live.show(['a line of more than twenty characters', 'two', 'three']);
    expect(bare(stream.written())).toContain('a line of more than ');
    stream.columns = 10;
    stream.rows = 3;
    stream.emit('resize');
    const drawn = stream.written();
    expect(drawn).toContain(`${ESCAPE}[2J`);
    expect(bare(drawn)).toEqual(['a line of ', '… 2 more l', '']);
    live.close();
    stream.emit('resize');
    expect(bare(stream.written()).join('')).toBe('');
  });
});

describe('the width of text', () => {
  it('counts columns, not characters, and no styles', () => {
    expect(widthOf('abc')).toBe(3);
    expect(widthOf(`${RED}abc${ESCAPE}[39m`)).toBe(3);
    expect(widthOf('日本')).toBe(4);
    expect(widthOf('e\u0301')).toBe(1);
  });

  it('a line is cut at a column, and its style ended', () => {
    expect(cutLine('abcdef', 4)).toBe('abcd');
    expect(cutLine(`${RED}abcdef${ESCAPE}[39m`, 4)).toBe(`${RED}abcd${ESCAPE}[0m`);
    expect(cutLine('日本語', 5)).toBe('日本');
    expect(cutLine('abc', 3)).toBe('abc');
  });
});

describe('times', () => {
  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [3_600_000, '1 h'],
    [3_900_000, '1 h 5 min'],
    [90_000_000, '1 d 1 h'],
  ])('%d ms is %s', (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });

  it('are told from now', () => {
    const now = Date.UTC(2026, 0, 1, 12);
    const at = (ms: number) => relativeTime(new Date(now + ms).toISOString(), now);
    expect([at(-12_000), at(41_200), at(0), relativeTime(null, now)]).toEqual([
      '12 s ago',
      'in 42 s',
      'now',
      '-',
    ]);
    expect([secondsText(18_240), secondsText(95_400), secondsText(null)]).toEqual(['18.2 s', '95 s', '-']);
  });
});
