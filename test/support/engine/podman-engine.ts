import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineProgram, type ProgramOptions, plainEnv } from './engine-program.ts';
import type { Slot } from './slot.ts';

const PLUGINS = '/usr/lib/cni';

/** A Podman service with storage, networks and configuration of its own. */
export function podmanProgram({ slot, socket, args = [], env = {} }: ProgramOptions): EngineProgram {
  const at = (name: string): string => join(slot.folder, name);
  for (const folder of ['bin', 'cni', 'plugins', '.config/containers']) mkdirSync(at(folder), { recursive: true });
  writeFileSync(at('.config/containers/policy.json'), JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
  writeFileSync(
    at('registries.conf'),
    `unqualified-search-registries = ["docker.io"]\n[[registry]]\nlocation = "127.0.0.1"\ninsecure = true\n`,
  );
  writeFileSync(at('storage.conf'), storageConfiguration(slot));
  writeFileSync(at('containers.conf'), configuration(slot));
  writeFileSync(at('bin/runc'), RUNTIME, { mode: 0o755 });
  writeFileSync(at('bin/conmon'), MONITOR, { mode: 0o755 });
  writeFileSync(at('plugins/bridge'), bridgePlugin(slot), { mode: 0o755 });
  if (!existsSync(at('cni/podman.conflist'))) writeFileSync(at('cni/podman.conflist'), JSON.stringify(defaultNetwork(slot), null, 2));
  const command = [
    'podman',
    `--root=${at('storage')}`,
    `--runroot=${at('run')}`,
    `--tmpdir=${at('tmp')}`,
    `--volumepath=${at('volumes')}`,
    `--network-config-dir=${at('cni')}`,
    '--cgroup-manager=cgroupfs',
    '--events-backend=file',
    '--runtime=runc',
    ...args,
    'system',
    'service',
    '--time=0',
    `unix://${socket}`,
  ];
  const own = {
    CONTAINERS_CONF: at('containers.conf'),
    CONTAINERS_STORAGE_CONF: at('storage.conf'),
    CONTAINERS_REGISTRIES_CONF: at('registries.conf'),
  };
  return { command, env: { ...plainEnv(slot), ...own, ...env }, volatile: [at('run'), at('tmp')] };
}

function storageConfiguration(slot: Slot): string {
  return `[storage]\ndriver = ""\ngraphroot = "${join(slot.folder, 'storage')}"\nrunroot = "${join(slot.folder, 'run')}"\n`;
}

function configuration(slot: Slot): string {
  return `
[containers]
http_proxy = false
[network]
network_backend = "cni"
cni_plugin_dirs = ["${join(slot.folder, 'plugins')}", "${PLUGINS}"]
default_subnet = "${slot.subnet}"
default_subnet_pools = [{ base = "${slot.pool}", size = 25 }]
[engine]
runtime = "runc"
conmon_path = ["${join(slot.folder, 'bin', 'conmon')}"]
[engine.runtimes]
runc = ["${join(slot.folder, 'bin', 'runc')}"]
`;
}

/**
 * Podman asks for as many open files and processes as the kernel can have, unless a container says otherwise, and takes no other default for
 * a container that is made by its API. A machine inside another one may not grant that; it is left out then.
 */
const RUNTIME = `#!/bin/sh
real=$(command -v runc)
for word; do
  [ "$bundle" = next ] && bundle=$word
  [ "$word" = --bundle ] || [ "$word" = -b ] && bundle=next
done
if [ -n "$bundle" ] && [ -f "$bundle/config.json" ]; then
  sed -i -E 's/\\{"type":"RLIMIT_(NOFILE|NPROC)","hard":(1048576|4194304),"soft":[0-9]+\\},?//g; s/,\\]/]/' "$bundle/config.json"
fi
exec "$real" "$@"
`;

/**
 * Debian's monitor of containers leaves the note of an OOM kill in its working directory, the root of the machine, where its Podman never
 * looks for it. Where both are newer it is found.
 */
const MONITOR = `#!/bin/sh
for word; do
  [ "$before" = -b ] && [ -d "$word" ] && cd "$word"
  before=$word
done
exec $(PATH=/usr/libexec/podman:/usr/lib/podman:$PATH command -v conmon) "$@"
`;

/**
 * Podman names its bridges by a number that another private Podman may have, too. The addresses in use are kept in the private /var/lib/cni.
 * With a network it removes the bridge by the name that it gave: one under the other name stays, and is removed before it is used again.
 */
function bridgePlugin(slot: Slot): string {
  return `#!/bin/sh
config=$(sed 's/"bridge":"cni-podman/"bridge":"${slot.bridge}/')
bridge=$(printf %s "$config" | sed -n 's/.*"bridge":"\\([^"]*\\)".*/\\1/p')
ports=/sys/class/net/$bridge/brif
[ "$CNI_COMMAND" = ADD ] && [ -d "$ports" ] && [ -z "$(ls "$ports")" ] && ip link delete "$bridge"
printf %s "$config" | ${PLUGINS}/bridge
`;
}

function defaultNetwork(slot: Slot): object {
  const ranges = [[{ subnet: slot.subnet, gateway: slot.gateway }]];
  const routes = [{ dst: '0.0.0.0/0' }];
  return {
    cniVersion: '0.4.0',
    name: 'podman',
    plugins: [
      {
        type: 'bridge',
        bridge: `${slot.bridge}0`,
        isGateway: true,
        ipMasq: true,
        hairpinMode: true,
        ipam: { type: 'host-local', routes, ranges },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
      { type: 'firewall' },
      { type: 'tuning' },
    ],
  };
}
