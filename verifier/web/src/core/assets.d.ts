// SPDX-License-Identifier: Apache-2.0
/** Files that the build writes into the bundle as data URLs. */
declare module '*.bin?url&inline' {
  const url: string;
  export default url;
}
