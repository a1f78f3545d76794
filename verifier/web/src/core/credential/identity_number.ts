// SPDX-License-Identifier: Apache-2.0
/**
 * Numbers of identity documents in one normal form (docs/format.md §8).
 *
 * | type | document | normal form |
 * |---|---|---|
 * | 1 | every 18-digit card, also that of 港澳台 and foreign residents | 17 digits and `0-9X` |
 * | 2 | passport | `<ISO 3166 alpha-3>:<number>` |
 * | 3 | 港澳居民来往内地通行证 | `H` or `M` and 8 to 10 of `0-9A-Z` |
 * | 4 | 台湾居民来往大陆通行证 | 8 to 12 of `0-9A-Z` |
 *
 * The number of type 1 (GB 11643) must be possible: province, day of birth, check digit (MOD 11-2).
 * No error here ever contains the number.
 */

import { MalformedError } from './errors.ts';
import { codePoints, isDay } from './members.ts';

export const CARD = 1;
const MAX_TEXT = 64; // characters, before anything is removed

const OTHER_FORMS: ReadonlyMap<number, RegExp> = new Map([
  [2, /^[A-Z]{3}:[0-9A-Z]{5,20}$/],
  [3, /^[HM][0-9A-Z]{8,10}$/],
  [4, /^[0-9A-Z]{8,12}$/],
]);
const CARD_FORM = /^[0-9]{17}[0-9X]$/;
const OLD_CARD = /^[0-9]{15}$/;
const PROVINCE = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-6]|71|8[1-3]|9[0-9])/;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = '10X98765432';
/** What Python's strip takes away: not quite what the engine's trim does. */
const ENDS =
  /^[\t-\r\u001c- \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t-\r\u001c- \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g;

/** A document's type and its number. Never shown or kept. */
export type IdentityNumber = readonly [documentType: number, number: string];

/**
 * Bring a number into the normal form of its type; spaces, case and full-width forms do not matter.
 * @throws MalformedError `holder.malformed`; the message does not contain the number
 */
export function normalise(documentType: number, number: string): string {
  if (codePoints(number) > MAX_TEXT) refuse('the number is too long');
  const text = translate(number);
  if (documentType === CARD) return card(text);
  const form = OTHER_FORMS.get(documentType);
  if (form === undefined) refuse('the type of the document is 1, 2, 3 or 4');
  if (!form.test(text)) refuse(`not a number of type ${documentType}`);
  return text;
}

/**
 * Read `<number>`, which is of type 1, or `<type>:<number>`.
 * @throws MalformedError `holder.malformed`; the message does not contain the number
 */
export function parse(text: string): IdentityNumber {
  const stripped = text.replace(ENDS, '');
  const colon = stripped.replaceAll('：', ':').indexOf(':');
  const before = translate(stripped.slice(0, Math.max(colon, 0)).replace(ENDS, ''));
  if (colon >= 0 && /^[1-4]$/.test(before)) {
    const documentType = Number(before);
    return [documentType, normalise(documentType, stripped.slice(colon + 1))];
  }
  return [CARD, normalise(CARD, stripped)];
}

/** ASCII and full-width forms alone: other digits of Unicode are refused, not guessed at. */
function translate(text: string): string {
  return text
    .replace(/[ \u00a0\u3000]/g, '')
    .replace(/[０-９Ａ-Ｚａ-ｚ：]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

function checkDigit(digits: string): string {
  const total = WEIGHTS.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0);
  return CHECK_DIGITS[total % 11] ?? '';
}

function card(number: string): string {
  let text = number;
  if (OLD_CARD.test(text)) {
    text = `${text.slice(0, 6)}19${text.slice(6)}`;
    text += checkDigit(text);
  }
  if (!CARD_FORM.test(text)) refuse('an identity card has 18 digits, the last may be X');
  if (text[17] !== checkDigit(text)) refuse('the check digit is wrong: a digit was mistyped');
  if (!PROVINCE.test(text)) refuse('no province has the first two digits of this number');
  const [year, month, day] = [text.slice(6, 10), text.slice(10, 12), text.slice(12, 14)].map(Number);
  if (!isDay(year ?? 0, month ?? 0, day ?? 0)) refuse('digits 7 to 14 are not a day');
  if (year === undefined || year < 1850 || year >= 2100) {
    refuse("digits 7 to 14 are not the day of anybody's birth");
  }
  return text;
}

function refuse(message: string): never {
  throw new MalformedError('holder.malformed', message);
}
