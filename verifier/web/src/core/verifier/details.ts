// SPDX-License-Identifier: Apache-2.0
/**
 * The particulars behind a mark, for people: dates, numbers, what has changed since.
 *
 * Made only when somebody looks. They are not part of the verdict and are never compared.
 */

import { entryAt } from '../credential/scope.ts';
import type { Body } from '../credential/body.ts';
import type { Facts } from './facts.ts';
import type { CheckName } from './marks.ts';

/** Write a time as ISO 8601, UTC. */
export function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Name a body's standing at a time: a state, `void`, or `none` before its first entry. */
export function standingNow(body: Body, at: number): string {
  return body.void === null ? (entryAt(body, at)?.state ?? 'none') : 'void';
}

/** Give the particulars of one check, or null where there is nothing to add. */
export function detailOf(facts: Facts, check: CheckName): string | null {
  const { issuer, knowledge, t } = facts;
  if (check === 'freshness') return knowledge === null ? null : `knowledge of ${iso(knowledge)}`;
  if (check === 'receipt') {
    const stamp = facts.carried?.receiptClaims ?? null;
    if (t === null || stamp === null) return null;
    return `registered ${iso(t)}, log index ${stamp.logIndex}, epoch ${stamp.epoch}`;
  }
  const claims = facts.carried?.claims;
  if (issuer === null || claims === undefined) return null;
  switch (check) {
    case 'issuer':
      return issuer.body.name;
    case 'key':
      return `${issuer.record.key.alg} ${issuer.record.kid}`;
    case 'standing':
      return `today ${standingNow(issuer.body, facts.at)}`;
    case 'scope':
      return facts.filing;
    case 'dates':
      return `issued ${iso(claims.iat)}${claims.exp === null ? '' : `, expires ${iso(claims.exp)}`}`;
    case 'status':
      return `${claims.statusUri} ${claims.statusIndex}`;
    default:
      return check === 'recognition' ? facts.agreement : null;
  }
}
