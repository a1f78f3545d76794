// SPDX-License-Identifier: Apache-2.0
/**
 * Comma-separated values, both ways. Every cell is quoted; one that a spreadsheet would take for a
 * formula, or for a number whose digits it would round off, begins with an apostrophe (CWE-1236).
 */

const FORMULA = /^[\s\u200b\ufeff]*[=+\-@|%＝＋－＠]|^[\t\r\n]/u;
const LONG_NUMBER = /^[0-9]{11,}[0-9Xx]?$/;
const LINE_END = '\r\n'; // RFC 4180
const BYTE_ORDER_MARK = '\ufeff'; // without it Excel reads Chinese as another encoding

/** Write rows as a spreadsheet opens them. */
export function write(rows: readonly (readonly string[])[]): string {
  return BYTE_ORDER_MARK + rows.map((row) => row.map(cell).join(',') + LINE_END).join('');
}

function cell(text: string): string {
  const clean = text.replaceAll('\u0000', '');
  const safe = FORMULA.test(clean) || LONG_NUMBER.test(clean) ? `'${clean}` : clean;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** Read rows; commas, semicolons and tabs part cells, wide commas too. Empty rows are kept. */
export function read(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let value = '';
  let quoted = false;
  const body = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  for (let at = 0; at < body.length; at++) {
    const one = body[at] ?? '';
    if (quoted) {
      if (one !== '"') value += one;
      else if (body[at + 1] === '"') value += body[++at] ?? '';
      else quoted = false;
    } else if (one === '"' && value === '') quoted = true;
    else if (',;\t，；'.includes(one)) {
      row.push(value.trim());
      value = '';
    } else if (one === '\n') {
      rows.push([...row, value.trim()]);
      [row, value] = [[], ''];
    } else value += one;
  }
  if (value !== '' || row.length > 0) rows.push([...row, value.trim()]);
  return rows;
}

/** Decode a file: UTF-8, else what a Chinese Excel writes. */
export function decode(data: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return new TextDecoder('gb18030').decode(data);
  }
}
