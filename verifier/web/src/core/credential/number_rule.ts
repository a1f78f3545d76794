// SPDX-License-Identifier: Apache-2.0
/**
 * How the certificate numbers of one kind are built: a rule that is data (docs/format.md §9).
 *
 *     {"kind":"skill_level","pattern":[["YSJ",1],["digit",14],["12345STX",1],["digit",6]],
 *      "year":[13,2],"level":[15,{"5":"5",…}],"prefix":[0,13],"serial":[16,6],"note":"…"}
 *
 * It travels in the signed catalogue. `pattern` is no regular expression: it means the same in every
 * language and cannot be made slow. Every character of a number is one UTF-16 unit, so positions are
 * those of Python.
 */

import { KINDS, type Kind, NUMBER } from './certificate.ts';
import type { Json, JsonObject } from './canonical.ts';
import { LEVELS, type Level } from './levels.ts';
import { Members, refuse } from './members.ts';

const MAX_NUMBER = 40; // characters
const MAX_SEGMENTS = 20;
const MAX_NOTE = 100; // characters
const CLASSES: ReadonlyMap<string, RegExp> = new Map([
  ['digit', /^[0-9]$/],
  ['upper', /^[A-Z]$/],
  ['han', /^[\u4e00-\u9fff]$/],
]);

/** First position and length. */
type Span = readonly [first: number, count: number];

export interface NumberRule {
  readonly kind: Kind;
  /** For each position, the characters that may stand there. */
  readonly pattern: readonly string[];
  readonly year: Span | null;
  readonly level: readonly [position: number, characters: ReadonlyMap<string, string>] | null;
  readonly prefix: Span | null;
}

/** @throws MalformedError `malformed.profile` */
export function fromMembers(value: Json, where: string): NumberRule {
  const rule = new Members(value, where, 'kind pattern year level prefix serial note');
  const kind = rule.choice('kind', KINDS);
  const pattern = rule
    .items('pattern', 1, MAX_SEGMENTS)
    .flatMap((item) => segment(item, rule.at('pattern')));
  if (pattern.length > MAX_NUMBER) refuse(rule.at('pattern'), `longer than ${MAX_NUMBER} characters`);
  const [year, prefix, serial] = [span(rule, 'year'), span(rule, 'prefix'), span(rule, 'serial')];
  const level = levelField(rule, pattern);
  rule.text('note', MAX_NOTE);
  if (year !== null && year[1] !== 2 && year[1] !== 4) refuse(rule.at('year'), '2 or 4 digits');
  const fields = [year, prefix, serial, level === null ? null : ([level[0], 1] as const)];
  const covered = new Set<number>();
  for (const [first, count] of fields.filter((field) => field !== null)) {
    for (let at = first; at < first + count; at++) {
      if (covered.has(at) || at >= pattern.length) {
        refuse(where, 'fields overlap or lie outside the pattern');
      }
      covered.add(at);
    }
  }
  return { kind, pattern, year, level, prefix };
}

/** Say what in a number does not agree with its certificate; empty if all does. */
export function disagreement(
  rule: NumberRule,
  number: string,
  level: Level | null,
  issuedYear: number,
  prefix: string,
): string {
  if (!fits(rule.pattern, number)) return 'the number is not built as the rule for this kind says';
  if (rule.year !== null) {
    const found = cut(number, rule.year);
    if (found !== String(issuedYear).padStart(4, '0').slice(-rule.year[1])) {
      return `the number says year ${found}, the certificate is of ${issuedYear}`;
    }
  }
  if (rule.level !== null) {
    const found = number[rule.level[0]];
    if (level === null || rule.level[1].get(level) !== found) {
      return `the number's level character ${found} is not that of the certificate`;
    }
  }
  if (rule.prefix !== null && cut(number, rule.prefix) !== prefix) {
    return `the number does not begin with the body's registered prefix ${prefix}`;
  }
  return '';
}

function cut(number: string, [first, count]: Span): string {
  return number.slice(first, first + count);
}

function fits(pattern: readonly string[], number: string): boolean {
  return (
    number.length === pattern.length &&
    pattern.every((characters, at) => isOneOf(characters, number.charAt(at)))
  );
}

function isOneOf(characters: string, character: string): boolean {
  return CLASSES.get(characters)?.test(character) ?? characters.includes(character);
}

function segment(value: Json, where: string): string[] {
  if (Array.isArray(value) && value.length === 2) {
    const [characters, count] = value;
    if (
      typeof characters === 'string' &&
      NUMBER.test(characters) &&
      typeof count === 'number' &&
      0 < count &&
      count <= MAX_NUMBER
    ) {
      return Array.from({ length: count }, () => characters);
    }
  }
  return refuse(where, `a segment is [permitted characters, count from 1 to ${MAX_NUMBER}]`);
}

function span(rule: Members, name: string): Span | null {
  const value = rule.raw(name);
  if (value === null) return null;
  if (Array.isArray(value) && value.length === 2) {
    const [first, count] = value;
    if (
      typeof first === 'number' &&
      typeof count === 'number' &&
      0 <= first &&
      first < MAX_NUMBER &&
      0 < count &&
      count <= MAX_NUMBER
    ) {
      return [first, count];
    }
  }
  return refuse(rule.at(name), 'not null or [first position, length]');
}

function levelField(rule: Members, pattern: readonly string[]): NumberRule['level'] {
  const value = rule.raw('level');
  if (value === null) return null;
  if (Array.isArray(value) && value.length === 2) {
    const [position, table] = value;
    const characters = typeof position === 'number' ? pattern[position] : undefined;
    if (typeof position === 'number' && characters !== undefined && table instanceof Map) {
      const levels = levelTable(table, characters);
      if (levels !== null) return [position, levels];
    }
  }
  return refuse(rule.at('level'), 'not null or [position, {level: its own character}] in rising order');
}

function levelTable(table: JsonObject, characters: string): ReadonlyMap<string, string> | null {
  const levels = [...table.keys()];
  const rising = LEVELS.filter((level) => table.has(level));
  const written = [...table.values()];
  const permitted = written.every(
    (each) => typeof each === 'string' && each.length === 1 && isOneOf(characters, each),
  );
  const isTable =
    levels.length > 0 &&
    levels.join() === rising.join() &&
    permitted &&
    new Set(written).size === written.length;
  return isTable ? (table as Map<string, string>) : null;
}
