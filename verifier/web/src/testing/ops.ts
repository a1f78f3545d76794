// SPDX-License-Identifier: Apache-2.0
/** The closed set of questions, answered in TypeScript (docs/vectors.md lists them). */

import * as base64url from '../core/credential/base64url.ts';
import * as canonical from '../core/credential/canonical.ts';
import type { Json } from '../core/credential/canonical.ts';
import * as carrier from '../core/credential/carrier.ts';
import { fromMembers as readCatalogue, satisfies } from '../core/credential/catalogue.ts';
import { fromBytes as readClaims, type Kind } from '../core/credential/certificate.ts';
import { isConsistent } from '../core/credential/certificate_number.ts';
import * as digits from '../core/credential/digits.ts';
import * as envelope from '../core/credential/envelope.ts';
import { SealError } from '../core/credential/errors.ts';
import * as holder from '../core/credential/holder.ts';
import * as identityNumber from '../core/credential/identity_number.ts';
import type { Level } from '../core/credential/levels.ts';
import { inside } from '../core/credential/members.ts';
import { leafHash, verifyConsistency, verifyInclusion } from '../core/credential/merkle.ts';
import { clean, fold } from '../core/credential/name.ts';
import { fromMembers as readRule } from '../core/credential/number_rule.ts';
import { read as readReceipt } from '../core/credential/receipt.ts';
import { fromMembers as readAgreement, judge, ours } from '../core/credential/recognition.ts';
import { Snapshot } from '../core/credential/snapshot.ts';
import { fromBytes as readStatusList, status } from '../core/credential/status_list.ts';
import { type Bytes, equal, fromText, toHex, toText } from '../core/keys/bytes.ts';
import * as jwk from '../core/keys/jwk.ts';
import { replace } from '../core/verifier/trusted.ts';
import { verify } from '../core/verifier/verify.ts';

export type Load = (name: string) => Bytes;

/** A question as it was written: `op`, and what it needs by name. */
export class Question {
  readonly #text: string;
  readonly #members: Readonly<Record<string, unknown>>;

  /** @param text A JSON object; strings in it may be as strange as they like. */
  constructor(text: string) {
    this.#text = text;
    this.#members = JSON.parse(text) as Record<string, unknown>;
  }

  get op(): string {
    return this.text('op');
  }

  has(name: string): boolean {
    return this.#members[name] !== undefined;
  }

  raw(name: string): unknown {
    return this.#members[name];
  }

  text(name: string): string {
    const value = this.#members[name];
    if (typeof value !== 'string') throw new TypeError(`${name} is not text`);
    return value;
  }

  number(name: string): number {
    const value = this.#members[name];
    if (typeof value !== 'number') throw new TypeError(`${name} is not a number`);
    return value;
  }

  hex(name: string): Bytes {
    return fromHex(this.text(name));
  }

  list(name: string): readonly unknown[] {
    const value = this.#members[name];
    if (!Array.isArray(value)) throw new TypeError(`${name} is not a list`);
    return value;
  }

