// SPDX-License-Identifier: Apache-2.0
/**
 * A catalogue: one dictionary of occupations, and the rules for certificate numbers.
 *
 * docs/format.md §5.3.
 *
 * An equivalence is typed and says what the other occupation is to this one: `same`, `broader` or
 * `narrower`; it is never followed through a third occupation. `from` and `to`, the days of evaluation
 * for which an occupation is certified, are admission's to judge: they are read, and no verdict asks them.
 */

import type { Bytes } from '../keys/bytes.ts';
import * as canonical from './canonical.ts';
import type { Json } from './canonical.ts';
import { isPlain, Members, refuse, registryHost } from './members.ts';
import * as numberRule from './number_rule.ts';
import type { NumberRule } from './number_rule.ts';
import { distinct } from './filing.ts';

const MAX_OCCUPATIONS = 10_000;
const MAX_NAMES = 64; // aliases, trades or equivalences of one occupation
const MAX_RULES = 64;
const MAX_VERSION = 2 ** 32 - 1;
const SCHEME = /^[a-z][a-z0-9]{1,15}$/;

/** What the other occupation is to this one. */
export const RELATIONS = ['same', 'broader', 'narrower'] as const;
export type Relation = (typeof RELATIONS)[number];

/** One entry of a dictionary. */
export interface Occupation {
  /** `<scheme>:<code>`. */
  readonly code: string;
  readonly name: string;
  /** Other words for the whole occupation. */
  readonly aliases: readonly string[];
  /** Words for a part of it (工种). */
  readonly trades: readonly string[];
  /** Relation by the other's code. */
  readonly equivalent: ReadonlyMap<string, Relation>;
  /** First day of evaluation for which it is certified, YYYY-MM-DD; null for always. */
  readonly from: string | null;
  /** The last one, inclusive. */
  readonly to: string | null;
}

export interface Catalogue {
  readonly iss: string;
  readonly region: string;
  readonly version: number;
  readonly iat: number;
  readonly exp: number;
  readonly scheme: string;
  readonly occupations: ReadonlyMap<string, Occupation>;
  readonly numbers: readonly NumberRule[];
}

/** @throws MalformedError `malformed.token` or `malformed.profile` */
export function fromBytes(payload: Bytes): Catalogue {
  return fromMembers(canonical.parse(payload));
}

/**
 * Read a parsed payload.
 * @throws MalformedError `malformed.profile`
 */
export function fromMembers(value: Json): Catalogue {
  const names = 'iss region version iat exp scheme occupations numbers';
  const members = new Members(value, 'catalogue', names);
  const iss = members.raw('iss');
  registryHost(iss, members.at('iss'));
  const [iat, exp] = [members.time('iat'), members.time('exp')];
  if (exp <= iat) refuse(members.at('exp'), 'not after iat');
  const scheme = members.match('scheme', SCHEME);
  const items = members.items('occupations', 0, MAX_OCCUPATIONS);
  const occupations = new Map<string, Occupation>();
  items.forEach((one, n) => {
    const occupation = readOccupation(one, `catalogue.occupations[${n}]`, scheme);
    if (occupations.has(occupation.code)) refuse('catalogue.occupations', 'a code stands twice');
    occupations.set(occupation.code, occupation);
  });
  return {
    iss: String(iss),
    region: members.region('region'),
    version: members.integer('version', 1, MAX_VERSION),
    iat,
    exp,
    scheme,
    occupations,
    numbers: members
      .items('numbers', 0, MAX_RULES)
      .map((one, n) => numberRule.fromMembers(one, `catalogue.numbers[${n}]`)),
  };
}

/** Tell whether a certificate for one occupation meets a demand for another. */
export function satisfies(catalogues: readonly Catalogue[], have: string, want: string): boolean {
  return (
    have === want ||
    catalogues.some(({ occupations }) => {
      const wanted = occupations.get(want)?.equivalent.get(have);
      const held = occupations.get(have)?.equivalent.get(want);
      return wanted === 'same' || wanted === 'broader' || held === 'same' || held === 'narrower';
    })
  );
}

function readOccupation(value: Json, where: string, scheme: string): Occupation {
  const members = new Members(value, where, 'code name aliases trades equivalent from? to?');
  const code = members.occupationCode('code');
  if (!code.startsWith(`${scheme}:`)) refuse(members.at('code'), 'of another scheme');
  const equivalent = new Map<string, Relation>();
  for (const one of members.items('equivalent', 0, MAX_NAMES)) {
    const entry = new Members(one, members.at('equivalent'), 'code relation');
    const other = entry.occupationCode('code');
    if (other === code || equivalent.has(other)) {
      refuse(members.at('equivalent'), 'the same occupation twice, or this one itself');
    }
    equivalent.set(other, entry.choice('relation', RELATIONS));
  }
  const [from, to] = [day(members, 'from'), day(members, 'to')];
  if (from !== null && to !== null && to < from) refuse(members.at('to'), 'before from');
  const isWord = (word: unknown): word is string => isPlain(word);
  return {
    code,
    name: members.text('name'),
    aliases: distinct(members, 'aliases', 0, MAX_NAMES, isWord),
    trades: distinct(members, 'trades', 0, MAX_NAMES, isWord),
    equivalent,
    from,
    to,
  };
}

function day(members: Members, name: string): string | null {
  return members.has(name) ? members.civilDate(name) : null;
}
