import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Slot } from './slot.ts';

/** What an engine leaves on the machine outside of its folder when it is killed: bridges, rules of the packet filter, control groups. */
export function removeTraces(slot: Slot): void {
  const bridges = bridgesOf(slot);
  for (const bridge of bridges) quietly('ip', ['link', 'delete', bridge]);
  removeRules(slot, bridges);
  removeControlGroups(slot);
}

/** Interfaces that are named after the slot, or have an address of it. */
function bridgesOf(slot: Slot): string[] {
  const listed = JSON.parse(quietly('ip', ['-json', 'address']) || '[]') as { ifname: string; addr_info?: { local?: string }[] }[];
  const belongs = ({ ifname, addr_info: addresses = [] }: (typeof listed)[number]): boolean =>
    ifname.startsWith(slot.bridge) || addresses.some(({ local = '' }) => isInSlot(slot, local));
  return listed.filter(belongs).map(({ ifname }) => ifname);
}

function isInSlot(slot: Slot, address: string): boolean {
  const [first, second, third] = slot.gateway.split('.');
  const parts = address.split('.');
  return parts[0] === first && parts[1] === second && (Number(parts[2]) & 0b1110_0000) === Number(third);
}

/** Rules that name a bridge or an address of the slot, and the chains that CNI made for a container of it. */
function removeRules(slot: Slot, bridges: readonly string[]): void {
  const saved = quietly('iptables-save', []);
  const commands: string[] = [];
  for (const [table = '', ...lines] of saved.split(/^\*/m).map((part) => part.split('\n'))) {
    const rules = lines.filter((line) => line.startsWith('-A '));
    const chains = new Set<string>();
    const isDead = (rule: string): boolean =>
      rule.split(' ').some((word) => bridges.includes(word) || chains.has(word) || word.startsWith(slot.bridge) || isInSlot(slot, word));
    for (const rule of rules) {
      const [, chain = ''] = rule.split(' ');
      if (isDead(rule) && /^CNI-(DN-)?[0-9a-f]{20,}$/.test(chain)) chains.add(chain);
    }
    const deletions = rules.filter(isDead).map((rule) => `-D${rule.slice(2)}`);
    if (deletions.length > 0) commands.push(`*${table}`, ...deletions, ...[...chains].map((chain) => `-X ${chain}`), 'COMMIT');
  }
  if (commands.length > 0) quietly('iptables-restore', ['--noflush'], `${commands.join('\n')}\n`);
}

/** Empty groups of the containers whose ids the folder of the engine tells. */
function removeControlGroups(slot: Slot): void {
  const folders = [join(slot.folder, 'data', 'containers'), join(slot.folder, 'storage', 'overlay-containers')];
  const ids = folders.flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : [])).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const root = '/sys/fs/cgroup';
  if (ids.length === 0 || !existsSync(root)) return;
  const roots = [root, ...readdirSync(root).map((controller) => join(root, controller))];
  for (const parent of roots.flatMap((folder) => ['docker', 'libpod_parent'].map((name) => join(folder, name)))) {
    if (!existsSync(parent)) continue;
    for (const name of readdirSync(parent)) if (ids.some((id) => name.includes(id))) removeGroup(join(parent, name));
  }
}

function removeGroup(folder: string): void {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) removeGroup(join(folder, entry.name));
    rmdirSync(folder);
  } catch {
    // A process of it is only just ending; an empty group harms nobody.
  }
}

/** The output of a command; nothing where it fails, because what it was to remove may be gone already. */
function quietly(command: string, args: readonly string[], input = ''): string {
  try {
    return execFileSync(command, args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}
