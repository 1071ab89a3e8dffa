import type { Container } from '../api/contract/container.ts';
import { sizeText } from './flags/container/size.ts';

/** An id as engines show it: 12 characters, without `sha256:`. */
export const shortId = (id: string): string => id.replace(/^sha256:/, '').slice(0, 12);

/** The lines of `holdfast status` about a container; none where the server is none. */
export function containerFacts(container: Container | null | undefined): (readonly [string, string])[] {
  if (!container) return [];
  const { image, limits } = container;
  return [
    ['Engine', container.engine],
    ['Container', container.id === null ? '' : shortId(container.id)],
    ['Image', image.reference],
    ['Image id', shortId(image.id)],
    ['Digest', image.digest ?? ''],
    [
      'Limits',
      `memory ${sizeText(limits.memory)}, ${countText(limits.cpus, 'core', 'cores')}, ${countText(limits.pids, 'process', 'processes')}`,
    ],
    ['Network', container.network],
    ['Published', container.publish.map(portText).join('\n')],
    ['Mounts', container.mounts.map(mountText).join('\n')],
    ['Root', container.read_only ? 'read-only' : ''],
    ['User', container.user ?? ''],
  ];
}

/** As `-v` takes it. */
function mountText({ source, target, read_only: readOnly }: Container['mounts'][number]): string {
  return `${source}:${target}${readOnly ? ':ro' : ''}`;
}

/** As `-p` takes it. */
function portText({ host_address: address, host_port: host, container_port: port, protocol }: Container['publish'][number]): string {
  return `${address.includes(':') ? `[${address}]` : address}:${host}:${port}${protocol === 'udp' ? '/udp' : ''}`;
}

function countText(count: number, one: string, many: string): string {
  return count === 0 ? `any number of ${many}` : `${count} ${count === 1 ? one : many}`;
}
