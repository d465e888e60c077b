/** The report as text: a row as soon as it is found, the entry at the end. */
import { openTable } from '../terminal/table.js';
import type { Finding } from './finding.js';
import type { ProbeReport } from './probe.js';

/** Wide enough for every question but a few long ones. */
const TABLE = openTable<Finding>([
  { title: 'verdict', width: 7, cell: ({ verdict }) => verdict },
  { title: 'wire', width: 7, cell: ({ wire }) => wire },
  { title: 'finding', width: 28, cell: ({ about }) => about },
  { title: 'what was asked', width: 58, cell: ({ asked }) => asked },
  { title: 'what came of it', cell: ({ says }) => says },
]);

/** The line above the first row. */
export const HEADING = TABLE.heading;

/** One finding. */
export const findingLine = TABLE.line;

/** What stands below the table. */
export function conclusion({ speaks, stopped, entry }: ProbeReport): string {
  const lines = [`It speaks ${speaks.join(' and ') || 'neither wire'}.`];
  if (stopped !== null) lines.push(`Not everything was asked. ${stopped}`);
  if (entry === null) lines.push('The gateway cannot use it: see the rows that say lacks.');
  else lines.push('The entry for providers in your config:', '', JSON.stringify(entry, null, 2));
  return lines.join('\n');
}
