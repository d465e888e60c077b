/** The answer of Anti-Captcha's `/test`: what arrived, as PHP prints it. Source: anti-captcha.com/apidoc/methods/test. */
import { isObject } from './values.js';

/** The parsed body and the raw one under their headings. */
export function sayEcho(raw: string, parsed: unknown): string {
  return `Parsed input JSON:\n${printed(parsed, 0)}\nRaw POST input:\n${raw}`;
}

function printed(value: unknown, depth: number): string {
  if (!isObject(value) && !Array.isArray(value)) return scalar(value);
  const indent = ' '.repeat(depth * 8);
  const lines = Object.entries(value).map(([key, member]) => {
    const end = isObject(member) || Array.isArray(member) ? '\n' : '';
    return `${indent}    [${key}] => ${printed(member, depth + 1)}${end}`;
  });
  return ['Array', `${indent}(`, ...lines, `${indent})`].join('\n');
}

function scalar(value: unknown): string {
  if (value === true) return '1';
  return value === false || value === null || value === undefined ? '' : String(value);
}
