import { isIP } from 'node:net';
import type { ContainerRequest } from '../../../api/contract/container.ts';
import { usage } from '../../usage.ts';

type PublishedPort = NonNullable<ContainerRequest['publish']>[number];

const FORM = 'Write it as 8080:80, 127.0.0.1:8080:80 or 5353:53/udp; a host port of 0 is any free one.';
const LOOPBACK = '127.0.0.1';

/** `[ADDRESS:]HOST:CONTAINER[/tcp|udp]`, or `CONTAINER` alone for any free port. An IPv6 address stands in brackets. @throws HF_USAGE */
export function publishedPort(text: string, name: string): PublishedPort {
  const refuse = (why: string): never => {
    throw usage(`${name} ${JSON.stringify(text)}: ${why}`, FORM);
  };
  const [, ports = '', protocol = 'tcp'] = /^(.*?)(?:\/(\w*))?$/s.exec(text) ?? [];
  if (protocol !== 'tcp' && protocol !== 'udp') return refuse(`${JSON.stringify(protocol)} is neither tcp nor udp`);
  const [, bracketed, plain, host = '0', container = ''] =
    /^(?:(?:\[([^\]]*)\]|([^:]*)):(?=[^:]*:))?(?:([^:]*):)?([^:]*)$/s.exec(ports) ?? [];
  if (container === '') return refuse('it has no port of the container');
  const address = bracketed ?? plain ?? LOOPBACK;
  if (isIP(address) !== (bracketed === undefined ? 4 : 6)) return refuse(`${JSON.stringify(address)} is not an IP address`);
  return {
    host_address: address,
    host_port: port(host === '' ? '0' : host, 0, refuse),
    container_port: port(container, 1, refuse),
    protocol,
  };
}

function port(text: string, least: number, refuse: (why: string) => never): number {
  if (/^\d+-\d+$/.test(text)) return refuse('ranges are not taken; publish each port by itself');
  const number = Number(text);
  return /^\d{1,5}$/.test(text) && number >= least && number <= 65_535 ? number : refuse(`${JSON.stringify(text)} is not a port`);
}
