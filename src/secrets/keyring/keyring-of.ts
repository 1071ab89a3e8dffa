import type { KeyringCommands, KeyringPlace } from './keyring-commands.ts';
import { linuxKeyring } from './linux.ts';
import { macosKeyring } from './macos.ts';
import { windowsKeyring } from './windows.ts';

/** The keyring of an operating system. */
export function keyringOf(platform: NodeJS.Platform, place: KeyringPlace): KeyringCommands {
  if (platform === 'darwin') return macosKeyring(place);
  return platform === 'win32' ? windowsKeyring(place) : linuxKeyring(place);
}
