// SPDX-License-Identifier: Apache-2.0
/** The two frozen tables are those of docs/format.md §4.3 and §8; another would silently differ. */

import { equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { toHex } from '../keys/bytes.ts';
import { sha256 } from '../keys/sha256.ts';
import { DICTIONARY } from './deflate.ts';

const CREDENTIAL = new URL('../../../../../credential/', import.meta.url);
const FORMAT = readFileSync(new URL('../docs/format.md', CREDENTIAL), 'utf8');

test('the dictionary of the carrier', () => {
  equal(DICTIONARY.length, 7066);
  equal(FORMAT.includes(toHex(sha256(DICTIONARY))), true);
});

test('the folding table of names', () => {
  const table = readFileSync(new URL('tables/folding.json', CREDENTIAL));
  equal(FORMAT.includes(toHex(sha256(table))), true);
});
