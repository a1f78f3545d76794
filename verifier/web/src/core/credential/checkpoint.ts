// SPDX-License-Identifier: Apache-2.0
/**
 * A checkpoint: how long the log is and what its root is (docs/format.md §5.5, §10).
 *
 *     {"iss":"https://HOST","iat":n,"size":1234,"root":"<43 characters>"}
 */

import type { Bytes } from '../keys/bytes.ts';
import * as canonical from './canonical.ts';
import { Members, registryHost } from './members.ts';

const MAX_SIZE = 2 ** 40; // leaves: a log index has five bytes

/** The log at one moment. */
export interface Checkpoint {
  readonly iss: string;
  readonly iat: number;
  /** Leaves. */
  readonly size: number;
  /** Of the tree over them, base64url of 32 bytes. */
  readonly root: string;
}

/** @throws MalformedError `malformed.token` or `malformed.profile` */
export function fromBytes(payload: Bytes): Checkpoint {
  const members = new Members(canonical.parse(payload), 'checkpoint', 'iss iat size root');
  registryHost(members.raw('iss'), members.at('iss'));
  return {
    iss: String(members.raw('iss')),
    iat: members.time('iat'),
    size: members.integer('size', 0, MAX_SIZE),
    root: members.digest('root'),
  };
}
