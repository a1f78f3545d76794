// SPDX-License-Identifier: Apache-2.0
/**
 * A roster's tags, computed before anybody stands at the gate. The numbers go no further than this
 * worker's stack: what is given back are tags by folded name.
 */

import { SealError } from '../core/credential/errors.ts';
import { tag } from '../core/credential/holder.ts';
import { fold } from '../core/credential/name.ts';
import { documentOf } from './answer.ts';
import type { Person, RosterTags } from './protocol.ts';

const AT_ONCE = 8; // PBKDF2 runs on the engine's own threads

export async function tagsOf(
  people: readonly Person[],
  progress: (share: number) => void,
): Promise<RosterTags> {
  const tags: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  const refused: number[] = [];
  let count = 0;
  for (let start = 0; start < people.length; start += AT_ONCE) {
    const made = await Promise.all(people.slice(start, start + AT_ONCE).map(tagOf));
    for (const [index, one] of made.entries()) {
      if (one === null) refused.push(start + index + 1);
      else {
        count++;
        (tags[one.name] ??= []).push(one.tag);
      }
    }
    progress(Math.min(1, (start + AT_ONCE) / people.length));
  }
  return { tags, count, refused };
}

async function tagOf({ name, document }: Person): Promise<{ name: string; tag: string } | null> {
  try {
    const [kind, number] = documentOf(document);
    return { name: fold(name), tag: await tag(kind, number, name) };
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}
