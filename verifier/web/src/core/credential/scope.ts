// SPDX-License-Identifier: Apache-2.0
/**
 * What a body was allowed to issue, and whether it stood, at one moment.
 *
 * docs/format.md §5.2 and §6.2.
 *
 * - a scope is a tuple, not a type: one grant must allow kind, occupation and level together;
 * - both are judged at the receipt's time, so that cutting a scope or closing a body does not kill the
 *   honest certificates of the past;
 * - `void` alone reaches back: a filing or a body that was annulled counts as if it had never been.
 */

import { KINDS, type Kind } from './certificate.ts';
import type { Json } from './canonical.ts';
import { holds } from './key_record.ts';
import { LEVELS, type Level } from './levels.ts';
import { inside, isOccupationCode, isRegion, Members, refuse } from './members.ts';

export const MAX_DOCUMENT = 80; // code points of a document's or filing's number
const MAX_DISTRICTS = 64;
const MAX_GRANTS = 64;
const MAX_OCCUPATIONS = 2_000; // of one grant

const STATES = ['active', 'rectifying', 'suspended', 'removed'] as const;
const REASONS = [
  'scope.kind',
  'scope.occupation',
  'scope.level',
  'scope.district',
  'scope.expired',
] as const;

/** One entry of a body's history, in force until the next begins. */
export interface Standing {
  readonly start: number;
  readonly state: (typeof STATES)[number];
  readonly document: string;
  /** Only with `rectifying`, where false means as if suspended; null where absent. */
  readonly mayIssue: boolean | null;
}

/** One kind × occupations × levels. */
export interface Grant {
  readonly kind: Kind;
  /** Codes with their schemes. */
  readonly occupations: ReadonlySet<string>;
  /** Empty for a kind without levels; then it allows a certificate without level, and no other. */
  readonly levels: readonly Level[];
}

/** What a body has filed to issue, where, and from when to when. */
export interface Filing {
  /** As the authority numbered it; an amended filing stands once for each window. */
  readonly number: string;
  readonly start: number;
  readonly end: number | null;
  readonly districts: readonly string[];
  readonly grants: readonly Grant[];
  /** Number of the document that annulled it; null where none did. */
  readonly void: string | null;
}

/** What standing and scope are read from: a body of the trust list. */
export interface Filed {
  readonly standing: readonly Standing[];
  readonly void: string | null;
  readonly filings: readonly Filing[];
}

/** What a certificate asks of a scope. */
export interface Asked {
  readonly kind: Kind;
  readonly occupationCode: string;
  readonly level: Level | null;
  readonly region: string;
}

/** What a look at the scope came to. */
export interface Finding {
  /** Null where a filing covers the certificate; else the reason of the one that came furthest. */
  readonly reason: (typeof REASONS)[number] | null;
  /** Number of that filing; null where there is none. */
  readonly filing: string | null;
  /** A filing that was annulled would have covered it (`standing.void`). */
  readonly isVoid: boolean;
}

/** Tell why a body could not issue at a time; null where it could. */
export function standingAt(
  body: Filed,
  t: number,
): 'standing.void' | 'standing.suspended' | 'standing.removed' | null {
  if (body.void !== null) return 'standing.void';
  const entry = entryAt(body, t);
  if (entry === undefined || entry.state === 'removed') return 'standing.removed';
  return entry.state === 'suspended' || entry.mayIssue === false ? 'standing.suspended' : null;
}

/** Find the entry of a body's history that is in force at a time. */
export function entryAt(body: Filed, t: number): Standing | undefined {
  return body.standing.filter((entry) => entry.start <= t).pop();
}

/** Tell whether a filing covers a certificate that was registered at t. */
export function scopeOf(body: Filed, asked: Asked, t: number, rootRegion: string): Finding {
  let [furthest, filing, isVoid]: [number, string | null, boolean] = [-1, null, false];
  for (const each of body.filings) {
    const reach = reachOf(each, asked, t, rootRegion);
    const covers = reach === REASONS.length;
    if (each.void !== null) {
      isVoid ||= covers;
    } else if (covers) {
      return { reason: null, filing: each.number, isVoid: false };
    } else if (reach > furthest) {
      [furthest, filing] = [reach, each.number];
    }
  }
  return { reason: REASONS[Math.max(furthest, 0)] ?? 'scope.kind', filing, isVoid };
}

/** Count how many of kind, occupation, level, district and window are met, in this order. */
function reachOf(filing: Filing, asked: Asked, t: number, rootRegion: string): number {
  const met = Math.max(0, ...filing.grants.map((grant) => reachOfGrant(grant, asked)));
  if (met < 3) return met;
  const covered = filing.districts.some((district) => inside(asked.region, district));
  if (!covered || !inside(asked.region, rootRegion)) return 3;
  return holds(filing, t) ? REASONS.length : 4;
}

function reachOfGrant(grant: Grant, asked: Asked): number {
  if (asked.kind !== grant.kind) return 0;
  if (!grant.occupations.has(asked.occupationCode)) return 1;
  return meetsLevel(asked.level, grant.levels) ? 3 : 2;
}

/** Tell whether a level is among those allowed; none is met by an empty list alone. */
export function meetsLevel(level: Level | null, allowed: readonly Level[]): boolean {
  return level === null ? allowed.length === 0 : allowed.includes(level);
}

/** @throws MalformedError `malformed.profile` */
export function readStanding(value: Json, where: string): Standing {
  const members = new Members(value, where, 'from state document may_issue?');
  const state = members.choice('state', STATES);
  if (members.has('may_issue') && state !== 'rectifying') {
    refuse(members.at('may_issue'), 'stands only with rectifying');
  }
  return {
    start: members.time('from'),
    state,
    document: members.text('document', MAX_DOCUMENT),
    mayIssue: members.has('may_issue') ? members.flag('may_issue') : null,
  };
}

/** @throws MalformedError `malformed.profile` */
export function readFiling(value: Json, where: string): Filing {
  const members = new Members(value, where, 'number from to districts grants void?');
  const [start, end] = [members.time('from'), members.end('to')];
  if (end !== null && end <= start) refuse(members.at('to'), 'not after from');
  return {
    number: members.text('number', MAX_DOCUMENT),
    start,
    end,
    districts: distinct(members, 'districts', 1, MAX_DISTRICTS, isRegion),
    grants: members
      .items('grants', 0, MAX_GRANTS)
      .map((one, n) => readGrant(one, `${where}.grants[${n}]`)),
    void: members.has('void') ? members.text('void', MAX_DOCUMENT) : null,
  };
}

function readGrant(value: Json, where: string): Grant {
  const members = new Members(value, where, 'kind occupations levels');
  const kind = members.choice('kind', KINDS);
  const codes = distinct(members, 'occupations', 1, MAX_OCCUPATIONS, isOccupationCode);
  return { kind, occupations: new Set(codes), levels: readLevels(members) };
}

/** Read the member `levels` of a grant or term. */
export function readLevels(members: Members): Level[] {
  return distinct(members, 'levels', 0, LEVELS.length, (value): value is Level =>
    LEVELS.includes(value as Level),
  );
}

/** Read an array of values that differ from each other. */
export function distinct<Text extends string>(
  members: Members,
  name: string,
  low: number,
  high: number,
  isOne: (value: unknown) => value is Text,
): Text[] {
  const values = members.items(name, low, high).map((value) =>
    isOne(value) ? value : refuse(members.at(name), 'not of the form that the format gives'),
  );
  if (new Set(values).size !== values.length) refuse(members.at(name), 'the same entry twice');
  return values;
}
