// SPDX-License-Identifier: Apache-2.0
/** The icons: strokes in a field of 24 × 24, one shape for each family of verdict. */

import { drawing } from './dom.ts';

const SHAPES = {
  valid: ['M12 2 20 5v6c0 5-3.4 9-8 11-4.6-2-8-6-8-11V5z', 'm8 12 3 3 5-6'],
  forged: ['M7.9 2h8.2L22 7.9v8.2L16.1 22H7.9L2 16.1V7.9z', 'm8 8 8 8', 'm16 8-8 8'],
  damaged: ['M3 3h7v7H3z', 'M14 3h7v7', 'M3 14v7h7', 'm13 13 8 8', 'm21 13-8 8'],
  foreign: ['M3 3h6v6H3z', 'M15 3h6v6h-6z', 'M3 15h6v6H3z', 'M14.5 15.5a3 3 0 1 1 4 2.8c-.7.3-1 .8-1 1.5', 'M17.5 22.4v.1'],
  revoked: ['M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z', 'm5 5 14 14'],
  suspended: ['M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z', 'M9.5 8v8', 'M14.5 8v8'],
  superseded: ['M4 12a8 8 0 0 1 13.7-5.6L20 9', 'M20 4v5h-5', 'M20 12a8 8 0 0 1-13.7 5.6L4 15', 'M4 20v-5h5'],
  scope: ['M3 8V3h5', 'M16 3h5v5', 'M21 16v5h-5', 'M8 21H3v-5', 'M12 12h9', 'm18 9 3 3-3 3'],
  standing: ['M4 21V9l8-6 8 6v12', 'M4 21h16', 'm9 11 6 6', 'm15 11-6 6'],
  expired: ['M4 5h16v16H4z', 'M4 10h16', 'M8 3v4', 'M16 3v4', 'm9.5 13 5 5', 'm14.5 13-5 5'],
  recognition: ['M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z', 'M2 12h20', 'M12 2c3 3 4 6.5 4 10s-1 7-4 10c-3-3-4-6.5-4-10s1-7 4-10z'],
  holder: ['M9 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z', 'M2 21c0-4 3-6.5 7-6.5s7 2.5 7 6.5', 'm17 8 5 5', 'm22 8-5 5'],
  fitness: ['M3 17a9 9 0 0 1 18 0', 'M2 20h20', 'M10 8.5V5h4v3.5', 'M10 5v7', 'M14 5v7'],
  unknown: ['M12 3 22.5 21h-21z', 'M9.8 12a2.3 2.3 0 1 1 3.3 2.1c-.7.3-1.1.8-1.1 1.5', 'M12 18.2v.1'],
  camera: ['M4 8h3l2-3h6l2 3h3v11H4z', 'M12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z'],
  picture: ['M3 4h18v16H3z', 'm3 17 6-6 5 5 2-2 5 5', 'M16 8v.1'],
  gate: ['M4 21V4h10v17', 'M2 21h20', 'M11 12v1', 'M14 8l6 3v10'],
  torch: ['M8 3h8v4l-2 3v11h-4V10L8 7z', 'M8 7h8'],
  refresh: ['M4 12a8 8 0 0 1 13.7-5.6L20 9', 'M20 4v5h-5', 'M20 12a8 8 0 0 1-13.7 5.6L4 15', 'M4 20v-5h5'],
  pass: ['m5 12 5 5 9-11'],
  fail: ['m6 6 12 12', 'm18 6-12 12'],
  not_asked: ['M6 12h12'],
  skipped: ['M12 12h.1'],
  question: ['M9 9a3 3 0 1 1 4 2.8c-.7.3-1 .8-1 1.7', 'M12 17.5v.1'],
  sound: ['M4 9h4l5-4v14l-5-4H4z', 'M16.5 8.5a5 5 0 0 1 0 7'],
  mute: ['M4 9h4l5-4v14l-5-4H4z', 'm17 9.5 5 5', 'm22 9.5-5 5'],
} as const satisfies Record<string, readonly string[]>;

export type IconName = keyof typeof SHAPES;

export function icon(name: IconName): SVGSVGElement {
  return drawing(SHAPES[name], name);
}
