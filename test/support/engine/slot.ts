import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isAlive } from '../processes.ts';
import { removeTraces } from './traces.ts';

/** Each private engine has a number of its own: its folder, the name of its bridges and its addresses follow from it. */
export interface Slot {
  readonly number: number;
  /** In memory: an engine makes thousands of small files, which some disks take seconds for. */
  readonly folder: string;
  /** Names of its bridges begin with it. */
  readonly bridge: string;
  /** Address of the bridge of its default network, with the length of its prefix. */
  readonly gateway: string;
  readonly subnet: string;
  /** Networks of its user are taken from here. */
  readonly pool: string;
}

const SLOTS = 128;
/** A folder without an owner is one that is just being swept, or one whose sweeper was killed, ms. */
const SWEEP_BOUND_MS = 60_000;

/** Takes a free number for this process. What processes left behind that were killed is removed first. */
export function claimSlot(): Slot {
  const base = baseFolder();
  mkdirSync(base, { recursive: true, mode: 0o700 });
  sweepSlots();
  const claim = join(base, `claim-${process.pid}-${Math.trunc(performance.now() * 1_000)}`);
  mkdirSync(claim, { mode: 0o700 });
  writeFileSync(join(claim, 'owner'), ownerOf(process.pid));
  for (let number = 0; number < SLOTS; number += 1) {
    const slot = slotOf(base, number);
    const taken = dirname(slot.folder);
    if (existsSync(taken) || !renamed(claim, taken)) continue;
    mkdirSync(slot.folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=0711', 'holdfast-engine', slot.folder]);
    return slot;
  }
  rmSync(claim, { recursive: true });
  throw new Error(`all ${SLOTS} slots for private engines are taken: see ${base}`);
}

/** Removes all that a slot's engine left: its processes must have ended. */
export function releaseSlot(slot: Slot): void {
  removeTraces(slot);
  if (existsSync(slot.folder)) spawnSync('umount', ['--lazy', slot.folder]);
  rmSync(dirname(slot.folder), { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

function slotOf(base: string, number: number): Slot {
  // A /19 each, out of 10.192.0.0/12: the lower half for the default network, the upper one for others.
  const second = 192 + (number >> 3);
  const third = (number & 7) << 5;
  return {
    number,
    folder: join(base, String(number), 'disk'),
    bridge: `hfe${number}-`,
    gateway: `10.${second}.${third}.1`,
    subnet: `10.${second}.${third}.0/24`,
    pool: `10.${second}.${third + 16}.0/20`,
  };
}

function baseFolder(): string {
  return join(tmpdir(), 'holdfast-engines');
}

/** Removes what is left of the engines of processes that were killed. */
export function sweepSlots(): void {
  const base = baseFolder();
  if (!existsSync(base)) return;
  for (const name of readdirSync(base)) {
    if (!/^\d+$/.test(name)) continue;
    const slot = slotOf(base, Number(name));
    const owner = join(base, name, 'owner');
    if (existsSync(owner) ? isOwned(owner) : isYoung(join(base, name))) continue;
    // Whoever renames it sweeps it.
    if (existsSync(owner) && !renamed(owner, `${owner}-of-the-dead`)) continue;
    releaseSlot(slot);
  }
}

function isOwned(file: string): boolean {
  const owner = readFileSync(file, 'utf8');
  return isAlive(Number(owner.split(' ')[0])) && ownerOf(Number(owner.split(' ')[0])) === owner;
}

/** A process, so that another one with its pid is not taken for it. */
function ownerOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const startTime = stat.slice(stat.lastIndexOf(')')).split(' ')[20] ?? '';
  return `${pid} ${startTime}`;
}

function isYoung(folder: string): boolean {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found === undefined || Date.now() - found.mtimeMs < SWEEP_BOUND_MS;
}

function renamed(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    // Another process was faster.
    return false;
  }
}
