import { createLinuxProcessTable } from './linux-process-table.ts';
import type { ProcessTable } from './process-table.ts';
import { createPsProcessTable } from './ps-process-table.ts';
import { createWindowsProcessTable } from './windows-process-table.ts';

/** The table of processes of the system that this runs on. */
export function createProcessTable(platform: NodeJS.Platform = process.platform): ProcessTable {
  if (platform === 'linux') return createLinuxProcessTable();
  return platform === 'win32' ? createWindowsProcessTable() : createPsProcessTable();
}
