import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const LAST_BOOT = '(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.ToFileTimeUtc()';

/** Changes with every boot of the machine and never in between. Rejects where the system does not tell. */
export async function readBootId(platform: NodeJS.Platform = process.platform): Promise<string> {
  if (platform === 'linux') return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  if (platform === 'win32') return run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', LAST_BOOT]);
  // kern.boottime moves when the clock is set; this does not.
  if (platform === 'darwin') return run('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']);
  return run('sysctl', ['-n', 'kern.boottime']);
}

async function run(file: string, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, { timeout: 10_000, windowsHide: true });
  return stdout.trim();
}
