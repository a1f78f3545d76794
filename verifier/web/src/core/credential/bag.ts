// SPDX-License-Identifier: Apache-2.0
/**
 * One region's bag of a snapshot, judged (docs/format.md §5.6).
 *
 * Read in this order, so that nothing is looked at before somebody answers for it:
 *
 * 1. the chain of roots against the anchor;
 * 2. the manifest, under a `publish` key of the last root;
 * 3. digest and length of every part against the manifest: none missing, none besides;
 * 4. every part under a key of its own role whose window holds the part's `iat`;
 * 5. what belongs together: region, hosts, ages, keys that stand once only.
 *
 * A bag that exists has passed all of it. How old it is and whether its root has expired is for the
 * verdict to say, since that depends on the time of asking.
 */

import { encode } from '../keys/base64url.ts';
import { type Bytes, fromText, toHex } from '../keys/bytes.ts';
import { digest } from '../keys/sha256.ts';
import * as catalogues from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import * as checkpoints from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import * as envelope from './envelope.ts';
import type { Typ } from './envelope.ts';
import { MalformedError, SealError, UntrustedError } from './errors.ts';
import { holds, refuseShared } from './key_record.ts';
import * as manifests from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { statusUri } from './members.ts';
import { keyOf, type Root, verifyChain } from './root.ts';
import * as statusLists from './status_list.ts';
import type { StatusList } from './status_list.ts';
import { Survivors } from './survivors.ts';
import { named, type Texts } from './texts.ts';
import * as trustLists from './trust_list.ts';
import { keysOf, type TrustList } from './trust_list.ts';

const MAX_AGE = 7 * 86_400; // seconds from iat to exp: manifest, trust list, status lists
const MAX_CATALOGUE_AGE = 366 * 86_400; // seconds

/** What one region says, all of it authentic. */
export interface Bag {
  readonly region: string;
  /** Every version, the last in force. */
  readonly roots: readonly Root[];
  /** The last version. */
  readonly root: Root;
  readonly manifest: Manifest;
  readonly trustList: TrustList;
  readonly catalogues: readonly Catalogue[];
  /** By URI. */
  readonly statusLists: ReadonlyMap<string, StatusList>;
  /** By epoch. */
  readonly survivors: ReadonlyMap<number, Survivors>;
  readonly checkpoint: Checkpoint;
  /** As they came. */
  readonly texts: Texts;
}

/** Give every key of a region's last root and trust list, as base64url of its thumbprint. */
export function thumbprints(bag: Bag): Set<string> {
  const records = [...bag.root.keys, ...keysOf(bag.trustList)];
  return new Set(records.map(({ key }) => encode(key.thumbprint)));
}

/**
 * Judge a region's texts.
 * @param anchor `REGION:HEX`; null to hold the chain against its own first version, which shows that
 * the texts agree with each other and nothing else.
 * @throws MalformedError `snapshot.malformed`, `snapshot.anchor` or `snapshot.duplicate_key`
 * @throws UntrustedError `snapshot.…`
 */
export async function judge(texts: Texts, anchor: string | null): Promise<Bag> {
  const roots = await naming('root', () => verifyChain(texts.chain, anchor));
  const root = roots[roots.length - 1] as Root;
  const manifest = await open(
    root,
    'manifest',
    texts.manifest,
    'manifest+jwt',
    manifests.fromBytes,
  );
  await compare(manifest, texts);
  const bag: Bag = {
    region: root.region,
    roots,
    root,
    manifest,
    trustList: await open(
      root,
      'trust_list',
      texts.trustList,
      'trust-list+jwt',
      trustLists.fromBytes,
    ),
    catalogues: await inTurn(texts.catalogues, (text, n) =>
      open(root, `catalogues/${n}`, text, 'catalogue+jwt', catalogues.fromBytes),
    ),
    statusLists: new Map(
      await inTurn([...texts.statusLists], async ([uri, text]) => [
        uri,
        await open(root, uri, text, 'statuslist+jwt', statusLists.fromBytes),
      ]),
    ),
    survivors: new Map(
      await inTurn([...texts.survivors], async ([epoch, text]) => [
        epoch,
        await readSurvivors(root, epoch, text),
      ]),
    ),
    checkpoint: await open(
      root,
      'checkpoint',
      texts.checkpoint,
      'checkpoint+jwt',
      checkpoints.fromBytes,
    ),
    texts,
  };
  demandOneRegion(bag);
  demandAges(bag);
  refuseShared([...root.keys, ...keysOf(bag.trustList)], `region ${bag.region}`);
  return bag;
}

