import { keyedUrl } from '../../core/clients/keyed-url.ts';
import type { Registration } from '../../core/clients/registration.ts';
import type { ClientEntry } from '../../core/ports/client-config.ts';

/** What is written for a workload into the file of a registered client. @param url keyless */
export type EntryMaker = (name: string, url: string, registration: Registration) => ClientEntry;

/** How the command line is started by programs that know no PATH. */
export interface OwnProgram {
  /** Absolute. */
  readonly command: string;
  readonly args: readonly string[];
}

/** @param program the command line of this home */
export function createEntryMaker(program: OwnProgram): EntryMaker {
  return (name, url, { client, key }) => ({
    name,
    url: keyedUrl(url, key),
    transport: 'streamable-http',
    bridge: { command: program.command, args: [...program.args, 'proxy', 'stdio', name, '--client', client] },
  });
}
