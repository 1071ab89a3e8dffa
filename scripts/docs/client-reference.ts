import type { Acceptance, Descriptor, ParserTraits } from '../../src/client-config/descriptors/descriptor.ts';
import type { FileLocation } from '../../src/client-config/descriptors/location.ts';
import { cell, GENERATED } from './markdown.ts';

const BASES: Readonly<Record<FileLocation['base'], string>> = {
  home: '~',
  config: '~/.config',
  'dot-config': '~/.config',
  library: '~/Library/Application Support',
  roaming: '%APPDATA%',
  local: '%LOCALAPPDATA%',
};

const TRAITS: Readonly<Record<keyof ParserTraits, string>> = {
  comments: 'comments',
  trailingComma: 'a comma behind the last item',
  bom: 'a byte order mark',
  emptyFile: 'an empty file',
  missingKey: 'a file without the key',
  nullKey: 'null under the key',
};

/** docs/clients.md: what is known about each AI client. */
export function clientReference(descriptors: readonly Descriptor[]): string {
  return [
    '# AI clients',
    '',
    GENERATED,
    '',
    'The files that Holdfast writes, and how each client behaves. What is marked _measured_ was seen with the real client, _source_ was read in its source, _docs_ in its documentation; the rest is reported by others. What is not known is left out, never guessed.',
    '',
    'Holdfast changes nothing in these files but its own entries, and of these only the fields that make the connection. Everything else stays as it is, to the byte: comments, order, indentation, line ends, mode, owner, links.',
    '',
    '## What you have to do when a server dies',
    '',
    'For all of them: nothing. The address stays, calls wait for the new server. The last column is about changes of the address itself, e.g. after `client register`.',
    '',
    '| Client | Support | Notices a change of its file | A lost session | `list_changed` | After a change of the address |',
    '|---|---|---|---|---|---|',
    ...descriptors.map(summary),
    '',
    ...descriptors.flatMap(section),
  ].join('\n');
}

function summary({ id, name, support, reactions, entries }: Descriptor): string {
  const { watchesFile, noticesWithinMs, lostSession, listChanged, advice } = reactions;
  const within = noticesWithinMs === undefined ? '' : `, within ${noticesWithinMs} ms`;
  const notices = watchesFile === 'unknown' ? 'not known' : watchesFile ? `yes${within}` : 'no';
  const how = support === 'no-file' ? 'by hand' : entries['streamable-http'] === null ? 'by the stdio bridge' : 'HTTP';
  const columns = [
    `[${name}](#${id})`,
    support === 'discontinued' ? `${how}, discontinued` : how,
    notices,
    known(lostSession),
    known(listChanged),
  ];
  return `| ${[...columns, advice ?? (watchesFile === true ? 'nothing' : 'not known')].map(cell).join(' | ')} |`;
}

function section(descriptor: Descriptor): string[] {
  const { id, name, format, key, container, files, legacyFiles, siblings, projectFile, remarks, entries, parser, lock } = descriptor;
  const kinds = Object.entries(entries).filter(([, template]) => template !== null);
  const facts = [
    `Files: ${places(files)}.`,
    ...(siblings === undefined ? [] : [`Also read: ${siblings.map(code).join(', ')} in the same folder.`]),
    ...(legacyFiles === undefined ? [] : [`Older versions: ${places(legacyFiles)}; kept right where it exists.`]),
    ...(projectFile === undefined ? [] : [`Of a project, never written: ${code(projectFile)}.`]),
    ...moved(files),
    `Servers: ${container === 'map' ? 'by name' : 'a list'} under ${code(key)}, ${format.toUpperCase()}.`,
    ...kinds.map(([kind, template]) => `Entry for ${kind}: ${code(JSON.stringify(shown({ ...template?.owned, ...template?.initial })))}.`),
    ...refusals(parser),
    ...(lock === undefined ? [] : [`Its own lock, a directory ${code('<file>.lock')}, is taken for the moment of writing.`]),
    remarks,
  ];
  return [`## ${id}`, '', `${name}.`, '', ...facts.map((fact) => `- ${fact}`), ''];
}

function places(files: Descriptor['files']): string {
  const named = (system: string, location: FileLocation | null): string =>
    `${system} ${location === null ? 'not known' : code(`${BASES[location.base]}/${location.path}`)}`;
  if (files.linux !== null && files.linux === files.win32) return named('everywhere', files.linux);
  return [named('Linux', files.linux), named('macOS', files.darwin), named('Windows', files.win32)].join(', ');
}

function moved(files: Descriptor['files']): string[] {
  const location = files.linux ?? files.darwin;
  const variables = [
    ...(location?.moved ?? []).map(({ variable, path }) => code(path === undefined ? `$${variable}` : `$${variable}/${path}`)),
    ...(location?.base === 'config' ? [`${code('$XDG_CONFIG_HOME')} in place of ${code('~/.config')}`] : []),
  ];
  return variables.length === 0 ? [] : [`Moved by: ${variables.join(', ')}.`];
}

function refusals(parser: ParserTraits): string[] {
  const traitsThat = (accepted: Acceptance): string =>
    Object.entries(TRAITS)
      .filter(([trait]) => parser[trait as keyof ParserTraits] === accepted)
      .map(([, words]) => words)
      .join(', ');
  const [fatal, ignored] = [traitsThat('fatal'), traitsThat('ignored')];
  return [
    ...(fatal === '' ? [] : [`It does not start with: ${fatal}.`]),
    ...(ignored === '' ? [] : [`It starts without any servers with: ${ignored}.`]),
  ];
}

function shown(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const filled = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'fill' in value ? `<${String(value.fill)}>` : value;
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, filled(value)]));
}

const known = (text: string): string => (text === 'unknown' ? 'not known' : text);
const code = (text: string): string => `\`${text}\``;
