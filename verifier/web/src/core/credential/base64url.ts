// SPDX-License-Identifier: Apache-2.0
/** Canonical base64url with the errors of this language (docs/format.md §1.3). */

import * as base64url from '../keys/base64url.ts';
import type { Bytes } from '../keys/bytes.ts';
import { MalformedError } from './errors.ts';

export { encode, encodeInto, lengthOf } from '../keys/base64url.ts';

/** @throws MalformedError `malformed.token` */
export function decode(text: string): Bytes {
  const data = base64url.decode(text);
  if (data === null) throw new MalformedError('malformed.token', 'not canonical base64url');
  return data;
}
