import type { ContainerRequest } from '../../../api/contract/container.ts';
import { usage } from '../../usage.ts';
import { type FlagValues, single, textFlag, textsFlag, toggle } from '../flag.ts';
import { type CallerPlaces, mount } from './mount.ts';
import { publishedPort } from './published-port.ts';
import { size } from './size.ts';

/** What a server in a container may use and reach. */
export const containerFlags = {
  volume: textsFlag(
    'SOURCE:TARGET[:ro|rw]',
    'Folder or file of this machine, or volume of the engine, in the container; an empty one takes all away',
    {
      short: 'v',
    },
  ),
  network: textFlag('NETWORK', 'Network of the container: default (its own), none, host, or one of the engine', { standard: 'default' }),
  publish: textsFlag('[ADDRESS:]HOST:CONTAINER[/udp]', 'Further port of the container; an empty one takes all away', { short: 'p' }),
  memory: single('SIZE', 'Most memory of the container, e.g. 512m; 0 = no limit', size, { standard: '1g' }),
  cpus: single('NUMBER', 'Most cores of the container, e.g. 1.5; 0 = no limit', cores, { standard: '2' }),
  pidsLimit: single('N', 'Most processes and threads in the container; 0 = no limit', pids, { standard: '512' }),
  readOnly: toggle('The container cannot write to its root'),
  noReadOnly: toggle('It can again'),
  user: single('USER[:GROUP]', "User in the container; an empty one is the image's", (text) => (text === '' ? null : text)),
};

/** The part of the request that these flags make; undefined when none was given. @throws HF_USAGE */
export function containerRequest(flags: FlagValues<typeof containerFlags>, places: CallerPlaces): ContainerRequest | undefined {
  if (flags.readOnly && flags.noReadOnly) throw usage('--read-only and --no-read-only cannot be given together');
  const limits = said({ memory: flags.memory, cpus: flags.cpus, pids: flags.pidsLimit });
  const request = said({
    mounts: each(flags.volume, (text) => mount(text, '--volume', places)),
    network: flags.network,
    publish: each(flags.publish, (text) => publishedPort(text, '--publish')),
    limits: Object.keys(limits).length === 0 ? undefined : limits,
    read_only: flags.readOnly || flags.noReadOnly ? flags.readOnly : undefined,
    user: flags.user,
  });
  return Object.keys(request).length === 0 ? undefined : request;
}

/** An empty text alone asks for none at all. */
function each<T>(texts: readonly string[], make: (text: string) => T): T[] | undefined {
  return texts.length === 0 ? undefined : texts.filter((text) => text !== '').map(make);
}

function said<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

function cores(text: string, name: string): number {
  if (!/^\d{1,6}(\.\d{1,6})?$|^\.\d{1,6}$/.test(text)) {
    throw usage(`${name} ${JSON.stringify(text)} is not a number of cores`, 'Write it as 1.5, or 0 for no limit.');
  }
  return Number(text);
}

/** -1 is docker's way to say that there is no limit. */
function pids(text: string, name: string): number {
  if (text === '-1') return 0;
  if (!/^\d{1,9}$/.test(text)) {
    throw usage(`${name} ${JSON.stringify(text)} is not a number of processes`, 'Write it as 512, or 0 for no limit.');
  }
  return Number(text);
}
