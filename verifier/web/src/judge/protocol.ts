// SPDX-License-Identifier: Apache-2.0
/**
 * What the page and the judge say to each other. The judge is a worker: it alone holds the snapshot,
 * reads and writes the store, and decides, so that checking a large snapshot never freezes the screen.
 */

export type Outcome = 'VALID' | 'INVALID' | 'INDETERMINATE';
export type Mark = 'pass' | 'fail' | 'unknown' | 'not_asked' | 'skipped';

export interface CheckMembers {
  readonly name: string;
  readonly outcome: Mark;
  readonly reason: string | null;
  readonly detail: string | null;
}

/** The claims of docs/format.md §2; present only where the body's signature held. */
export interface CertificateMembers {
  readonly certificate_number: string;
  readonly kind: string;
  readonly name: string;
  readonly occupation: { readonly code: string; readonly name: string; readonly trade?: string };
  readonly level?: string;
  readonly route: string;
  readonly region: string;
  readonly evaluated_on: string;
  readonly exp?: number;
  readonly iss: string;
}

export interface IssuerMembers {
  readonly id: string;
  readonly name: string;
  readonly filing: string | null;
  readonly standing_now: string;
  readonly recognition: string | null;
}

/** The object of `skillseal verify --json`. */
export interface VerdictMembers {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly environment: string | null;
  readonly checks: readonly CheckMembers[];
  readonly certificate: CertificateMembers | null;
  readonly issuer: IssuerMembers | null;
  readonly knowledge: string | null;
  readonly age_seconds: number | null;
  readonly anchor: string | null;
}

export interface Question {
  readonly text: string;
  /** The time of asking, seconds since 1970, of the page's clock. */
  readonly at: number;
  readonly region: string;
  /** A document's number as typed, `<number>` or `<type>:<number>`; never kept. */
  readonly document?: string;
  /** Tags of people who bear the certificate's name, from a roster. */
  readonly roster?: Readonly<Record<string, readonly string[]>>;
  readonly demand?: string;
}

export interface Answer {
  readonly verdict: VerdictMembers;
  /** Whether a name in the roster is the certificate's; null where no roster was asked. */
  readonly onRoster: boolean | null;
  /** No snapshot was there to judge by. */
  readonly withoutData: boolean;
}

/** What this device knows, for the status line and the settings. */
export interface Knowledge {
  readonly anchor: string;
  readonly region: string;
  readonly environment: string;
  readonly version: number;
  readonly sequence: number;
  /** Seconds since 1970: everything before is settled. */
  readonly until: number;
  readonly expires: number;
  readonly hosts: readonly string[];
  readonly districts: readonly string[];
  readonly peers: readonly string[];
  /** Peers left out, with the code of the refusal. */
  readonly rejected: Readonly<Record<string, string>>;
  /** Whether it is kept on this device, so that it outlives the page. */
  readonly kept: boolean;
}

export interface Occupation {
  readonly code: string;
  readonly name: string;
}

export interface Person {
  readonly name: string;
  readonly document: string;
}

/** A roster's tags, by folded name, and what could not be used, by row from 1. */
export interface RosterTags {
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly count: number;
  readonly refused: readonly number[];
}

export type State = { readonly knowledge: Knowledge | null; readonly problem: string | null };

/** Each call, with what it takes and gives. */
export interface Calls {
  /** Load what is kept, and check it against the anchor again. */
  open: { take: { base: string; anchor: string | null }; give: State };
  /** Load what the registry publishes now, part by part. */
  refresh: { take: null; give: State & { readonly changed: boolean } };
  /** Take a snapshot out of a file. */
  load: { take: Uint8Array; give: State & { readonly changed: boolean } };
  verify: { take: Question; give: Answer };
  occupations: { take: null; give: readonly Occupation[] };
  tags: { take: readonly Person[]; give: RosterTags };
  forget: { take: null; give: State };
}

export type CallName = keyof Calls;
export interface Request {
  readonly id: number;
  readonly call: CallName;
  readonly take: unknown;
}
export type Response =
  | { readonly id: number; readonly give: unknown }
  | { readonly id: number; readonly failed: string }
  | { readonly progress: number };
