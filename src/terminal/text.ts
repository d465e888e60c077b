/** Text for a terminal: safe, and coloured where somebody looks. */
import { styleText } from 'node:util';

export type Colour = 'green' | 'yellow' | 'red' | 'cyan' | 'dim' | 'bold';

/** Gives text a colour, or leaves it alone. */
export type Paint = (colour: Colour, text: string) => string;

/** Colours where somebody looks; plain text where a program reads. */
export function painter(isColoured: boolean): Paint {
  return (colour, text) => (isColoured ? styleText(colour, text, { validateStream: false }) : text);
}

/** Whether a person looks at this stream, and wants colours. See https://no-color.org. */
export function isColoured(stream: { readonly isTTY?: boolean | undefined }): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR;
}

/** Text from elsewhere, without what a terminal would act on. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
