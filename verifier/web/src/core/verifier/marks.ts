// SPDX-License-Identifier: Apache-2.0
/**
 * The closed set of checks, their results and their reason codes (docs/format.md §6).
 *
 * A mark is what one check came to. A code that is not in the specification cannot get into one.
 */

export const CHECKS = [
  'carrier',
  'issuer',
  'key',
  'signature',
  'receipt',
  'standing',
  'scope',
  'dates',
  'status',
  'number',
  'recognition',
  'holder',
  'fitness',
  'freshness',
] as const;
/** In the order of reporting. */
export type CheckName = (typeof CHECKS)[number];

export const FAIL_CODES = [
  'malformed.carrier',
  'malformed.url',
  'malformed.token',
  'malformed.profile',
  'carrier.origin',
  'issuer.not_filed',
  'signature.invalid',
  'key.unknown',
  'key.not_valid_then',
  'key.distrusted',
  'receipt.missing',
  'receipt.invalid',
  'receipt.mismatch',
  'receipt.distrusted',
  'standing.suspended',
  'standing.removed',
  'standing.void',
  'scope.kind',
  'scope.occupation',
  'scope.level',
  'scope.district',
  'scope.expired',
  'dates.expired',
  'dates.not_yet',
  'dates.backdated',
  'status.revoked',
  'status.suspended',
  'status.superseded',
  'number.inconsistent',
  'recognition.none',
  'recognition.kind',
  'recognition.occupation',
  'recognition.level',
  'recognition.expired',
  'holder.mismatch',
  'holder.malformed',
  'fitness.kind',
  'fitness.occupation',
  'fitness.level',
] as const;
export type FailCode = (typeof FAIL_CODES)[number];

export const UNKNOWN_CODES = [
  'issuer.unknown',
  'issuer.not_filed',
  'key.unknown',
  'signature.unsupported',
  'standing.unknown',
  'scope.unknown',
  'dates.expired',
  'status.unknown',
  'recognition.unknown',
  'holder.absent',
  'freshness.expired',
  'freshness.clock',
  'freshness.unanchored',
  'internal',
] as const;
export type UnknownCode = (typeof UNKNOWN_CODES)[number];

export type Mark =
  | { readonly outcome: 'pass'; readonly reason: 'freshness.stale' | null }
  | { readonly outcome: 'fail'; readonly reason: FailCode }
  | { readonly outcome: 'unknown'; readonly reason: UnknownCode }
  | { readonly outcome: 'not_asked' | 'skipped'; readonly reason: null };

export const PASS: Mark = { outcome: 'pass', reason: null };
export const STALE: Mark = { outcome: 'pass', reason: 'freshness.stale' };
export const SKIPPED: Mark = { outcome: 'skipped', reason: null };
export const NOT_ASKED: Mark = { outcome: 'not_asked', reason: null };

export function fail(reason: FailCode): Mark {
  return { outcome: 'fail', reason };
}

export function unknown(reason: UnknownCode): Mark {
  return { outcome: 'unknown', reason };
}

export function isFailCode(code: string): code is FailCode {
  return (FAIL_CODES as readonly string[]).includes(code);
}

/** What a fail becomes where newer knowledge could change it (§6.3); undefined: it stays. */
export function softened(reason: FailCode): UnknownCode | undefined {
  switch (reason) {
    case 'issuer.not_filed':
    case 'key.unknown':
    case 'dates.expired':
      return reason;
    case 'key.not_valid_then':
      return 'key.unknown';
    case 'standing.suspended':
    case 'standing.removed':
      return 'standing.unknown';
    case 'status.suspended':
      return 'status.unknown';
    default:
      if (reason.startsWith('scope.')) return 'scope.unknown';
      return reason.startsWith('recognition.') ? 'recognition.unknown' : undefined;
  }
}

/** Tell what is judged at the time of asking: old knowledge or a wrong clock makes it unknown. */
export function isOfTheHour(reason: FailCode): boolean {
  return (
    reason === 'status.suspended' ||
    reason === 'dates.expired' ||
    reason.startsWith('recognition.')
  );
}
