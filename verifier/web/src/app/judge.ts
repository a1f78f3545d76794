// SPDX-License-Identifier: Apache-2.0
/**
 * The page's end of the judge. A worker that dies, or does not answer in time, leaves an error behind,
 * which every caller shows as "cannot tell": silence is never a pass.
 */

import type { CallName, Calls, Request, Response } from '../judge/protocol.ts';

// Milliseconds: a snapshot of 64 MiB over a slow network and on an old phone; one verdict.
const PATIENCE = 600_000;
const PATIENCE_FOR_ONE = 20_000;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class JudgeError extends Error {}

export class Judge {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #hasSpoken = false;
  /** Why it never started; null while it may have. */
  #dead: string | null = null;
  /** Hears how far a refresh has come, from 0 to 1. */
  onprogress: (share: number) => void = () => undefined;

  constructor() {
    this.#worker = new Worker(new URL('../judge/main.ts', import.meta.url), { type: 'module' });
    this.#worker.onmessage = ({ data }: MessageEvent<Response>) => this.#hear(data);
    this.#worker.onerror = (event) => this.#fail(event.message || 'the judge stopped');
    this.#worker.onmessageerror = () => this.#fail('the judge answered what cannot be read');
  }

  /** Ask and wait. */
  async ask<N extends CallName>(call: N, take: Calls[N]['take']): Promise<Calls[N]['give']> {
    if (this.#dead !== null) throw new JudgeError(this.#dead);
    const id = this.#next++;
    const request: Request = { id, call, take };
    return new Promise<Calls[N]['give']>((resolve, reject) => {
      const clock = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new JudgeError('the judge does not answer'));
      }, call === 'verify' ? PATIENCE_FOR_ONE : PATIENCE);
      const done = (): void => {
        clearTimeout(clock);
        this.#waiting.delete(id);
      };
      this.#waiting.set(id, {
        resolve: (value) => {
          done();
          resolve(value as Calls[N]['give']);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      this.#worker.postMessage(request);
    });
  }

  #hear(response: Response): void {
    this.#hasSpoken = true;
    if ('progress' in response) {
      this.onprogress(response.progress);
      return;
    }
    const waiting = this.#waiting.get(response.id);
    if (waiting === undefined) return;
    if ('failed' in response) waiting.reject(new JudgeError(response.failed));
    else waiting.resolve(response.give);
  }

  #fail(message: string): void {
    if (!this.#hasSpoken) this.#dead = message;
    for (const waiting of [...this.#waiting.values()]) waiting.reject(new JudgeError(message));
  }
}
