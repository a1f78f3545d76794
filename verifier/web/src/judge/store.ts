// SPDX-License-Identifier: Apache-2.0
/**
 * The snapshot in force, kept in IndexedDB: one record, replaced in one transaction.
 *
 * A crash before the transaction ends leaves the old record, afterwards the new one; nothing is in
 * between. What is read back is never trusted: it is checked against the anchor like a file from a
 * stranger.
 */

const NAME = 'skillseal';
const STORE = 'snapshot';
const KEY = 'current';

export interface Kept {
  /** The one-file form of docs/format.md §5.6. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The manifest's sequence, so that a tab with older knowledge does not write over newer. */
  readonly sequence: number;
}

/** Read the record; null where there is none, or where this browser keeps nothing. */
export async function read(): Promise<Kept | null> {
  try {
    const value: unknown = await inStore('readonly', (store) => store.get(KEY));
    return isKept(value) ? value : null;
  } catch {
    return null;
  }
}

/** Write the record unless a newer one is there; false where this device cannot keep it. */
export async function write(kept: Kept): Promise<boolean> {
  try {
    await inStore('readwrite', (store) => {
      const before = store.get(KEY);
      before.onsuccess = () => {
        const other: unknown = before.result;
        if (!isKept(other) || !(other.sequence > kept.sequence)) store.put(kept, KEY);
      };
      return before;
    });
    return true;
  } catch {
    return false;
  }
}

/** Forget the record, whatever it is. */
export async function clear(): Promise<void> {
  try {
    await inStore('readwrite', (store) => store.delete(KEY));
  } catch {
    // nothing is kept where nothing can be
  }
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false;
  const { bytes, sequence } = value as Partial<Kept>;
  return bytes instanceof Uint8Array && typeof sequence === 'number';
}

function inStore<T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error ?? new Error('no store'));
    opening.onblocked = () => reject(new Error('the store is blocked'));
    opening.onsuccess = () => {
      const database = opening.result;
      // Another tab wants a newer layout: let it.
      database.onversionchange = () => database.close();
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        database.close();
        resolve(request.result);
      };
      transaction.onabort = () => {
        database.close();
        reject(transaction.error ?? new Error('the store refused'));
      };
    };
  });
}
