// SPDX-License-Identifier: Apache-2.0
/**
 * Reading the members of an object against its profile (docs/format.md §1.1).
 *
 * Every reader returns the value with its type or refuses with `malformed.profile` and says where. The
 * character tables are written as ranges, and not as Unicode properties, so that Python and
 * JavaScript cannot disagree between versions.
 */

import type { Json, JsonObject } from './canonical.ts';
import { MalformedError } from './errors.ts';

export const MAX_TIME = 2 ** 32 - 1; // seconds since 1970: the carrier gives a time four bytes
export const LIST_ENTRIES = 2 ** 20; // entries of a status list
const MAX_HOST = 100; // characters
const MAX_TEXT = 40; // code points, where a format does not say otherwise

const PLAIN =
  /^[ !#-[\]-~·—‘’“”…、。〇-】〔〕\u3400-\u4dbf\u4e00-\u9fff！-～\u{20000}-\u{2a6df}\u{2a700}-\u{2ebe0}\u{30000}-\u{323af}]+$/u;
const HOST =
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*(?::([1-9][0-9]{0,4}))?$/;
const BODY = /^https:\/\/([a-z0-9.:-]+)\/bodies\/([0-9A-HJ-NPQRTUWXY]{18})$/;
const AUTHORITY = /^https:\/\/([a-z0-9.:-]+)\/authorities\/([0-9A-HJ-NPQRTUWXY]{18})$/;
const STATUS = /^https:\/\/([a-z0-9.:-]+)\/status\/([a-z0-9-]{1,32})$/;
const OCCUPATION = /^([a-z][a-z0-9]{1,15}):([0-9A-Za-z.-]{1,24})$/;
const REGION = /^[1-9][0-9]{5}$/;
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const HEX = /^[0-9a-f]{64}$/;
const DIGEST = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** Refuse a value that breaks its profile. */
export function refuse(where: string, what: string): never {
  throw new MalformedError('malformed.profile', `${where}: ${what}`);
}

/** Count code points, as Python's len does. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

export function isPlain(text: unknown, maximum = MAX_TEXT): text is string {
  return (
    typeof text === 'string' &&
    PLAIN.test(text) &&
    codePoints(text) <= maximum &&
    !text.startsWith(' ') &&
    !text.endsWith(' ')
  );
}

export function isRegion(text: unknown): text is string {
  return typeof text === 'string' && REGION.test(text);
}

/** Tell whether a region code lies inside another: 310115 in 310000, and 310000 in itself. */
export function inside(region: string, outer: string): boolean {
  return region.startsWith(outer.replace(/(?:00)+$/, ''));
}

/** Tell whether a value is `host` or `host:port` exactly as in a code's URL. */
export function isHost(text: unknown): text is string {
  const match = typeof text === 'string' && text.length <= MAX_HOST ? HOST.exec(text) : null;
  if (match === null) return false;
  const port = match[1];
  return port === undefined || (Number(port) <= 65535 && port !== '443');
}

/** Tell whether year, month and day are a day of the calendar. */
export function isDay(year: number, month: number, day: number): boolean {
  if (year < 1) return false;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

export function isCivilDate(text: unknown): text is string {
  const match = typeof text === 'string' ? DATE.exec(text) : null;
  return match !== null && isDay(Number(match[1]), Number(match[2]), Number(match[3]));
}

export function isOccupationCode(value: unknown): value is string {
  return typeof value === 'string' && OCCUPATION.test(value);
}

/** Split `https://HOST/bodies/<code>` into host and unified social credit code. */
export function bodyId(value: Json, where = 'iss'): [string, string] {
  return identifier(BODY, value, where);
}

/** Split `https://HOST/authorities/<code>`. */
export function authorityId(value: Json, where = 'id'): [string, string] {
  return identifier(AUTHORITY, value, where);
}

/** Split `https://HOST/status/<list>` into host and list name. */
export function statusUri(value: Json, where = 'uri'): [string, string] {
  return identifier(STATUS, value, where);
}

/** Read the HOST out of `https://HOST`. */
export function registryHost(value: Json, where = 'iss'): string {
  if (typeof value === 'string' && value.startsWith('https://')) {
    const host = value.slice('https://'.length);
    if (isHost(host)) return host;
  }
  return refuse(where, 'not https://HOST of a registry');
}

function identifier(pattern: RegExp, value: Json, where: string): [string, string] {
  const match = typeof value === 'string' ? pattern.exec(value) : null;
  const [, host, name] = match ?? [];
  if (!isHost(host) || name === undefined) {
    return refuse(where, 'not an identifier under a host of the registry');
  }
  return [host, name];
}

/** One object whose members are being read; `where` is its place in the document. */
export class Members {
  readonly where: string;
  readonly #members: JsonObject;

  /**
   * Take a value as an object with exactly these members in this order.
   * @param names Separated by spaces; a `?` at the end of one says that it may be absent.
   */
  constructor(value: Json | undefined, where: string, names: string) {
    if (!(value instanceof Map)) refuse(where, 'not an object');
    const found = value.keys();
    let next = found.next();
    for (const name of names.split(' ')) {
      const optional = name.endsWith('?');
      if (next.value === (optional ? name.slice(0, -1) : name)) next = found.next();
      else if (!optional) refuse(where, `members must be exactly, in this order: ${names}`);
    }
    if (next.done !== true) refuse(where, `members must be exactly, in this order: ${names}`);
    this.where = where;
    this.#members = value;
  }

  has(name: string): boolean {
    return this.#members.has(name);
  }

  /** Name the place of a member. */
  at(name: string): string {
    return `${this.where}.${name}`;
  }

  /** Give a member for a reader of its own. */
  raw(name: string): Json {
    return this.#members.get(name) ?? null;
  }

  /** Read plain text. */
  text(name: string, maximum = MAX_TEXT): string {
    const value = this.raw(name);
    return isPlain(value, maximum)
      ? value
      : refuse(this.at(name), `not plain text of 1 to ${maximum} characters`);
  }

  /** Read a string of a pattern, which is anchored at both ends. */
  match(name: string, pattern: RegExp): string {
    const value = this.raw(name);
    return typeof value === 'string' && pattern.test(value)
      ? value
      : refuse(this.at(name), 'not of the form that the format gives');
  }

  /** Read one of a closed set of words. */
  choice<Word extends string>(name: string, allowed: readonly Word[]): Word {
    const value = this.raw(name);
    return allowed.find((word) => word === value) ?? refuse(this.at(name), 'not a word of the format');
  }

  /** Read an integer, `low` and `high` included. */
  integer(name: string, low: number, high: number): number {
    const value = this.raw(name);
    return typeof value === 'number' && low <= value && value <= high
      ? value
      : refuse(this.at(name), `not an integer from ${low} to ${high}`);
  }

  /** Read a time, seconds since 1970. */
  time(name: string): number {
    return this.integer(name, 0, MAX_TIME);
  }

  /** Read the end of an interval; null where it is open. */
  end(name: string): number | null {
    return this.raw(name) === null ? null : this.time(name);
  }

  flag(name: string): boolean {
    const value = this.raw(name);
    return typeof value === 'boolean' ? value : refuse(this.at(name), 'not true or false');
  }

  /** Read an optional mark: true, or absent. */
  mark(name: string): boolean {
    if (!this.has(name)) return false;
    return this.raw(name) === true || refuse(this.at(name), 'only true may stand here');
  }

  /** Read an array of `low` to `high` items. */
  items(name: string, low: number, high: number): Json[] {
    const value = this.raw(name);
    return Array.isArray(value) && low <= value.length && value.length <= high
      ? value
      : refuse(this.at(name), `not an array of ${low} to ${high} items`);
  }

  region(name: string): string {
    return this.match(name, REGION);
  }

  civilDate(name: string): string {
    const value = this.raw(name);
    return isCivilDate(value) ? value : refuse(this.at(name), 'not a day as YYYY-MM-DD');
  }

  /** Read a SHA-256 as 64 lower-case hex digits. */
  hexDigest(name: string): string {
    return this.match(name, HEX);
  }

  /** Read a SHA-256 as 43 characters of canonical base64url. */
  digest(name: string): string {
    return this.match(name, DIGEST);
  }

  occupationCode(name: string): string {
    return this.match(name, OCCUPATION);
  }
}
