import { describe, expect, it } from 'vitest';
import { documents } from '../../scripts/docs/documents.ts';
import { formatted } from '../../scripts/docs/formatted.mjs';
import { readCheckoutFile } from './checkout.ts';

describe('documents that are made from the code', () => {
  for (const [path, text] of Object.entries(documents())) {
    it(`${path} is what \`npm run docs\` writes`, () => expect(readCheckoutFile(path)).toBe(formatted(path, text)));
  }
});
