import { posix } from 'node:path';
import type { EngineTls } from '../client/engine-address.ts';
import type { Caller, EngineWay, ReadText } from './engine-way.ts';

const FORWARD =
  'Forward the socket, `ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock HOST`, and set DOCKER_HOST=unix:///tmp/engine.sock.';

/** `DOCKER_HOST`, which Docker's own command line reads, and `CONTAINER_HOST`, which Podman's reads. */
export function variableWays(caller: Caller, readText: ReadText): EngineWay[] {
  const { env } = caller;
  const ways: EngineWay[] = [];
  const docker = env['DOCKER_HOST'];
  if (docker) ways.push({ strategy: 'DOCKER_HOST', leads: leadTo(docker, environmentTls(caller, readText)), chosenFor: ['docker'] });
  const podman = env['CONTAINER_HOST'];
  if (podman) ways.push({ strategy: 'CONTAINER_HOST', leads: leadTo(podman, null), chosenFor: ['podman'] });
  return ways;
}

/** An address as the engines' own command lines take it. @param tls null = none; a sentence = asked for in a way that is not supported */
export function leadTo(address: string, tls: EngineTls | string | null): EngineWay['leads'] {
  if (/^(?:unix:\/\/\/|npipe:\/\/)/.test(address)) return { to: { address, tls: null } };
  if (address.startsWith('ssh://')) return { nowhere: `ssh:// is not supported. ${FORWARD}` };
  // Docker takes `host:2376` for TCP.
  const full = /^[\w.-]+:\d+$/.test(address) ? `tcp://${address}` : address;
  if (!full.startsWith('tcp://') || full === 'tcp://') {
    return { nowhere: `${JSON.stringify(address)} is neither unix:///PATH nor tcp://HOST:PORT. Set it to one of them.` };
  }
  if (typeof tls === 'string') return { nowhere: tls };
  return { to: { address: full.replace(/\/+$/, ''), tls } };
}

/** TLS as Docker's command line has it from the environment: with DOCKER_TLS_VERIFY only, and the files of DOCKER_CERT_PATH. */
function environmentTls({ env, home }: Caller, readText: ReadText): EngineTls | string | null {
  if (!env['DOCKER_TLS_VERIFY']) {
    return env['DOCKER_TLS'] ? 'DOCKER_TLS without DOCKER_TLS_VERIFY would not verify the engine. Set DOCKER_TLS_VERIFY=1.' : null;
  }
  return tlsFiles(env['DOCKER_CERT_PATH'] || env['DOCKER_CONFIG'] || posix.join(home, '.docker'), readText);
}

/** Those of the three files that are there. */
export function tlsFiles(folder: string, readText: ReadText): EngineTls {
  const file = (name: string): string | null => {
    const path = posix.join(folder, name);
    return readText(path) === null ? null : path;
  };
  return { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') };
}
