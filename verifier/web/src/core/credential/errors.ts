// SPDX-License-Identifier: Apache-2.0
/** The errors of the shared language. */
export {
  ConflictError,
  MalformedError,
  SealError,
  UnavailableError,
  UntrustedError,
} from '../keys/errors.ts';
