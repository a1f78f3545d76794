// SPDX-License-Identifier: Apache-2.0
/**
 * Certificate numbers, compared with their certificates (docs/format.md §9).
 *
 * None of them has a check digit, so the fields are what can be checked: the year is that of `iat` in
 * China, the level that of the certificate, and the prefix that of the body in the trust list.
 */

import type { Claims } from './certificate.ts';
import { disagreement, type NumberRule } from './number_rule.ts';

const CHINA = 8 * 3_600; // seconds ahead of UTC

/** Give the civil year of a time in China. */
export function yearOf(iat: number): number {
  return new Date((iat + CHINA) * 1000).getUTCFullYear();
}

/**
 * Compare a number with its certificate; it must agree with one of the rules of its kind, and a kind
 * without a rule passes.
 * @param prefix What the trust list registers for the body.
 */
export function isConsistent(
  rules: readonly NumberRule[],
  claims: Pick<Claims, 'kind' | 'certificateNumber' | 'level' | 'iat'>,
  prefix: string,
): boolean {
  const year = yearOf(claims.iat);
  const tried = rules.filter((rule) => rule.kind === claims.kind);
  return (
    tried.length === 0 ||
    tried.some(
      (rule) => disagreement(rule, claims.certificateNumber, claims.level, year, prefix) === '',
    )
  );
}
