import type { Descriptor } from '../descriptors/descriptor.ts';
import { unusable } from '../writer/system-error.ts';
import type { Editor, Reading, Target } from './editor.ts';
import { jsonEditor } from './json/editor.ts';
import { tomlEditor } from './toml/editor.ts';
import { yamlEditor } from './yaml/editor.ts';

/** A larger file takes more than a second to parse, while nothing else is served; in these formats nobody has one. */
const MOST_LENGTH: Partial<Record<Descriptor['format'], number>> = { toml: 1024 * 1024, yaml: 1024 * 1024 };

/** The editor of a client's format, for one edit: it remembers what it read last, since an edit looks at the same texts again and again. */
export function editorOf(descriptor: Descriptor): Editor {
  const editor = plainEditor(descriptor);
  let last: { readonly text: string; readonly target: Target; readonly reading: Reading } | undefined;
  return {
    ...editor,
    read(text, target) {
      if (text.length > (MOST_LENGTH[descriptor.format] ?? Number.POSITIVE_INFINITY)) throw unusable(target.file, 'it is larger than 1 MB');
      if (last?.text !== text || last.target !== target) last = { text, target, reading: editor.read(text, target) };
      return last.reading;
    },
  };
}

function plainEditor({ format }: Descriptor): Editor {
  switch (format) {
    case 'json':
    case 'jsonc':
      return jsonEditor;
    case 'toml':
      return tomlEditor;
    case 'yaml':
      return yamlEditor;
  }
}

/** What the editor has to know about a client's file. */
export function targetOf({ name, key, container, parser }: Descriptor, file: string): Target {
  return { client: name, file, key, container, parser };
}