/** Turn what is wrong with a text into what is wrong with the snapshot, and say where. */
export async function naming<T>(where: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof SealError) || error.code.startsWith('snapshot.')) throw error;
    const message = `${where}: ${error.message}; fetch the snapshot again`;
    if (error.code.startsWith('malformed.')) throw new MalformedError('snapshot.malformed', message);
    throw new UntrustedError('snapshot.signature', message);
  }
}

/** One after the other, so that the first fault in the order of the format is the one reported. */
async function inTurn<Item, Result>(
  items: readonly Item[],
  act: (item: Item, n: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const [n, item] of items.entries()) results.push(await act(item, n));
  return results;
}

/** Verify a part under the key of its role, then read it. */
function open<Part extends { readonly iat: number }>(
  last: Root,
  where: string,
  text: string,
  typ: Typ,
  read: (payload: Bytes) => Part,
): Promise<Part> {
  return naming(where, async () => {
    const role = envelope.ROLE_OF_TYP[typ];
    const unverified = envelope.read(text, typ);
    const record = keyOf(last, role, unverified.kid);
    if (record === undefined || record.distrusted) {
      throw new UntrustedError('snapshot.signature', `${where}: not signed by a ${role} key`);
    }
    await unverified.verify(record.key);
    const value = read(unverified.payload);
    if (!holds(record, value.iat)) {
      throw new UntrustedError('snapshot.signature', `${where}: iat outside its key's window`);
    }
    return value;
  });
}

async function compare(manifest: Manifest, texts: Texts): Promise<void> {
  const here = named(texts);
  if (here.map(([name]) => name).join('\n') !== manifest.parts.map(({ name }) => name).join('\n')) {
    wrongPart('the manifest and the parts differ');
  }
  const digests = await Promise.all(here.map(([, text]) => digest(fromText(text))));
  manifest.parts.forEach(({ name, sha256, length }, n) => {
    const found = digests[n];
    if (found === undefined || toHex(found) !== sha256 || here[n]?.[1].length !== length) {
      wrongPart(`${name} is not the text that the manifest lists`);
    }
  });
}

function readSurvivors(last: Root, epoch: number, text: string): Promise<Survivors> {
  if (keyOf(last, 'receipt', String(epoch))?.distrusted !== true) {
    wrongPart(`survivors of epoch ${epoch}, which the root does not distrust`);
  }
  return naming(`survivors/${epoch}`, () => new Survivors(text));
}

function demandOneRegion(bag: Bag): void {
  const { manifest, trustList, checkpoint, root } = bag;
  const parts = [manifest, trustList, ...bag.catalogues];
  if (!parts.every(({ region }) => region === bag.region)) {
    wrongHost(`a part is of another region than ${bag.region}`);
  }
  const iss = `https://${root.hosts[0]}`;
  if (![checkpoint, ...parts].every((part) => part.iss === iss)) {
    wrongHost(`a part is by another registry than ${iss}`);
  }
  for (const [uri, list] of bag.statusLists) {
    if (list.uri !== uri) wrongPart(`the list ${list.uri} stands under ${uri}`);
    if (!root.hosts.includes(statusUri(uri)[0])) wrongHost(`${uri} is under no host of the root`);
  }
  const owners = [...trustList.bodies.values(), ...trustList.authorities];
  if (!owners.every(({ host }) => root.hosts.includes(host))) {
    wrongHost('a body or authority is under a host that the root does not list');
  }
  if (new Set(bag.catalogues.map(({ scheme }) => scheme)).size !== bag.catalogues.length) {
    wrongPart('two catalogues of one scheme');
  }
}

function demandAges(bag: Bag): void {
  const parts = [bag.manifest, bag.trustList, ...bag.statusLists.values()];
  if (parts.some(({ iat, exp }) => exp - iat > MAX_AGE)) {
    tooLong('a part is valid for more than 7 days');
  }
  if (bag.catalogues.some(({ iat, exp }) => exp - iat > MAX_CATALOGUE_AGE)) {
    tooLong('a catalogue is valid for more than 366 days');
  }
}

function wrongPart(what: string): never {
  throw new UntrustedError('snapshot.part', `${what}; fetch the snapshot again`);
}

function wrongHost(what: string): never {
  throw new UntrustedError('snapshot.host', `${what}; tell the registry`);
}

function tooLong(what: string): never {
  throw new UntrustedError('snapshot.ages', `${what}; tell the registry`);
}
