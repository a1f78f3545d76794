// SPDX-License-Identifier: Apache-2.0
/**
 * Sound and vibration of a verdict, for somebody who is not looking: two notes up for VALID, one long
 * low one for INVALID, three short middle ones for "cannot tell".
 */

import type { Outcome } from '../judge/protocol.ts';
import * as settings from './settings.ts';

type Note = readonly [hertz: number, from: number, seconds: number];

const NOTES: Readonly<Record<Outcome, readonly Note[]>> = {
  VALID: [[880, 0, 0.09], [1320, 0.1, 0.14]],
  INVALID: [[196, 0, 0.55]],
  INDETERMINATE: [[523, 0, 0.1], [523, 0.17, 0.1], [523, 0.34, 0.1]],
};
const BEATS: Readonly<Record<Outcome, number[]>> = {
  VALID: [60],
  INVALID: [500],
  INDETERMINATE: [120, 90, 120, 90, 120],
};

let context: AudioContext | undefined;

/** Browsers let a page sound only after a touch: make the instrument ready at the first one. */
export function prepare(): void {
  const wake = (): void => {
    try {
      context ??= new AudioContext();
      if (context.state === 'suspended') void context.resume();
    } catch {
      // no sound on this device
    }
  };
  for (const event of ['pointerdown', 'keydown']) addEventListener(event, wake, { passive: true });
}

export function isMuted(): boolean {
  return settings.read('muted') === 'yes';
}

export function mute(on: boolean): void {
  settings.write('muted', on ? 'yes' : null);
}

export function signal(outcome: Outcome): void {
  navigator.vibrate?.(BEATS[outcome]);
  if (isMuted() || context === undefined || context.state !== 'running') return;
  for (const [hertz, from, seconds] of NOTES[outcome]) {
    const start = context.currentTime + from;
    const tone = new OscillatorNode(context, { frequency: hertz, type: outcome === 'INVALID' ? 'square' : 'sine' });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setTargetAtTime(0.3, start, 0.01);
    gain.gain.setTargetAtTime(0, start + seconds, 0.02);
    tone.connect(gain).connect(context.destination);
    tone.start(start);
    tone.stop(start + seconds + 0.2);
  }
}
