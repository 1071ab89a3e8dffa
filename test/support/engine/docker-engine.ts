import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineProgram, type ProgramOptions, plainEnv } from './engine-program.ts';

/** A dockerd with a bridge of its own, so that it lives beside others, and with none of the machine's configuration. */
export function dockerProgram({ slot, socket, args = [], env = {} }: ProgramOptions): EngineProgram {
  const bridge = `${slot.bridge}0`;
  makeBridge(bridge, `${slot.gateway}/24`);
  const configuration = join(slot.folder, 'daemon.json');
  // What the engine calls itself comes from this key; by default all engines of a machine share one.
  writeFileSync(configuration, JSON.stringify({ 'deprecated-key-path': join(slot.folder, 'key.json') }));
  const exec = join(slot.folder, 'exec');
  const pidFile = join(slot.folder, 'docker.pid');
  const command = [
    'dockerd',
    `--host=unix://${socket}`,
    `--config-file=${configuration}`,
    `--data-root=${join(slot.folder, 'data')}`,
    `--exec-root=${exec}`,
    `--pidfile=${pidFile}`,
    `--bridge=${bridge}`,
    `--default-address-pool=base=${slot.pool},size=25`,
    '--exec-opt=native.cgroupdriver=cgroupfs',
    // A dockerd that starts makes the chains anew that all engines of a machine share, and the others' containers are cut off.
    // Ports of loopback are published by a program, which needs none.
    '--iptables=false',
    ...args,
  ];
  return { command, env: { ...plainEnv(slot), ...env }, volatile: [exec, pidFile] };
}

/** Left as it is where it is there already: containers of an engine that was killed hang on it. */
function makeBridge(name: string, address: string): void {
  const ip = (...args: string[]): Buffer => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const links = JSON.parse(String(ip('-json', 'link'))) as { ifname: string }[];
  if (links.some(({ ifname }) => ifname === name)) return;
  ip('link', 'add', name, 'type', 'bridge');
  ip('address', 'add', address, 'dev', name);
  ip('link', 'set', name, 'up');
  // Where forwarding is off dockerd turns it on, and then drops what it does not know, other engines' packets too.
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
}
