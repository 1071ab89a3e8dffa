import type { Descriptor } from '../descriptors/descriptor.ts';
import type { Editor, Target } from './editor.ts';
import { jsonEditor } from './json/editor.ts';
import { tomlEditor } from './toml/editor.ts';
import { yamlEditor } from './yaml/editor.ts';

/** The editor of a client's format. */
export function editorOf({ format }: Descriptor): Editor {
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
