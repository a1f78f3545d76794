// SPDX-License-Identifier: Apache-2.0
/**
 * The manifest: which texts make up one publication of a region (docs/format.md §5.5).
 *
 * It pins every part by its digest, so that nobody can combine yesterday's list of bodies with today's
 * revocations, and every part can be fetched by digest alone.
 */

import type { Bytes } from '../keys/bytes.ts';
import * as canonical from './canonical.ts';
import type { Json } from './canonical.ts';
import { Members, refuse, registryHost } from './members.ts';

const MAX_PARTS = 4_096;
const MAX_LENGTH = 64 * 2 ** 20; // characters of one part
const NAME =
  /^(?:(?:trust_list|checkpoint)|catalogues\/(?:0|[1-9][0-9]{0,3})|status_lists\/(?:[a-z0-9-]{1,32})|survivors\/(?:[1-9][0-9]{0,2}))$/;
const GROUPS = ['trust_list', 'catalogues', 'status_lists', 'survivors', 'checkpoint'];

/** One text of the publication. */
export interface Part {
  readonly name: string;
  /** Of the text as it stands in the snapshot, 64 lower-case hex digits. */
  readonly sha256: string;
  /** In characters, all of them ASCII. */
  readonly length: number;
}

/** One publication. */
export interface Manifest {
  readonly iss: string;
  readonly region: string;
  /** Rises with every publication. */
  readonly sequence: number;
  readonly iat: number;
  readonly exp: number;
  readonly parts: readonly Part[];
}

/** @throws MalformedError `malformed.token` or `malformed.profile` */
export function fromBytes(payload: Bytes): Manifest {
  const members = new Members(
    canonical.parse(payload),
    'manifest',
    'iss region sequence iat exp parts',
  );
  registryHost(members.raw('iss'), members.at('iss'));
  const [iat, exp] = [members.time('iat'), members.time('exp')];
  if (exp <= iat) refuse(members.at('exp'), 'not after iat');
  const parts = members
    .items('parts', 2, MAX_PARTS)
    .map((one, n) => readPart(one, `manifest.parts[${n}]`));
  if (!isOrdered(parts.map(({ name }) => name))) {
    refuse(members.at('parts'), 'not in the order of the format');
  }
  return {
    iss: String(members.raw('iss')),
    region: members.region('region'),
    sequence: members.integer('sequence', 1, Number.MAX_SAFE_INTEGER),
    iat,
    exp,
    parts,
  };
}

/** Tell whether names of parts are complete and in the order of the format. */
export function isOrdered(names: readonly string[]): boolean {
  const ranks = names.map(rank);
  const ends = ranks.filter(([group]) => group === 0 || group === 4).map(([group]) => group);
  const catalogues = ranks.filter(([group]) => group === 1);
  return (
    ends.join() === '0,4' &&
    ranks.every((other, n) => n === 0 || isBelow(ranks[n - 1] ?? other, other)) &&
    catalogues.every(([, number], n) => number === n)
  );
}

type Rank = readonly [group: number, number: number, text: string];

function rank(name: string): Rank {
  const [group = '', rest = ''] = name.split('/');
  const at = GROUPS.indexOf(group);
  return at === 2 ? [at, 0, rest] : [at, rest === '' ? 0 : Number(rest), ''];
}

function isBelow(one: Rank, other: Rank): boolean {
  if (one[0] !== other[0]) return one[0] < other[0];
  return one[1] === other[1] ? one[2] < other[2] : one[1] < other[1];
}

function readPart(value: Json, where: string): Part {
  const members = new Members(value, where, 'name sha256 length');
  return {
    name: members.match('name', NAME),
    sha256: members.hexDigest('sha256'),
    length: members.integer('length', 0, MAX_LENGTH),
  };
}
