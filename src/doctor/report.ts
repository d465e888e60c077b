/** The report as text: what is wrong first, what is well in one line. */
import { type Colour, type Paint, plain } from '../terminal/text.js';
import type { Report } from './doctor.js';
import type { Finding, Severity } from './facts.js';

const COLOURS: Readonly<Record<Severity, Colour>> = { fault: 'red', warning: 'yellow', note: 'cyan' };
const WIDTH = 9;
const INDENT = ' '.repeat(WIDTH);

/** The whole report, the last line ended too. */
export function reportText(report: Report, paint: Paint): string {
  const findings = report.findings.map((finding) => findingText(finding, paint));
  return [...findings, wellText(report, paint), unseenText(report, paint), sum(report)].join('');
}

function findingText({ severity, id, where, what, cause, fix }: Finding, paint: Paint): string {
  const lines = [
    `${paint(COLOURS[severity], severity.padEnd(WIDTH))}${plain(`${where}: ${what}`)} ${paint('dim', `[${id}]`)}`,
    `${INDENT}cause  ${plain(cause)}`,
    `${INDENT}fix    ${paint('bold', plain(fix))}`,
  ];
  return `${lines.join('\n')}\n\n`;
}

function wellText({ examined }: Report, paint: Paint): string {
  const well = examined.filter(({ findings }) => findings === 0).map(({ area }) => area);
  const passed = examined.reduce((total, { checks, findings }) => total + checks - findings, 0);
  return paint(
    'dim',
    `${'ok'.padEnd(WIDTH)}${passed} checks passed; nothing found in: ${well.join(', ') || '-'}`,
  ).concat('\n');
}

function unseenText({ unseen }: Report, paint: Paint): string {
  if (unseen.length === 0) return '';
  return `${paint('dim', `${'unseen'.padEnd(WIDTH)}${unseen.join(', ')}`)}\n`;
}

function sum({ count }: Report): string {
  const counted = (severity: Severity) => `${count[severity]} ${severity}${count[severity] === 1 ? '' : 's'}`;
  return `\n${counted('fault')}, ${counted('warning')}, ${counted('note')}.\n`;
}
