// SPDX-License-Identifier: Apache-2.0
/**
 * What a region recognises of a peer's certificates (docs/format.md §5.2, §6.2 step 12).
 *
 * - dated: judged at the time of asking, for certificates registered in a window;
 * - one-way, and not transitive: a peer's terms count for nothing here;
 * - typed: `relation` says what theirs is to ours, and only `same` and `broader` are enough.
 */

import { RELATIONS } from './catalogue.ts';
import type { Json } from './canonical.ts';
import { KINDS, type Kind } from './certificate.ts';
import type { Level } from './levels.ts';
import { Members, refuse } from './members.ts';
import { type Asked as AskedOfScope, MAX_DOCUMENT, meetsLevel, readLevels } from './filing.ts';

const MAX_TERMS = 64;
const MAX_EQUIVALENCES = 2_000; // of one term
const EXISTING = ['keep', 'drop'] as const;
const REASONS = [
  'recognition.expired',
  'recognition.kind',
  'recognition.occupation',
  'recognition.level',
] as const;

/** What a certificate asks of an agreement. */
type Asked = Pick<AskedOfScope, 'kind' | 'occupationCode' | 'level'>;

/** One kind × occupations × levels that is recognised. */
export interface Term {
  readonly kind: Kind;
  /** Our codes by theirs, where theirs is enough; null stands for `"*"`, every one under its own. */
  readonly occupations: ReadonlyMap<string, readonly string[]> | null;
  /** Empty for a kind without levels. */
  readonly levels: readonly Level[];
}

/** One agreement, or one national rule, about one peer. */
export interface Recognition {
  /** The peer's. */
  readonly region: string;
  /** Number of the document that it rests on. */
  readonly document: string;
  readonly start: number;
  readonly end: number | null;
  /** Registered from then on, seconds since 1970. */
  readonly issuedFrom: number;
  /** Registered before then; null where open. */
  readonly issuedUntil: number | null;
  /** After its end: `keep` what was registered before, or `drop` all. */
  readonly existing: (typeof EXISTING)[number];
  /** Whether it rests on a national rule instead of a bilateral document; judged alike. */
  readonly national: boolean;
  readonly terms: readonly Term[];
}

/** What a look at the agreements came to. */
export interface Judged {
  /** Null where it is recognised. */
  readonly reason: (typeof REASONS)[number] | 'recognition.none' | null;
  /** The agreement that recognises it, or came furthest; null where there is none. */
  readonly agreement: Recognition | null;
  /** The term that recognises it. */
  readonly term: Term | null;
}

/** Give our codes for an occupation of theirs; empty where it is not recognised. */
export function ours(term: Term, theirs: string): readonly string[] {
  return term.occupations === null ? [theirs] : (term.occupations.get(theirs) ?? []);
}

/** Tell whether a peer's certificate, registered at t, is recognised at the time of asking. */
export function judge(
  agreements: readonly Recognition[],
  asked: Asked,
  t: number,
  at: number,
): Judged {
  let furthest = -1;
  let nearest: Recognition | null = null;
  for (const agreement of agreements) {
    if (agreement.start > at) continue;
    const [reach, term] = covers(agreement, t, at) ? attempt(agreement, asked) : [0, null];
    if (term !== null) return { reason: null, agreement, term };
    if (reach > furthest) [furthest, nearest] = [reach, agreement];
  }
  return { reason: REASONS[furthest] ?? 'recognition.none', agreement: nearest, term: null };
}

/** Tell whether an agreement counts at the time of asking for what was registered at t. */
function covers(agreement: Recognition, t: number, at: number): boolean {
  const { issuedFrom, issuedUntil, end, existing } = agreement;
  if (t < issuedFrom || (issuedUntil !== null && t >= issuedUntil)) return false;
  return end === null || at < end || (existing === 'keep' && t < end);
}

function attempt(agreement: Recognition, asked: Asked): [number, Term | null] {
  let furthest = 0;
  for (const term of agreement.terms) {
    const reach = reachOf(term, asked);
    if (reach === 3) return [REASONS.length, term];
    furthest = Math.max(furthest, reach);
  }
  return [furthest + 1, null];
}

/** Count how many of kind, occupation and level are met, in this order. */
function reachOf(term: Term, asked: Asked): number {
  if (asked.kind !== term.kind) return 0;
  if (ours(term, asked.occupationCode).length === 0) return 1;
  return meetsLevel(asked.level, term.levels) ? 3 : 2;
}

/** @throws MalformedError `malformed.profile` */
export function fromMembers(value: Json, where: string): Recognition {
  const names = 'region document from to issued_from issued_until existing national? terms';
  const members = new Members(value, where, names);
  const [start, end] = [members.time('from'), members.end('to')];
  const [issuedFrom, issuedUntil] = [members.time('issued_from'), members.end('issued_until')];
  if (end !== null && end <= start) refuse(members.at('to'), 'not after from');
  if (issuedUntil !== null && issuedUntil <= issuedFrom) {
    refuse(members.at('issued_until'), 'not after issued_from');
  }
  return {
    region: members.region('region'),
    document: members.text('document', MAX_DOCUMENT),
    start,
    end,
    issuedFrom,
    issuedUntil,
    existing: members.choice('existing', EXISTING),
    national: members.mark('national'),
    terms: members
      .items('terms', 0, MAX_TERMS)
      .map((one, n) => readTerm(one, `${where}.terms[${n}]`)),
  };
}

function readTerm(value: Json, where: string): Term {
  const members = new Members(value, where, 'kind occupations levels');
  const kind = members.choice('kind', KINDS);
  const occupations = members.raw('occupations') === '*' ? null : readOccupations(members);
  return { kind, occupations, levels: readLevels(members) };
}

function readOccupations(members: Members): ReadonlyMap<string, readonly string[]> {
  const pairs = new Set<string>();
  const table = new Map<string, string[]>();
  for (const one of members.items('occupations', 0, MAX_EQUIVALENCES)) {
    const entry = new Members(one, members.at('occupations'), 'theirs ours relation');
    const [theirs, our] = [entry.occupationCode('theirs'), entry.occupationCode('ours')];
    if (pairs.has(`${theirs} ${our}`)) refuse(members.at('occupations'), 'the same pair twice');
    pairs.add(`${theirs} ${our}`);
    if (entry.choice('relation', RELATIONS) === 'narrower') continue;
    table.set(theirs, [...(table.get(theirs) ?? []), our]);
  }
  return table;
}
