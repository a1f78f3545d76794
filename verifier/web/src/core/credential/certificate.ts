// SPDX-License-Identifier: Apache-2.0
/**
 * The certificate: an SD-JWT VC without selective disclosure, signed by the body that evaluated.
 *
 * docs/format.md §2.
 */

import { type Bytes, toText } from '../keys/bytes.ts';
import * as canonical from './canonical.ts';
import * as envelope from './envelope.ts';
import type { Unverified } from './envelope.ts';
import { MalformedError } from './errors.ts';
import { LEVELS, type Level } from './levels.ts';
import { isCivilDate, isHost, isPlain, MAX_TIME, refuse } from './members.ts';
import { isName } from './name.ts';

export const VCT = 'urn:skillseal:certificate:1';

export const KINDS = [
  'skill_level',
  'vocational_qualification',
  'specialised_skill',
  'industry_skill',
  'special_operation',
  'safety_competency',
  'training_completion',
  'overseas_recognition',
] as const;
export type Kind = (typeof KINDS)[number];

export const ROUTES = [
  'examination',
  'direct_recognition',
  'exceptional_promotion',
  'competition',
] as const;
export type Route = (typeof ROUTES)[number];

export const LEVEL_REQUIRED: readonly Kind[] = ['skill_level', 'vocational_qualification'];
export const LEVEL_OPTIONAL: readonly Kind[] = ['industry_skill', 'overseas_recognition'];
const EXPIRY_REQUIRED: readonly Kind[] = ['special_operation'];
const EXPIRY_REFUSED: readonly Kind[] = [
  'skill_level',
  'vocational_qualification',
  'specialised_skill',
];
const DETAILS_OF_KIND: Partial<Record<Kind, readonly string[]>> = {
  special_operation: ['category'],
  safety_competency: ['post'],
  overseas_recognition: ['origin', 'original'],
};
const DETAILS_OF_ROUTE: Partial<Record<Route, readonly string[]>> = {
  competition: ['event', 'rank'],
};

export const NUMBER = /^[0-9A-Za-z（）()·\u3400-\u4dbf\u4e00-\u9fff-]{1,40}$/;
const MAX_INDEX = 2 ** 32 - 1;
const MAX_DETAILS = 4;

const INTEGER = '0|[1-9][0-9]{0,9}';
const WORD = '[a-z0-9_]{1,32}';
/** Twice 40 UTF-16 units; how many code points, and which, is for `demand` to say. */
const TEXT = '[^"\\\\\\x00-\\x1f]{1,80}';
const PAIR = `"[a-z]+":"${TEXT}"`;
/**
 * The canonical payload piece by piece. No value can hold a quote, a backslash or a control, so nothing
 * is ever escaped, and what the whole matches is canonical JSON by construction.
 */
const MEMBERS: readonly (readonly [member: string, piece: string])[] = [
  ['iss', '\\{"iss":"(https://([a-z0-9.:-]+)/bodies/([0-9A-HJ-NPQRTUWXY]{18}))"'],
  ['vct', `,"vct":"${VCT}"`],
  ['iat', `,"iat":(${INTEGER})`],
  ['exp', `(?:,"exp":(${INTEGER}))?`],
  [
    'status',
    `,"status":\\{"status_list":\\{"idx":(${INTEGER})` +
      ',"uri":"(https://\\2/status/[a-z0-9-]{1,32})"\\}\\}',
  ],
  ['certificate_number', `,"certificate_number":"(${TEXT})"`],
  ['kind', `,"kind":"(${WORD})"`],
  ['name', ',"name":"([^"\\\\\\x00-\\x1f]{1,100})"'],
  ['holder_tag', '(?:,"holder_tag":"([A-Za-z0-9_-]{4})")?'],
  [
    'occupation',
    ',"occupation":\\{"code":"([a-z][a-z0-9]{1,15}:[0-9A-Za-z.-]{1,24})"' +
      `,"name":"(${TEXT})"(?:,"trade":"(${TEXT})")?\\}`,
  ],
  ['level', `(?:,"level":"(${WORD})")?`],
  ['route', `,"route":"(${WORD})"`],
  ['region', ',"region":"([1-9][0-9]{5})"'],
  ['evaluated_on', ',"evaluated_on":"([0-9]{4}-[0-9]{2}-[0-9]{2})"'],
  ['batch', ',"batch":"([0-9A-Za-z-]{1,64})"'],
  ['detail', `(?:,"detail":\\{(${PAIR}(?:,${PAIR}){0,${MAX_DETAILS - 1}})\\})?`],
  ['the end', '\\}$'],
];
const PAYLOAD = piecesUpTo(MEMBERS.length);

/** What a certificate says; meaningless before its signature was checked. */
export interface Claims {
  readonly iss: string;
  /** HOST of `iss`. */
  readonly host: string;
  /** Unified social credit code of `iss`. */
  readonly bodyCode: string;
  readonly iat: number;
  readonly exp: number | null;
  readonly statusIndex: number;
  readonly statusUri: string;
  readonly certificateNumber: string;
  readonly kind: Kind;
  readonly name: string;
  readonly holderTag: string | null;
  readonly occupationCode: string;
  readonly occupationName: string;
  readonly trade: string | null;
  readonly level: Level | null;
  readonly route: Route;
  readonly region: string;
  readonly evaluatedOn: string;
  readonly batch: string;
  /** Pairs in alphabetical order; empty where the member is absent. */
  readonly detail: readonly (readonly [string, string])[];
}

