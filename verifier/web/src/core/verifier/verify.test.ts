// SPDX-License-Identifier: Apache-2.0
/** `verify` is total: whatever it is given, and whatever fails inside, it answers and never says VALID. */

import { deepEqual, equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Snapshot } from '../credential/snapshot.ts';
import type { Asking } from './facts.ts';
import { verify } from './verify.ts';

const FILE = new URL('../../../../../tests/vectors/snapshots/usual.json', import.meta.url);
const snapshot = await Snapshot.fromBytes(new Uint8Array(readFileSync(FILE)), null);
const ASKING: Asking = { at: 1_790_007_200, region: '310000' };

test('a fault of the program is internal', async () => {
  const broken = { anchored: true, home: null } as unknown as Snapshot;
  const verdict = await verify('12', broken, ASKING);
  deepEqual([verdict.outcome, verdict.reason], ['INDETERMINATE', 'internal']);
  equal(verdict.checks.length, 14);
});

test('a question that is none is internal', async () => {
  for (const wrong of [{ at: Number.NaN }, { demand: 'nonsense' }]) {
    const verdict = await verify('12', snapshot, { ...ASKING, ...wrong });
    equal(verdict.reason, 'internal');
  }
  equal((await verify(undefined as unknown as string, snapshot, ASKING)).reason, 'internal');
});

test('without an anchor nothing is believed', async () => {
  const verdict = await verify('eyJ', snapshot, ASKING);
  deepEqual([verdict.outcome, verdict.reason], ['INVALID', 'malformed.token']);
  equal(verdict.checks.at(-1)?.reason, 'freshness.unanchored');
  equal(verdict.environment, null);
});
