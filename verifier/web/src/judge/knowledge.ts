// SPDX-License-Identifier: Apache-2.0
/**
 * What this device knows, and how it changes:
 *
 * - what is kept is checked against the anchor on every load, as if a stranger had sent it;
 * - what arrives replaces it by the rules of docs/format.md §5.7, or is refused and changes nothing;
 * - it is kept after it was accepted, in one transaction: a crash leaves the old or the new.
 *
 * There is no way from here to a snapshot that was not checked: without one, nothing is valid.
 */

import { SealError } from '../core/credential/errors.ts';
import { Snapshot } from '../core/credential/snapshot.ts';
import type { Bytes } from '../core/keys/bytes.ts';
import { replace } from '../core/verifier/trusted.ts';
import { below } from './fetch.ts';
import type { Knowledge as Shown, Occupation, State } from './protocol.ts';
import { MAX_SNAPSHOT, refresh } from './refresh.ts';
import * as store from './store.ts';

export type Changed = State & { readonly changed: boolean };

export class Knowledge {
  snapshot: Snapshot | null = null;
  #anchor: string | null = null;
  #base = '';
  #bytes: Bytes | null = null;
  #kept = false;
  /** One change at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  /** Check what is kept against the anchor; whatever does not hold is not used and not kept. */
  async open(base: string, anchor: string | null): Promise<State> {
    return this.#alone(async () => {
      [this.#base, this.#anchor] = [base, anchor];
      [this.snapshot, this.#bytes, this.#kept] = [null, null, false];
      if (anchor === null) return this.#state();
      const kept = await store.read();
      if (kept === null) return this.#state();
      try {
        this.snapshot = await Snapshot.fromBytes(kept.bytes, anchor);
        [this.#bytes, this.#kept] = [kept.bytes, true];
        return this.#state();
      } catch (error) {
        await store.clear();
        return this.#state(codeOf(error));
      }
    });
  }

  /** Load what the registry publishes now. */
  async refresh(progress: (share: number) => void): Promise<Changed> {
    return this.#alone(() => this.#take(() => refresh(below(this.#base), this.#bytes, progress)));
  }

  /** Take a snapshot out of a file, by the same rules. */
  async load(data: Uint8Array): Promise<Changed> {
    return this.#alone(() =>
      this.#take(() => {
        if (data.length > MAX_SNAPSHOT) throw new SealError('malformed.token', 'larger than a snapshot');
        return Promise.resolve(new Uint8Array(data));
      }),
    );
  }

  async forget(): Promise<State> {
    return this.#alone(async () => {
      await store.clear();
      [this.snapshot, this.#bytes, this.#kept] = [null, null, false];
      return this.#state();
    });
  }

  /** The occupations of this region's catalogues, to choose a demand from. */
  occupations(): Occupation[] {
    return (this.snapshot?.home.catalogues ?? []).flatMap((catalogue) =>
      [...catalogue.occupations.values()].map(({ code, name }) => ({ code, name })),
    );
  }

  async #take(load: () => Promise<Bytes>): Promise<Changed> {
    const anchor = this.#anchor;
    if (anchor === null) return { ...this.#state('anchor.none'), changed: false };
    try {
      const data = await load();
      const next = await replace(this.snapshot, data, anchor);
      const changed = next !== this.snapshot && !same(this.#bytes, next.toBytes());
      this.snapshot = next;
      this.#bytes = next.toBytes();
      // After the check, before anybody is told: a crash here leaves the old record.
      this.#kept = await store.write({ bytes: this.#bytes, sequence: next.home.manifest.sequence });
      return { ...this.#state(), changed };
    } catch (error) {
      return { ...this.#state(codeOf(error)), changed: false };
    }
  }

  #state(problem: string | null = null): State {
    return { knowledge: this.snapshot === null ? null : shown(this.snapshot, this.#kept), problem };
  }

  #alone<T>(act: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(act);
    this.#turn = next.catch(() => undefined);
    return next;
  }
}

function shown(snapshot: Snapshot, kept: boolean): Shown {
  const { root, manifest, trustList } = snapshot.home;
  const districts = new Set<string>([root.region]);
  for (const body of trustList.bodies.values()) {
    for (const filing of body.filings) for (const district of filing.districts) districts.add(district);
  }
  return {
    anchor: snapshot.anchor ?? '',
    region: root.region,
    environment: root.environment,
    version: root.version,
    sequence: manifest.sequence,
    until: Math.min(manifest.iat, trustList.iat),
    expires: Math.min(manifest.exp, trustList.exp, root.expires),
    hosts: root.hosts,
    districts: [...districts].sort(),
    peers: [...snapshot.peers.keys()],
    rejected: Object.fromEntries(snapshot.rejectedPeers),
    kept,
  };
}

/** Name a refusal; what has no code is a fault of this program or of its engine. */
function codeOf(error: unknown): string {
  return error instanceof SealError ? error.code : 'internal';
}

function same(one: Uint8Array | null, other: Uint8Array): boolean {
  return one !== null && one.length === other.length && one.every((byte, index) => byte === other[index]);
}
