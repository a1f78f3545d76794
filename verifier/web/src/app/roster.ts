// SPDX-License-Identifier: Apache-2.0
/** A roster as somebody keeps it: a name and a document's number in each row, in any column. */

import type { Person } from '../judge/protocol.ts';
import * as csv from './csv.ts';
import { cardIn } from './identity.ts';

const NAME = /^[\p{Script=Han}\p{Script=Latin}·' -]{2,50}$/u;
const MOST = 20_000; // people

export interface Roster {
  readonly people: readonly Person[];
  /** Row of each, from 1, as the sheet counts. */
  readonly rows: readonly number[];
  /** Rows that hold no person, but for a heading in the first. */
  readonly refused: readonly number[];
}

export function rosterOf(text: string): Roster {
  const people: Person[] = [];
  const rows: number[] = [];
  const refused: number[] = [];
  for (const [index, cells] of csv.read(text).entries()) {
    if (cells.every((cell) => cell === '')) continue;
    const person = personIn(cells.map((cell) => cell.replace(/^'/, '')));
    if (person !== null && people.length < MOST) {
      people.push(person);
      rows.push(index + 1);
    } else if (index > 0 || /[0-9]{6}/.test(cells.join(''))) refused.push(index + 1);
  }
  return { people, rows, refused };
}

function personIn(cells: readonly string[]): Person | null {
  const at = cells.findIndex((cell) => cardIn(cell) !== null);
  const card = cardIn(cells[at] ?? '');
  if (card === null) return null;
  const name = card.name ?? cells.find((cell, index) => index !== at && NAME.test(cell));
  return name === undefined ? null : { name, document: card.document };
}
