// SPDX-License-Identifier: Apache-2.0
/** Every vector of tests/vectors/ has the answer that it expects (docs/vectors.md). */

import { deepEqual, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { answer, Question } from './ops.ts';

const FOLDER = new URL('../../../../tests/vectors/', import.meta.url);
const SNAPSHOTS = 'snapshots';

function layers(): string[] {
  const entries = readdirSync(FOLDER, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'));
  return folders.map(({ name }) => name).filter((name) => name !== SNAPSHOTS);
}

function load(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`${SNAPSHOTS}/${name}`, FOLDER)));
}

test('there are vectors', () => ok(layers().length >= 5));

for (const layer of layers()) {
  test(`vectors of ${layer}`, async () => {
    const files = readdirSync(new URL(`${layer}/`, FOLDER)).filter((name) => name.endsWith('.json'));
    ok(files.length > 0);
    for (const name of files) {
      const text = readFileSync(new URL(`${layer}/${name}`, FOLDER), 'utf8');
      const { expect } = JSON.parse(text) as { expect: unknown };
      deepEqual(await answer(new Question(text), load), expect, `${layer}/${name}`);
    }
  });
}