  /** Give a member as the core reads JSON: JSON.parse puts names that look like numbers in order. */
  json(name: string): Json {
    const whole = canonical.parse(fromText(this.#text), false);
    return whole instanceof Map ? (whole.get(name) ?? null) : null;
  }

  jsons(name: string): Json[] {
    const value = this.json(name);
    if (!Array.isArray(value)) throw new TypeError(`${name} is not a list`);
    return value;
  }
}

export function fromHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/**
 * Answer, or give the code of the refusal.
 * @param load Gives the bytes of a snapshot by its name.
 */
export async function answer(asked: Question, load: Load): Promise<unknown> {
  const act = OPS[asked.op];
  if (act === undefined) throw new RangeError(`no such question: ${asked.op}`);
  try {
    return await act(asked, load);
  } catch (error) {
    if (error instanceof SealError) return { code: error.code };
    throw error;
  }
}

const OPS: Readonly<Record<string, (asked: Question, load: Load) => unknown>> = {
  base64url: (asked) => ({ hex: toHex(base64url.decode(asked.text('text'))) }),
  json: (asked) => {
    const value = canonical.parse(asked.hex('hex'), asked.raw('canonical') === true);
    return { text: toText(canonical.encode(value)) };
  },
  digits: (asked) => ({ hex: toHex(digits.decode(asked.text('text'))) }),
  inside: (asked) => ({ inside: inside(asked.text('region'), asked.text('outer')) }),
  jwk: (asked) => {
    const key = keyOf(asked);
    return { kid: key.kid, thumbprint: toHex(key.thumbprint) };
  },
  envelope: async (asked) => {
    const unverified = envelope.read(asked.text('token'), asked.text('typ') as envelope.Typ);
    if (asked.has('jwk')) await unverified.verify(keyOf(asked));
    return {
      alg: unverified.alg,
      kid: unverified.kid,
      payload: toHex(unverified.payload),
      digest: toHex(unverified.digest),
    };
  },
  certificate: (asked) => {
    const payload = fromText(asked.text('payload'));
    readClaims(payload);
    return { accepted: equal(canonical.encode(canonical.parse(payload)), payload) };
  },
  receipt: (asked) => {
    const [, { host, t, digest, logIndex, epoch }] = readReceipt(asked.text('token'));
    return { host, t, digest: toHex(digest), log_index: logIndex, epoch };
  },
  decode: (asked) => {
    const text = asked.text('text');
    const hosts = (asked.raw('hosts') ?? []) as string[];
    const carried = carrier.isBare(text)
      ? (carrier.candidates(text, hosts)[0] as carrier.Carried)
      : carrier.decode(text);
    return {
      certificate: carried.unverified.token,
      receipt: carried.receiptUnverified?.token ?? null,
      host: carried.host,
      inside: carried.inside,
    };
  },
  clean: (asked) => ({ text: clean(asked.text('text')) }),
  fold: (asked) => ({ text: fold(asked.text('text')) }),
  identity_number: (asked) => {
    const [type, number] = identityNumber.parse(asked.text('text'));
    return { type, number };
  },
  tag: async (asked) => ({
    tag: await holder.tag(asked.number('type'), asked.text('number'), asked.text('name')),
  }),
  number: (asked) => {
    const rules = asked.jsons('rules').map((rule) => readRule(rule, 'rule'));
    const about = {
      kind: asked.text('kind') as Kind,
      certificateNumber: asked.text('number'),
      level: asked.raw('level') as Level | null,
      iat: asked.number('iat'),
    };
    return { consistent: isConsistent(rules, about, asked.text('prefix')) };
  },
  recognition: (asked) => {
    const occupationCode = asked.text('occupation');
    const about = {
      kind: asked.text('kind') as Kind,
      occupationCode,
      level: asked.raw('level') as Level | null,
    };
    const agreements = asked.jsons('agreements').map((one) => readAgreement(one, 'agreement'));
    const found = judge(agreements, about, asked.number('t'), asked.number('asked_at'));
    return {
      reason: found.reason,
      ours: found.term === null ? [] : ours(found.term, occupationCode),
    };
  },
  satisfies: (asked) => {
    const catalogues = asked.jsons('catalogues').map(readCatalogue);
    return { meets: satisfies(catalogues, asked.text('have'), asked.text('want')) };
  },
  status_list: (asked) => {
    const list = readStatusList(fromText(asked.text('payload')));
    return { statuses: asked.list('indexes').map((index) => status(list, index as number)) };
  },
  inclusion: (asked) => {
    const proof = asked.list('proof').map((hash) => fromHex(hash as string));
    const [index, size] = [asked.number('index'), asked.number('size')];
    const leaf = leafHash(asked.hex('entry'));
    verifyInclusion(leaf, index, size, proof, asked.hex('root'));
    return { holds: true };
  },
  consistency: (asked) => {
    const proof = asked.list('proof').map((hash) => fromHex(hash as string));
    const [old, size] = [asked.number('old'), asked.number('size')];
    verifyConsistency(old, size, asked.hex('old_root'), asked.hex('root'), proof);
    return { holds: true };
  },
  snapshot: async (asked, load) => {
    const data = fileOf(asked, 'snapshot', load);
    const length = asked.has('length') ? asked.number('length') : data.length;
    const read = await Snapshot.fromBytes(data.slice(0, length), anchorOf(asked));
    return { anchored: read.anchored, rejected_peers: Object.fromEntries(read.rejectedPeers) };
  },
  replace: async (asked, load) => {
    const old = await Snapshot.fromBytes(load(asked.text('old')), anchorOf(asked));
    const kept = await replace(old, fileOf(asked, 'new', load), asked.text('anchor'));
    const bags = [kept.home, ...kept.peers.values()];
    return {
      kept: Object.fromEntries(bags.map(({ region, manifest }) => [region, manifest.sequence])),
      rejected_peers: Object.fromEntries(kept.rejectedPeers),
    };
  },
  verify: async (asked, load) => {
    const snapshot = await judged(asked, load);
    const verdict = await verify(asked.text('text'), snapshot, {
      at: Date.parse(asked.text('at')) / 1000,
      region: asked.text('region'),
      holder: holderOf(asked),
      demand: asked.raw('demand') as string | undefined,
      maxAge: asked.raw('max_age') as number | undefined,
    });
    return {
      outcome: verdict.outcome,
      reason: verdict.reason,
      shown: verdict.certificate !== null,
      checks: Object.fromEntries(
        verdict.checks.map(({ name, outcome, reason }) => [name, [outcome, reason]]),
      ),
    };
  },
};

const known = new Map<string, Promise<Snapshot>>();

/** Judge a file once: hundreds of questions are about the same. */
function judged(asked: Question, load: Load): Promise<Snapshot> {
  const name = asked.text('snapshot');
  const key = `${name} ${anchorOf(asked)}`;
  const found = known.get(key) ?? Snapshot.fromBytes(load(name), anchorOf(asked));
  known.set(key, found);
  return found;
}

/** Read a file, with members in the place of its own where the question has some. */
function fileOf(asked: Question, name: string, load: Load): Bytes {
  const data = load(asked.text(name));
  const members = asked.json('with');
  const whole = members === null ? null : canonical.parse(data, false); // some files are no JSON
  if (!(whole instanceof Map && members instanceof Map)) return data;
  return canonical.encode(new Map([...whole, ...members]));
}

function keyOf(asked: Question) {
  const members = asked.json('jwk');
  if (!(members instanceof Map)) throw new TypeError('jwk is not an object');
  return jwk.fromMembers(members);
}

function anchorOf(asked: Question): string | null {
  return (asked.raw('anchor') ?? null) as string | null;
}

function holderOf(asked: Question): string | identityNumber.IdentityNumber | undefined {
  const person = asked.raw('holder') as string | { type: number; number: string } | undefined;
  return typeof person === 'object' ? [person.type, person.number] : person;
}
