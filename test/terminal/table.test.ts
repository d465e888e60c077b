import { describe, expect, it } from 'vitest';
import { openTable, tableText } from '../../src/terminal/table.js';
import { painter, plain } from '../../src/terminal/text.js';

interface Solve {
  readonly provider: string;
  readonly ms: number;
}

const COLUMNS = [
  { title: 'provider', cell: ({ provider }: Solve) => provider },
  { title: 'ms', cell: ({ ms }: Solve) => String(ms), isNumber: true },
] as const;

describe('a table', () => {
  it('is as wide as its widest cells, numbers to the right', () => {
    const rows = [
      { provider: 'captchaai', ms: 5 },
      { provider: 'x', ms: 12345 },
    ];
    expect(tableText(COLUMNS, rows)).toBe('provider      ms\ncaptchaai      5\nx          12345\n');
  });

  it('has a heading without any row', () => {
    expect(tableText(COLUMNS, [])).toBe('provider  ms\n');
  });

  it('pads to its own widths where rows come one by one, and cuts nothing', () => {
    const { heading, rule, line } = openTable([{ ...COLUMNS[0], width: 4 }, COLUMNS[1]]);
    expect([heading, rule]).toEqual(['provider  ms', '----  --']);
    expect(line({ provider: 'a', ms: 1 })).toBe('a      1');
  });

  it('lets no cell reach the terminal with what it would act on', () => {
    expect(tableText(COLUMNS, [{ provider: '\u001b[2Jgone', ms: 1 }])).not.toContain('\u001b');
    expect(plain('a\u0007b\nc')).toBe('a b c');
  });

  it('paints only where somebody looks', () => {
    expect(painter(false)('red', 'x')).toBe('x');
    expect(painter(true)('red', 'x')).toBe('\u001b[31mx\u001b[39m');
  });
});
