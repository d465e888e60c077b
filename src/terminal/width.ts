/** How much room text takes in a terminal. */

const STYLE = /^\p{Cc}\[[\d;]*m$/u;
const PARTS = /\p{Cc}\[[\d;]*m|./gsu;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NOTHING = /\p{M}|\p{Cf}/u;
const RESET = '\u001b[0m';

/** The columns that a text without line breaks takes; styles take none. */
export function widthOf(text: string): number {
  return (text.match(PARTS) ?? []).reduce((sum, part) => sum + widthOfPart(part), 0);
}

/** The beginning of a line that fits into this many columns, with its styles ended. */
export function cutLine(line: string, columns: number): string {
  if (widthOf(line) <= columns) return line;
  let width = 0;
  let kept = '';
  let isStyled = false;
  for (const part of line.match(PARTS) ?? []) {
    width += widthOfPart(part);
    if (width > columns) break;
    isStyled ||= STYLE.test(part);
    kept += part;
  }
  return isStyled ? `${kept}${RESET}` : kept;
}

function widthOfPart(part: string): number {
  if (STYLE.test(part) || NOTHING.test(part)) return 0;
  return WIDE.test(part) ? 2 : 1;
}
