/** Tables that are readable as Markdown and in a terminal. */
import { cpus, loadavg } from 'node:os';

/** @param {string[]} head @param {string[][]} rows */
export function table(head, rows) {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0), 3),
  );
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** @param {string} title @param {Readonly<Record<string, number>>} counts */
export function countsTable(title, counts) {
  return table(
    [title, 'count'],
    Object.entries(counts).map(([what, count]) => [what, count.toLocaleString('en-US')]),
  );
}

/** What the figures were measured on. */
export function machineLine() {
  const [cpu] = cpus();
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return `${new Date().toISOString()}, on ${cpu?.model ?? 'an unknown processor'}, ${cpus().length} cores shared by everything (load average at the end ${load}), Node ${process.versions.node}.`;
}

/** @param {readonly number[]} samples */
export function median(samples) {
  const sorted = [...samples].sort((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
