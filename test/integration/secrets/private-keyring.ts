import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../support/until.ts';

/** A message bus and a GNOME Keyring of its own, unlocked, in a temporary home. */
export interface PrivateKeyring {
  readonly env: Readonly<Record<string, string>>;
  end(): Promise<void>;
}

const OWNER: readonly string[] = [
  '--session',
  '--print-reply',
  '--dest=org.freedesktop.DBus',
  '/org/freedesktop/DBus',
  'org.freedesktop.DBus.NameHasOwner',
  'string:org.freedesktop.secrets',
];

/** Why this machine has none; null where it has. */
export function keyringMissing(): string | null {
  const programs = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon', 'secret-tool'];
  const missing = programs.find((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  return missing === undefined ? null : `needs gnome-keyring: there is no ${missing}`;
}

export async function startKeyring(): Promise<PrivateKeyring> {
  const home = await mkdtemp(join(tmpdir(), 'holdfast-keyring-'));
  const base = { PATH: process.env['PATH'] ?? '', HOME: home, XDG_RUNTIME_DIR: home };
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], { env: base, stdio: ['ignore', 'pipe', 'ignore'] });
  const [address] = (await once(bus.stdout, 'data')) as [Buffer];
  const env = { ...base, DBUS_SESSION_BUS_ADDRESS: address.toString().trim() };
  const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  daemon.stdin.end('password of a test');
  // Before anything asks for it, or the bus would start another one, which is locked.
  const owned = (): true | undefined => spawnSync('dbus-send', OWNER, { env }).stdout.includes('boolean true') || undefined;
  await until('the keyring is on the bus', owned);
  return {
    env,
    async end() {
      await Promise.all([ended(daemon), ended(bus)]);
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
