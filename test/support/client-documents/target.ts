import type { ParserTraits } from '../../../src/client-config/descriptors/descriptor.ts';
import type { Target } from '../../../src/client-config/editors/editor.ts';

/** A parser that accepts everything that is asked about. */
export const lenientParser: ParserTraits = {
  comments: 'ok',
  trailingComma: 'ok',
  bom: 'ok',
  emptyFile: 'ok',
  missingKey: 'ok',
  nullKey: 'ok',
};

/** A target of tests: the file of a client named Test. */
export function targetFor(key: string, container: Target['container'], parser: ParserTraits): Target {
  return { client: 'Test', file: '/home/ada/.test/settings', key, container, parser };
}
