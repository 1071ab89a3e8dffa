import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { MarkedProcess, ProcessEntry, ProcessTable } from './process-table.ts';

/** `lstart` is five words: `Tue Nov 24 16:15:27 2026`. */
const COLUMNS = 'pid=,ppid=,pgid=,state=,lstart=,command=';
const ROW = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s?(.*)$/;

/**
 * Reads what BSD's `ps -E` prints with these columns; behind the command stands the environment, as far as it may be seen. A session is not
 * among them: `sess` prints an address there.
 */
export function parsePsRows(text: string, variable: string): MarkedProcess[] {
  const rows: MarkedProcess[] = [];
  for (const line of text.split('\n')) {
    const [, pid, ppid, group, state = '', startTime = '', command = ''] = ROW.exec(line) ?? [];
    if (pid === undefined) continue;
    const dead = state.startsWith('Z');
    const start = command.lastIndexOf(` ${variable}=`);
    const marker = start < 0 || dead ? null : (command.slice(start + variable.length + 2).split(' ', 1)[0] ?? null);
    rows.push({
      pid: Number(pid),
      ppid: Number(ppid),
      group: Number(group),
      session: 0,
      startTime: startTime.replace(/\s+/g, ' '),
      dead,
      marker,
    });
  }
  return rows;
}

/** The table of processes as macOS and other BSDs show it. One run of `ps` for each look. */
export function createPsProcessTable(): ProcessTable {
  async function look(selection: readonly string[], variable: string): Promise<MarkedProcess[]> {
    const run = promisify(execFile)('/bin/ps', [...selection, '-E', '-ww', '-o', COLUMNS], {
      timeout: 10_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    // It ends with 1 when no process was selected; its own lines are not asked for anybody's environment.
    const { stdout } = await run.catch(() => ({ stdout: '' }));
    return parsePsRows(stdout, variable);
  }
  const one = async (pid: number, variable: string): Promise<MarkedProcess | null> =>
    (await look(['-p', String(pid)], variable))[0] ?? null;
  return {
    read: (pid): Promise<ProcessEntry | null> => one(pid, ''),
    variable: async (pid, name) => (await one(pid, name))?.marker ?? null,
    list: (variable) => look(['-A'], variable),
  };
}
