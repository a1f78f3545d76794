// SPDX-License-Identifier: Apache-2.0
/**
 * The texts of one region as they stand in a snapshot (docs/format.md §5.6).
 *
 * Form only: what the texts say is judged by `bag.ts`.
 */

import type { Json } from './canonical.ts';
import { Members, refuse, statusUri } from './members.ts';

const MAX_CHAIN = 64; // root versions
const MAX_SIGNATURES = 32; // of one version
const MAX_CATALOGUES = 64;
const MAX_LISTS = 3_000;
export const NAMES = 'root manifest trust_list catalogues status_lists survivors? checkpoint';

const EPOCH = /^(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9][0-9]?)$/;
const ASCII = /^[\u0000-\u007f]*$/;

/** Every text of one region. */
export interface Texts {
  /** The compact JWS of each root version. */
  readonly chain: readonly (readonly string[])[];
  readonly manifest: string;
  readonly trustList: string;
  readonly catalogues: readonly string[];
  /** By URI, in the order of the lists' names. */
  readonly statusLists: ReadonlyMap<string, string>;
  /** By epoch, rising. */
  readonly survivors: ReadonlyMap<number, string>;
  readonly checkpoint: string;
}

/** Give name and text of every part that a manifest lists, in its order. */
export function named(texts: Texts): [name: string, text: string][] {
  const lists = Array.from(texts.statusLists, ([uri, text]): [string, string] => [
    `status_lists/${statusUri(uri)[1]}`,
    text,
  ]);
  const survivors = Array.from(texts.survivors, ([epoch, text]): [string, string] => [
    `survivors/${epoch}`,
    text,
  ]);
  return [
    ['trust_list', texts.trustList],
    ...texts.catalogues.map((text, n): [string, string] => [`catalogues/${n}`, text]),
    ...lists,
    ...survivors,
    ['checkpoint', texts.checkpoint],
  ];
}

/** Count the characters of all texts. */
export function lengthOf(texts: Texts): number {
  const all = [texts.manifest, ...texts.chain.flat(), ...named(texts).map(([, text]) => text)];
  return all.reduce((sum, text) => sum + text.length, 0);
}

/** Write a region's members of a snapshot. */
export function toMembers(texts: Texts): Map<string, Json> {
  const members = new Map<string, Json>([
    ['root', texts.chain.map((tokens) => [...tokens])],
    ['manifest', texts.manifest],
    ['trust_list', texts.trustList],
    ['catalogues', [...texts.catalogues]],
    ['status_lists', new Map(texts.statusLists)],
  ]);
  if (texts.survivors.size > 0) {
    members.set(
      'survivors',
      new Map(Array.from(texts.survivors, ([epoch, text]) => [String(epoch), text])),
    );
  }
  return members.set('checkpoint', texts.checkpoint);
}

/**
 * Read a region's members, which have been taken with `NAMES`.
 * @throws MalformedError `malformed.profile`
 */
export function fromMembers(members: Members): Texts {
  return {
    chain: members.items('root', 1, MAX_CHAIN).map((one) => {
      if (!Array.isArray(one) || one.length < 1 || one.length > MAX_SIGNATURES) {
        return refuse(members.at('root'), `not an array of 1 to ${MAX_SIGNATURES} items`);
      }
      return one.map((token) => textOf(token, members.at('root')));
    }),
    manifest: textOf(members.raw('manifest'), members.at('manifest')),
    trustList: textOf(members.raw('trust_list'), members.at('trust_list')),
    catalogues: members
      .items('catalogues', 0, MAX_CATALOGUES)
      .map((one) => textOf(one, members.at('catalogues'))),
    statusLists: readLists(members),
    survivors: readSurvivors(members),
    checkpoint: textOf(members.raw('checkpoint'), members.at('checkpoint')),
  };
}

function textOf(value: Json, where: string): string {
  return typeof value === 'string' && ASCII.test(value)
    ? value
    : refuse(where, 'not the text of a token');
}

function mapping(members: Members, name: string): Map<string, string> {
  const value = members.raw(name);
  if (!(value instanceof Map) || value.size > MAX_LISTS) {
    return refuse(members.at(name), `not an object of at most ${MAX_LISTS} texts`);
  }
  return new Map(Array.from(value, ([key, text]) => [key, textOf(text, members.at(name))]));
}

function readLists(members: Members): Map<string, string> {
  const lists = mapping(members, 'status_lists');
  for (const uri of lists.keys()) statusUri(uri, members.at('status_lists'));
  return lists;
}

function readSurvivors(members: Members): Map<number, string> {
  if (!members.has('survivors')) return new Map();
  const listed = mapping(members, 'survivors');
  if (listed.size === 0 || ![...listed.keys()].every((epoch) => EPOCH.test(epoch))) {
    refuse(members.at('survivors'), 'empty, or not by epoch');
  }
  return new Map(Array.from(listed, ([epoch, text]) => [Number(epoch), text]));
}
