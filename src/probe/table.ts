/** The report as text: a row as soon as it is found, the entry at the end. */
import type { Finding } from './finding.js';
import type { ProbeReport } from './probe.js';

/** Wide enough for every question but a few long ones. */
const WIDTHS = [7, 7, 28, 58] as const;

/** The line above the first row. */
export const HEADING = row(['verdict', 'wire', 'finding', 'what was asked', 'what came of it']);

/** One finding. */
export function findingLine({ verdict, wire, about, asked, says }: Finding): string {
  return row([verdict, wire, about, asked, says]);
}

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0)).join('  ');
}

/** What stands below the table. */
export function conclusion({ speaks, stopped, entry }: ProbeReport): string {
  const lines = [`It speaks ${speaks.join(' and ') || 'neither wire'}.`];
  if (stopped !== null) lines.push(`Not everything was asked. ${stopped}`);
  if (entry === null) lines.push('The gateway cannot use it: see the rows that say lacks.');
  else lines.push('The entry for providers in your config:', '', JSON.stringify(entry, null, 2));
  return lines.join('\n');
}
