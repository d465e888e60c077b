/** Text for a terminal: safe, and coloured where somebody looks. */
import { styleText } from 'node:util';

export type Colour = 'green' | 'yellow' | 'red' | 'cyan' | 'dim' | 'bold';

/** Gives text a colour, or leaves it alone. */
export type Paint = (colour: Colour, text: string) => string;

/** What is known of a stream: whether a terminal is behind it. */
interface Stream {
  readonly isTTY?: boolean | undefined;
}

/** Colours where somebody looks; plain text where a program reads. */
export function painter(isColoured: boolean): Paint {
  return (colour, text) => (isColoured ? styleText(colour, text, { validateStream: false }) : text);
}

/** Whether a person looks at this stream, and wants colours. See https://no-color.org. */
export function isColoured(stream: Stream): boolean {
  return isLive(stream) && !process.env.NO_COLOR;
}

/** Whether a person looks at this stream, in a terminal that can take back what it shows. */
export function isLive({ isTTY }: Stream): boolean {
  return isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI;
}

/** Text from elsewhere, without what a terminal would act on. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
