// SPDX-License-Identifier: Apache-2.0
/**
 * Numbers of identity documents on their way to the judge. Here they are only recognised and masked;
 * whether one can be real, and whose tag it makes, the judge says.
 */

export interface Card {
  /** Only where a reader gave it with the number. */
  readonly name?: string;
  readonly document: string;
}

const CARD = /(?:^|[^0-9])([0-9]{17}[0-9Xx])(?![0-9A-Za-z])/; // without looking back: older iPhones cannot
const OTHER = /^[1-4][:：][0-9A-Za-z:：]{5,30}$/;

/**
 * Find a card in what was typed: a number alone, or a name and a number in either order, parted by a
 * tab, comma, semicolon or space, as readers send it. Null where there is none.
 */
export function cardIn(typed: string): Card | null {
  const text = typed.trim();
  if (OTHER.test(text)) return { document: text };
  const document = CARD.exec(text)?.[1];
  if (document === undefined || text.length > 200) return null;
  const name = text
    .replace(document, '\t')
    .split(/[\t,;，；|]+/)
    .map((part) => part.trim())
    .find((part) => /^[\p{Script=Han}\p{Script=Latin}·' -]{2,50}$/u.test(part));
  return name === undefined ? { document } : { document, name };
}

/** Show enough of a number to recognise one's own, and no more. */
export function masked(document: string): string {
  const text = document.trim();
  if (text.length < 8) return '*'.repeat(text.length);
  return `${text.slice(0, 3)}${'*'.repeat(text.length - 5)}${text.slice(-2)}`;
}
