// SPDX-License-Identifier: Apache-2.0
/**
 * The certificate: an SD-JWT VC without selective disclosure, signed by the body that evaluated.
 *
 * docs/format.md §2.
 */

import type { Bytes } from '../keys/bytes.ts';
import * as canonical from './canonical.ts';
import type { Json } from './canonical.ts';
import * as envelope from './envelope.ts';
import type { Unverified } from './envelope.ts';
import { MalformedError } from './errors.ts';
import { isTag } from './holder.ts';
import { LEVELS, type Level } from './levels.ts';
import { bodyId, MAX_TIME, Members, refuse, statusUri } from './members.ts';
import { clean } from './name.ts';

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
const BATCH = /^[0-9A-Za-z-]{1,64}$/;
const MAX_INDEX = 2 ** 32 - 1;
const ORDER =
  'iss vct iat exp? status certificate_number kind name holder_tag? occupation level? ' +
  'route region evaluated_on batch detail?';

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
  /** The same as the JSON object that it is. */
  readonly members: Json;
}

/**
 * Read a payload, whose bytes must be the canonical form of what they say.
 * @throws MalformedError `malformed.token` or `malformed.profile`
 */
export function fromBytes(payload: Bytes): Claims {
  return claimsOf(canonical.parse(payload));
}

/**
 * Read a certificate's compact JWS, without the `~` of its SD-JWT text form.
 * @throws MalformedError `malformed.token` or `malformed.profile`
 */
export function read(token: string): [Unverified, Claims] {
  const unverified = envelope.read(token, 'dc+sd-jwt');
  return [unverified, fromBytes(unverified.payload)];
}

function claimsOf(value: Json): Claims {
  const claim = new Members(value, 'certificate', ORDER);
  const iss = claim.raw('iss');
  const [host, bodyCode] = bodyId(iss);
  if (claim.raw('vct') !== VCT) refuse('certificate.vct', 'not the type of this profile');
  const iat = claim.time('iat');
  const kind = claim.choice('kind', KINDS);
  const route = claim.choice('route', ROUTES);
  const occupation = new Members(
    claim.raw('occupation'),
    'certificate.occupation',
    'code name trade?',
  );
  const [statusIndex, uri] = status(claim.raw('status'), host);
  return {
    iss: String(iss),
    host,
    bodyCode,
    iat,
    exp: expiry(claim, kind, iat),
    statusIndex,
    statusUri: uri,
    certificateNumber: claim.match('certificate_number', NUMBER),
    kind,
    name: nameOf(claim.raw('name')),
    holderTag: tag(claim),
    occupationCode: occupation.occupationCode('code'),
    occupationName: occupation.text('name'),
    trade: occupation.has('trade') ? occupation.text('trade') : null,
    level: level(claim, kind),
    route,
    region: claim.region('region'),
    evaluatedOn: claim.civilDate('evaluated_on'),
    batch: claim.match('batch', BATCH),
    detail: details(claim, kind, route),
    members: value,
  };
}

function status(value: Json, host: string): [number, string] {
  const outer = new Members(value, 'certificate.status', 'status_list');
  const entry = new Members(outer.raw('status_list'), 'certificate.status.status_list', 'idx uri');
  const uri = entry.raw('uri');
  if (statusUri(uri)[0] !== host) {
    refuse('certificate.status', 'the list is under another host than iss');
  }
  return [entry.integer('idx', 0, MAX_INDEX), String(uri)];
}

function expiry(claim: Members, kind: Kind, iat: number): number | null {
  if (!claim.has('exp')) {
    if (EXPIRY_REQUIRED.includes(kind)) refuse('certificate.exp', `required for ${kind}`);
    return null;
  }
  if (EXPIRY_REFUSED.includes(kind)) refuse('certificate.exp', `a ${kind} certificate has none`);
  return claim.integer('exp', iat + 1, MAX_TIME);
}

function level(claim: Members, kind: Kind): Level | null {
  if (!claim.has('level')) {
    if (LEVEL_REQUIRED.includes(kind)) refuse('certificate.level', `required for ${kind}`);
    return null;
  }
  if (!LEVEL_REQUIRED.includes(kind) && !LEVEL_OPTIONAL.includes(kind)) {
    refuse('certificate.level', `a ${kind} certificate has no level`);
  }
  return claim.choice('level', LEVELS);
}

function nameOf(value: Json): string {
  if (typeof value !== 'string') return refuse('certificate.name', 'not text');
  try {
    return clean(value);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return refuse('certificate.name', 'characters that no name here may have');
  }
}

function tag(claim: Members): string | null {
  if (!claim.has('holder_tag')) return null;
  const text = claim.raw('holder_tag');
  return isTag(text) ? text : refuse('certificate.holder_tag', 'not four base64url characters');
}

function details(claim: Members, kind: Kind, route: Route): [string, string][] {
  if (!claim.has('detail')) return [];
  const allowed = [...(DETAILS_OF_KIND[kind] ?? []), ...(DETAILS_OF_ROUTE[route] ?? [])].sort();
  const names = allowed.map((member) => `${member}?`).join(' ');
  const detail = new Members(claim.raw('detail'), 'certificate.detail', names);
  const pairs = allowed
    .filter((member) => detail.has(member))
    .map((member): [string, string] => [member, detail.text(member)]);
  if (pairs.length === 0) refuse('certificate.detail', 'empty');
  return pairs;
}
