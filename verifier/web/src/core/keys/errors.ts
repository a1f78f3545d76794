// SPDX-License-Identifier: Apache-2.0
/**
 * The errors of this language, by who must act; the same codes as in Python (docs/errors.md).
 *
 * What a verdict finds out about a certificate (revoked, expired, out of scope) is a reason, never an
 * exception.
 */

/** A refusal with a code that never changes; the message is for people. */
export class SealError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The bytes are not of the format: whoever made them must act. */
export class MalformedError extends SealError {}

/** A signature, key or proof does not hold: do not go on. */
export class UntrustedError extends SealError {}

/** What stands already stands against it. */
export class ConflictError extends SealError {}

/** Something outside does not answer: try again later. */
export class UnavailableError extends SealError {}
