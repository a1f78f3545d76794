// SPDX-License-Identifier: Apache-2.0
/**
 * Canonical JSON: the one text that a value has (docs/format.md §1.2).
 *
 * The engine's JSON.parse keeps the last of two equal names, reorders names that look like numbers and
 * takes fractions and lone surrogates, so this is a reader of its own. Objects become Maps: they keep
 * the order of their members and have no prototype.
 */

import { type Bytes, fromText, toText } from '../keys/bytes.ts';
import { MalformedError } from './errors.ts';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = Map<string, Json>;

export const MAX_DEPTH = 8; // objects and arrays inside each other, the outermost counted

const WHITE_SPACE = /[ \t\n\r]*/y;
const SPACE = ' '.charCodeAt(0);
const INTEGER = /-?(?:0|[1-9][0-9]*)/y;
const PLAIN_RUN = /[^"\\\u0000-\u001f]*/y;
const NOT_PLAIN = /["\\\u0000-\u001f]/;
const HEX = /^[0-9A-Fa-f]{4}$/;
const LONE_SURROGATE = /[\ud800-\udfff]/u; // with u, a pair is one character and no surrogate
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);
const WORDS: readonly (readonly [string, Json])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/** Write a value as the one text that it has. */
export function encode(value: Json): Bytes {
  return fromText(write(value));
}

/**
 * Read JSON strictly.
 * @param data The bytes; the caller has bounded their length.
 * @param canonical Also demand that the bytes are the canonical form of what they say.
 * @throws MalformedError `malformed.token` when this is not strict JSON, `malformed.profile` when it
 * is, but not canonical.
 */
export function parse(data: Uint8Array, canonical = true): Json {
  let text: string;
  try {
    text = toText(data);
  } catch {
    return refuse('not UTF-8');
  }
  const value = new Reader(text).whole();
  if (canonical && write(value) !== text) {
    throw new MalformedError('malformed.profile', 'JSON that is not in canonical form');
  }
  return value;
}

/** Give a value as the engine's own objects, for JSON.stringify. */
export function toPlain(value: Json): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries(Array.from(value, ([name, inner]) => [name, toPlain(inner)]));
}

function write(value: Json): string {
  if (typeof value === 'string') return quote(value);
  let inside = '';
  if (Array.isArray(value)) {
    for (const item of value) inside += `${inside && ','}${write(item)}`;
    return `[${inside}]`;
  }
  if (value instanceof Map) {
    for (const [name, item] of value) inside += `${inside && ','}${quote(name)}:${write(item)}`;
    return `{${inside}}`;
  }
  return String(value);
}

function quote(text: string): string {
  // JSON.stringify escapes exactly as the format demands, but is seldom needed.
  return NOT_PLAIN.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function refuse(what: string): never {
  throw new MalformedError('malformed.token', `not strict JSON: ${what}`);
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Json {
    this.#space();
    const value = this.#value(MAX_DEPTH);
    this.#space();
    if (this.#at !== this.#text.length) refuse('something behind the value');
    return value;
  }

  /** Take the longest run of an expression that may be empty. */
  #run(expression: RegExp): string {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  /** Go past white space, of which a token has none. */
  #space(): void {
    if (this.#text.charCodeAt(this.#at) <= SPACE) this.#run(WHITE_SPACE);
  }

  /** Take one character if it is next. */
  #takes(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #value(left: number): Json {
    if (this.#takes('"')) return this.#string();
    if (this.#takes('{')) return this.#object(left);
    if (this.#takes('[')) return this.#array(left);
    for (const [word, value] of WORDS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#integer();
  }

  #integer(): number {
    const digits = this.#run(INTEGER);
    if (digits === '') refuse('no value where one must be');
    if (/[.eE]/.test(this.#text[this.#at] ?? '')) refuse('a number with fraction or exponent');
    const number = Number(digits);
    if (!Number.isSafeInteger(number)) refuse('an integer beyond 2^53 - 1');
    return number + 0; // -0 is 0, and then not canonical
  }

  #string(): string {
    const end = this.#text.indexOf('"', this.#at);
    const plain = this.#text.slice(this.#at, Math.max(end, this.#at));
    if (end >= 0 && !NOT_PLAIN.test(plain)) {
      this.#at = end + 1;
      return plain;
    }
    let text = this.#run(PLAIN_RUN);
    for (;;) {
      if (this.#takes('"')) break;
      if (!this.#takes('\\')) refuse('a string that does not end, or a control character');
      text += this.#escape() + this.#run(PLAIN_RUN);
    }
    // UTF-8 brings no lone surrogate, but an escape can.
    if (LONE_SURROGATE.test(text)) refuse('a lone surrogate');
    return text;
  }

  #escape(): string {
    const letter = this.#text[this.#at] ?? '';
    this.#at += 1;
    const plain = ESCAPES.get(letter);
    if (plain !== undefined) return plain;
    const hex = this.#text.slice(this.#at, this.#at + 4);
    if (letter !== 'u' || !HEX.test(hex)) refuse('an escape that there is not');
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  #object(left: number): JsonObject {
    if (left === 0) refuse(`nested deeper than ${MAX_DEPTH}`);
    const members: JsonObject = new Map();
    this.#space();
    if (this.#takes('}')) return members;
    do {
      this.#space();
      if (!this.#takes('"')) refuse('no name where one must be');
      const name = this.#string();
      this.#space();
      if (!this.#takes(':')) refuse('no colon where one must be');
      this.#space();
      if (members.has(name)) refuse('a name stands twice in one object');
      members.set(name, this.#value(left - 1));
      this.#space();
    } while (this.#takes(','));
    if (!this.#takes('}')) refuse('an object that does not end');
    return members;
  }

  #array(left: number): Json[] {
    if (left === 0) refuse(`nested deeper than ${MAX_DEPTH}`);
    const items: Json[] = [];
    this.#space();
    if (this.#takes(']')) return items;
    do {
      this.#space();
      items.push(this.#value(left - 1));
      this.#space();
    } while (this.#takes(','));
    if (!this.#takes(']')) refuse('an array that does not end');
    return items;
  }
}
