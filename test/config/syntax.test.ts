import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../src/config/json-text.js';
import { loadError } from './samples.js';

describe('a file that is not JSON', () => {
  it.each([
    ['{\n  "clients": [],\n  "providers": [}\n}', 'line 3, column 17: expected a value'],
    ['{ "a": 1, }', 'line 1, column 11: expected a key in double quotes; no comma after the last entry'],
    ['{ "a": [1, 2,\n] }', 'line 2, column 1: expected a value; no comma after the last entry'],
    ['{ "a": 1 "b": 2 }', 'line 1, column 10: expected "," or "}"'],
    ['{ "a": [1 2] }', 'line 1, column 11: expected "," or "]"'],
    ['{\r\n\t// mine\r\n}', 'line 2, column 2: expected a key in double quotes; JSON has no comments'],
    ["{ 'a': 1 }", 'line 1, column 3: expected a key in double quotes; JSON takes double quotes only'],
    ['{ "a" 1 }', 'line 1, column 7: expected ":"'],
    ['{ "a": tru }', 'line 1, column 8: expected a value'],
    ['{ "a": 012 }', 'line 1, column 8: expected a value'],
    [
      '{ "a": "b\nc" }',
      'line 1, column 8: this text has no closing quote, a line break or an unknown escape in it',
    ],
    ['{} {}', 'line 1, column 4: expected the end of the file'],
    ['{ "a": 1', 'line 1, column 9: expected "," or "}", found the end of the file'],
    ['', 'line 1, column 1: expected a value, found the end of the file'],
  ])('%j is told with its line and column', (text, message) => {
    expect(loadError(text).message).toBe(`config: ${message}`);
  });

  it('tells of a key that stands twice, where JSON.parse would drop the first', () => {
    const text = '{\n  "clients": [],\n  "clients": []\n}';
    expect(loadError(text).message).toBe('config: line 3, column 3: this object already has that key');
  });
});

describe('every text', () => {
  it('may have every escape of JSON', () => {
    const text = String.raw`{"a": "\"\\\/\b\f\n\r\t\u00e9"}`;
    expect(readJson(text)).toEqual({ value: { a: '"\\/\b\f\n\r\té' } });
  });

  it('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(readJson(text)).toEqual({ value: JSON.parse(text) });
      }),
    );
  });

  it('is refused when and only when JSON.parse refuses it', () => {
    const damaged = fc.tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', ',', '"', '}', ']', '0', '-', 'e', '\\', '\t', 'null'),
    );
    fc.assert(
      fc.property(damaged, ([json, place, insert]) => {
        const at = place % (json.length + 1);
        const text = json.slice(0, at) + insert + json.slice(insert === '' ? at + 1 : at);
        const reading = readJson(text);
        const isRepeated = 'fault' in reading && reading.fault.message.startsWith('this object already');
        if (!isRepeated) expect('value' in reading).toBe(isJson(text));
      }),
      { numRuns: 2_000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
