import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { MarkedProcess, ProcessTable } from './process-table.ts';

const ROWS = 'ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId) $($_.CreationDate.ToFileTimeUtc())" }';

/** Reads lines of `pid ppid start`. Windows has no groups and sessions of this kind, and shows no process's environment to another. */
export function parseWindowsRows(text: string): MarkedProcess[] {
  const rows = text.matchAll(/^(\d+) (\d+) (\d+)\s*$/gm);
  return [...rows].map(([, pid, ppid, startTime = '']) => ({
    pid: Number(pid),
    ppid: Number(ppid),
    group: Number(pid),
    session: 0,
    startTime,
    dead: false,
    marker: null,
  }));
}

/** The table of processes as Windows shows it: trees are known by parents alone, so what lost its parent is not found. */
export function createWindowsProcessTable(): ProcessTable {
  async function ask(command: string): Promise<string> {
    const args = ['-NoProfile', '-NonInteractive', '-Command', command];
    const { stdout } = await promisify(execFile)('powershell.exe', args, {
      timeout: 10_000,
      windowsHide: true,
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout;
  }
  return {
    read: async (pid) => parseWindowsRows(await ask(`Get-CimInstance Win32_Process -Filter "ProcessId=${pid}" | ${ROWS}`))[0] ?? null,
    variable: async () => null,
    list: async () => parseWindowsRows(await ask(`Get-CimInstance Win32_Process | ${ROWS}`)),
  };
}
