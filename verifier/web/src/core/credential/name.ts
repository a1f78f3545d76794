// SPDX-License-Identifier: Apache-2.0
/**
 * Names of people: which may stand in a certificate, and when two are the same (docs/format.md §8).
 *
 * The folding table is the file that Python reads: frozen with the certificate's type, and never the
 * engine's normalisation, which differs between versions.
 */

import folding from '../../../../../credential/tables/folding.json' with { type: 'json' };
import { MalformedError } from './errors.ts';
import { codePoints } from './members.ts';

const MAX_NAME = 50; // characters

const LATIN = 'A-Za-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u0131\\u0134-\\u013e\\u0141-\\u0148\\u014a-\\u017e';
const HAN =
  '\\u3007\\u3400-\\u4dbf\\u4e00-\\u9fff' +
  // ideographs that stand among the compatibility ones but are unified (Unicode core spec §18.1)
  '\\ufa0e\\ufa0f\\ufa11\\ufa13\\ufa14\\ufa1f\\ufa21\\ufa23\\ufa24\\ufa27-\\ufa29' +
  // extensions B to H
  '\\u{20000}-\\u{2a6df}\\u{2a700}-\\u{2b739}\\u{2b740}-\\u{2b81d}\\u{2b820}-\\u{2cea1}' +
  '\\u{2ceb0}-\\u{2ebe0}\\u{30000}-\\u{3134a}\\u{31350}-\\u{323af}';
const NAME = new RegExp(`^[${LATIN}${HAN}]+(?:[ ·'\\-][${LATIN}${HAN}]+)*$`, 'u');

let translation: Map<number, string> | undefined;

/**
 * Admit a name exactly as it is, or refuse it.
 * @throws MalformedError `name.malformed`
 */
export function clean(name: string): string {
  if (isName(name)) return name;
  throw new MalformedError('name.malformed', `a name has 1 to ${MAX_NAME} letters or characters`);
}

export function isName(text: string): boolean {
  return NAME.test(text) && codePoints(text) <= MAX_NAME;
}

/** Give what a name is compared by: the same for every spelling of it. Total: any text folds. */
export function fold(name: string): string {
  translation ??= table();
  let folded = '';
  for (const character of name) {
    folded += translation.get(character.codePointAt(0) ?? 0) ?? character;
  }
  return folded;
}

function table(): Map<number, string> {
  const points = new Map<number, string>();
  for (const [point, text] of Object.entries(folding.map)) {
    points.set(Number.parseInt(point, 16), text);
  }
  for (const item of folding.remove) {
    const [first = '', last = first] = item.split('-');
    for (let at = Number.parseInt(first, 16); at <= Number.parseInt(last, 16); at++) {
      points.set(at, '');
    }
  }
  return points;
}
