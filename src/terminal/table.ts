/** Tables in a terminal: columns padded to the widest cell, or to a width of their own where rows come one by one. */
import { plain } from './text.js';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** Where rows are printed as they come: cells are not cut, only padded. */
  readonly width?: number | undefined;
  /** Aligned to the right. */
  readonly isNumber?: true | undefined;
}

/** Prints rows one by one. */
export interface Table<Row> {
  readonly heading: string;
  /** As wide as the heading, of dashes. */
  readonly rule: string;
  line(row: Row): string;
}

/** The widths are those of the columns, or of the widest of these rows. */
export function openTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[] = []): Table<Row> {
  const widths = columns.map(({ title, cell, width }) => {
    return width ?? Math.max(title.length, ...rows.map((row) => plain(cell(row)).length));
  });
  const join = (cells: readonly string[]) => {
    const padded = columns.map(({ isNumber }, index) => {
      const text = cells[index] ?? '';
      return isNumber ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0);
    });
    return padded.join('  ').trimEnd();
  };
  return {
    heading: join(columns.map(({ title }) => title)),
    rule: join(widths.map((width) => '-'.repeat(width))),
    line: (row) => join(columns.map(({ cell }) => plain(cell(row)))),
  };
}

/** The whole table with its heading, a line each, the last one ended too. */
export function tableText<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const { heading, line } = openTable(columns, rows);
  return [heading, ...rows.map(line)].map((text) => `${text}\n`).join('');
}
