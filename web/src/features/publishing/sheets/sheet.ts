/**
 * Tables as the server writes and reads them (RFC 4180). Only what the browser does itself is here: counting the rows
 * of an export, and the file that shows how an import looks. Reading somebody's own file is the server's.
 */

/** The cells of a table as they stand between their quotes. */
export function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endCell = () => {
    row.push(cell);
    cell = '';
  };
  const endRow = () => {
    endCell();
    rows.push(row);
    row = [];
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if (quoted && c === '"' && text[i + 1] === '"') {
      cell += c;
      i++;
    } else if (c === '"') quoted = !quoted;
    else if (quoted) cell += c;
    else if (c === ',') endCell();
    else if (c === '\n') endRow();
    else if (c !== '\r') cell += c;
  }
  if (cell !== '' || row.length > 0) endRow();
  return rows;
}

export function write(rows: string[][]): string {
  const quote = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return rows.map((row) => `${row.map(quote).join(',')}\r\n`).join('');
}

/** How many rows a table has below its heading. */
export const rowsOf = (csv: string) => Math.max(0, parse(csv).length - 1);

/** A file to begin from: one row of each kind, with a time, for the queue, and a draft without either. */
export function template(day: string, account?: { network: string; handle: string } | undefined): string {
  const target = account ? account.network : 'linkedin';
  const handle = account?.handle ?? '';
  const guarded = /^[=+\-@]/.test(handle) ? `'${handle}` : handle;
  const rows = account
    ? [
        [target, guarded, `${day} 09:00`, 'This row goes out at its time. Write your own text here.'],
        [target, guarded, 'queue', 'This row takes the next free time of the queue.'],
        [target, '', '', 'This row has neither an account nor a time: it becomes a draft.'],
      ]
    : [[target, '', '', 'This row has neither an account nor a time: it becomes a draft.']];
  return write([['target', 'connection', 'local_time', 'text'], ...rows]);
}

/** Hands a text over as a file. The mark at its beginning tells Excel that it is UTF-8. */
export function download(name: string, csv: string): void {
  const url = URL.createObjectURL(new Blob([csv.startsWith('\ufeff') ? csv : `\ufeff${csv}`], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
