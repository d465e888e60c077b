/** Reads JSON and says where it stops being JSON, without repeating any of it: the file may hold secrets. */

/** What is wrong with the text, and where; lines and columns count from 1. */
export interface SyntaxFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint?: string;
}

export type JsonReading = { readonly value: unknown } | { readonly fault: SyntaxFault };

/**
 * Reads strict JSON. JSON.parse does not always say where it failed, quotes the text when it does,
 * and silently keeps the last of two equal keys; so the text is checked here first.
 */
export function readJson(text: string): JsonReading {
  const content = text.replace(/^\uFEFF/, '');
  const scanner = new Scanner(content);
  try {
    scanner.scanText();
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    return { fault: { ...placeOf(content, error.at), message: error.message, ...hintAt(content, error.at) } };
  }
  return { value: JSON.parse(content) };
}

function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function hintAt(text: string, at: number): { hint?: string } {
  if (/^\/[/*]/.test(text.slice(at, at + 2))) return { hint: 'JSON has no comments' };
  if (/[\]}]/.test(text.charAt(at)) && /,\s*$/.test(text.slice(0, at)))
    return { hint: 'no comma after the last entry' };
  if (text.charAt(at) === "'") return { hint: 'JSON takes double quotes only' };
  return {};
}

class Unexpected extends Error {
  constructor(
    readonly at: number,
    message: string,
  ) {
    super(message);
  }
}

const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these inside a text
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/** Walks the text by the grammar of JSON and throws Unexpected at the first thing that does not belong. */
class Scanner {
  #at = 0;

  constructor(readonly text: string) {}

  scanText(): void {
    this.#scanValue();
    if (this.#next() !== '') this.#fail('expected the end of the file');
  }

  #scanValue(): void {
    const next = this.#next();
    if (next === '{') this.#scanObject();
    else if (next === '[') this.#scanArray();
    else if (next === '"') this.#scanString();
    else if (!this.#take(SCALAR)) this.#fail('expected a value');
  }

  #scanObject(): void {
    const keys = new Set<string>();
    this.#at += 1;
    if (this.#skip('}')) return;
    do {
      if (this.#next() !== '"') this.#fail('expected a key in double quotes');
      const start = this.#at;
      const key = JSON.parse(this.#scanString()) as string;
      if (keys.has(key)) throw new Unexpected(start, 'this object already has that key');
      keys.add(key);
      if (!this.#skip(':')) this.#fail('expected ":"');
      this.#scanValue();
    } while (this.#skip(','));
    if (!this.#skip('}')) this.#fail('expected "," or "}"');
  }

  #scanArray(): void {
    this.#at += 1;
    if (this.#skip(']')) return;
    do this.#scanValue();
    while (this.#skip(','));
    if (!this.#skip(']')) this.#fail('expected "," or "]"');
  }

  #scanString(): string {
    return (
      this.#take(STRING) ??
      this.#fail('this text has no closing quote, a line break or an unknown escape in it')
    );
  }

  /** The next character that is not white space; empty at the end. */
  #next(): string {
    this.#take(SPACE);
    return this.text.charAt(this.#at);
  }

  #skip(character: string): boolean {
    if (this.#next() !== character) return false;
    this.#at += 1;
    return true;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #fail(message: string): never {
    throw new Unexpected(
      this.#at,
      this.#at >= this.text.length ? `${message}, found the end of the file` : message,
    );
  }
}
