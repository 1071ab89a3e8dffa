import { createLinuxProcessTable } from './linux-process-table.ts';
import type { ProcessTable } from './process-table.ts';

/** The table of processes of the system that this runs on. */
export function createProcessTable(): ProcessTable {
  return createLinuxProcessTable();
}
