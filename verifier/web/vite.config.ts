// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'src/app',
  base: './',
  build: { outDir: '../../dist', emptyOutDir: true, target: 'es2022' },
});
