import type { Client } from '../../api/contract/clients.ts';
import { facts } from '../output/facts.ts';
import { table } from '../output/table.ts';
import { plainText } from '../output/terminal-text.ts';
import { relativeTime } from '../output/time.ts';

const HEAD = ['CLIENT', 'INSTALLED', 'REGISTERED', 'ENTRIES', 'FILE'];

/** Entries that are as they should be need no names. */
const AS_IT_SHOULD = 'written';

/** `holdfast client status` for people. */
export function clientTable(clients: readonly Client[], paintHead: (text: string) => string): string {
  return table(
    HEAD,
    clients.map((client) => [
      client.client_type,
      yesNo(client.installed),
      yesNo(client.registered),
      entriesCell(client),
      client.files.map(({ file }) => plainText(file)).join(', ') || '-',
    ]),
    paintHead,
  );
}

function entriesCell({ files }: Client): string {
  if (files.some(({ problem }) => problem !== null)) return 'cannot be edited';
  const entries = files.flatMap((file) => file.entries);
  const written = new Set(entries.filter(({ state }) => state === AS_IT_SHOULD).map(({ name }) => name)).size;
  const others = entries.filter(({ state }) => state !== AS_IT_SHOULD).map(({ name, state }) => `${plainText(name)} ${state}`);
  const cells = [...(written === 0 ? [] : [`${written} written`]), ...new Set(others)];
  return cells.length === 0 ? '-' : cells.join(', ');
}

/** Everything about one client. @param now ms since the epoch */
export function clientFacts(client: Client, now: number): string {
  const { groups, files } = client;
  return facts([
    ['Client', `${client.name} (${client.client_type})`],
    ['Installed', yesNo(client.installed)],
    ['Registered', client.since === null ? yesNo(client.registered) : `${yesNo(client.registered)}, ${relativeTime(client.since, now)}`],
    ['Groups', client.registered ? groupsCell(groups) : ''],
    ['Refresh', client.client_refresh ?? (client.registered ? "as the workloads' own" : '')],
    ['Watches its file', client.watches_file === null ? 'not known' : yesNo(client.watches_file)],
    ['After a change', client.advice ?? ''],
    ['Files', files.map(fileText).join('\n') || (client.editable ? '' : 'none that can be edited here')],
  ]);
}

function fileText({ file, exists, entries, problem }: Client['files'][number]): string {
  const lines = entries.map(({ name, state }) => `  ${name}: ${state}`);
  return [`${file}${exists ? '' : ' (not there)'}`, ...lines, ...(problem === null ? [] : [`  ${problem.message} (${problem.code})`])].join(
    '\n',
  );
}

export function groupsCell(groups: readonly string[] | null): string {
  return groups === null ? 'all' : groups.join(', ');
}

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