/**
 * Read a payload, whose bytes must be the canonical form of what they say.
 * @throws MalformedError `malformed.token` or `malformed.profile`
 */
export function fromBytes(payload: Bytes): Claims {
  let match: RegExpExecArray | null;
  try {
    match = PAYLOAD.exec(toText(payload));
  } catch {
    match = null; // not UTF-8
  }
  return match === null ? refuseAll(payload) : claimsOf(match);
}

/**
 * Read a certificate's compact JWS, without the `~` of its SD-JWT text form.
 * @throws MalformedError `malformed.token` or `malformed.profile`
 */
export function read(token: string): [Unverified, Claims] {
  const unverified = envelope.read(token, 'dc+sd-jwt');
  return [unverified, fromBytes(unverified.payload)];
}

function piecesUpTo(count: number): RegExp {
  return new RegExp(`^${MEMBERS.slice(0, count).map(([, piece]) => piece).join('')}`);
}

/** Say what is wrong with a payload that the pattern does not match. */
function refuseAll(payload: Bytes): never {
  canonical.parse(payload);
  const text = toText(payload);
  const wrong = MEMBERS.findIndex((_, index) => !piecesUpTo(index + 1).test(text));
  refuse('certificate', `${MEMBERS[wrong]?.[0]} is missing, misplaced or not of its form`);
}

function claimsOf(match: RegExpExecArray): Claims {
  const detail = match[20];
  const claims: Claims = {
    iss: text(match, 1),
    host: text(match, 2),
    bodyCode: text(match, 3),
    iat: Number(match[4]),
    exp: match[5] === undefined ? null : Number(match[5]),
    statusIndex: Number(match[6]),
    statusUri: text(match, 7),
    certificateNumber: text(match, 8),
    kind: word(KINDS, match[9]),
    name: text(match, 10),
    holderTag: match[11] ?? null,
    occupationCode: text(match, 12),
    occupationName: text(match, 13),
    trade: match[14] ?? null,
    level: match[15] === undefined ? null : word(LEVELS, match[15]),
    route: word(ROUTES, match[16]),
    region: text(match, 17),
    evaluatedOn: text(match, 18),
    batch: text(match, 19),
    detail: detail === undefined ? [] : pairsOf(detail),
  };
  demand(claims);
  return claims;
}

function text(match: RegExpExecArray, group: number): string {
  return match[group] as string; // a group that the pattern demands
}

function word<Word extends string>(words: readonly Word[], found: string | undefined): Word {
  const one = words.find((each) => each === found);
  return one ?? refuse('certificate', 'a kind, route or level that the format does not know');
}

function pairsOf(detail: string): [string, string][] {
  const found = detail.matchAll(new RegExp(`"([a-z]+)":"(${TEXT})"`, 'g'));
  const pairs = Array.from(found, ([, name = '', value = '']): [string, string] => [name, value]);
  if (new Set(pairs.map(([name]) => name)).size !== pairs.length) {
    // The only place where the pattern lets a name stand twice.
    throw new MalformedError('malformed.token', 'not strict JSON: a name stands twice in detail');
  }
  return pairs;
}

/** Refuse values that have the right form and still cannot be. */
function demand(claims: Claims): void {
  if (!isHost(claims.host)) refuse('certificate.iss', 'not under a host');
  if (claims.iat > MAX_TIME) refuse('certificate.iat', 'beyond the times that are known');
  if (claims.statusIndex > MAX_INDEX) refuse('certificate.status', 'an index beyond any list');
  if (!isCivilDate(claims.evaluatedOn)) refuse('certificate.evaluated_on', 'not a day');
  if (!NUMBER.test(claims.certificateNumber)) {
    refuse('certificate.certificate_number', 'characters that no number has');
  }
  if (!isPlain(claims.occupationName)) refuse('certificate.occupation', 'not plain text');
  if (claims.trade !== null && !isPlain(claims.trade)) {
    refuse('certificate.occupation.trade', 'not plain text');
  }
  if (!isName(claims.name)) refuse('certificate.name', 'characters that no name here may have');
  demandExpiry(claims);
  demandLevel(claims);
  if (claims.detail.length > 0) demandDetail(claims);
}

function demandExpiry({ kind, iat, exp }: Claims): void {
  if (exp === null) {
    if (EXPIRY_REQUIRED.includes(kind)) refuse('certificate.exp', `required for ${kind}`);
    return;
  }
  if (EXPIRY_REFUSED.includes(kind)) refuse('certificate.exp', `a ${kind} certificate has none`);
  if (exp <= iat || exp > MAX_TIME) refuse('certificate.exp', 'not after iat');
}

function demandLevel({ kind, level }: Claims): void {
  if (level === null) {
    if (LEVEL_REQUIRED.includes(kind)) refuse('certificate.level', `required for ${kind}`);
    return;
  }
  if (!LEVEL_REQUIRED.includes(kind) && !LEVEL_OPTIONAL.includes(kind)) {
    refuse('certificate.level', `a ${kind} certificate has no level`);
  }
}

function demandDetail({ kind, route, detail }: Claims): void {
  const allowed = [...(DETAILS_OF_KIND[kind] ?? []), ...(DETAILS_OF_ROUTE[route] ?? [])];
  const names = detail.map(([name]) => name);
  if (!names.every((name) => allowed.includes(name)) || names.join() !== [...names].sort().join()) {
    refuse('certificate.detail', 'a member that does not belong here, or not in order');
  }
  if (!detail.every(([, value]) => isPlain(value))) refuse('certificate.detail', 'not plain text');
}
