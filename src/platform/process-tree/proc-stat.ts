import type { ProcessEntry } from './process-table.ts';

/**
 * Reads a line of `/proc/PID/stat` (proc(5)). The second field is the program's name in parentheses and may itself hold spaces and
 * parentheses, so fields are counted from the last `)`.
 * @returns null for a text that is not such a line (the file of a process that just vanished reads as empty)
 */
export function parseProcStat(text: string): ProcessEntry | null {
  const open = text.indexOf(' (');
  const close = text.lastIndexOf(') ');
  if (open <= 0 || close < open) return null;
  const pid = Number(text.slice(0, open));
  // From field 3 on: state ppid pgrp session … starttime is field 22.
  const fields = text.slice(close + 2).split(' ');
  const [state, ppid, group, session] = fields;
  const startTime = fields[19];
  if (!Number.isSafeInteger(pid) || state === undefined || startTime === undefined) return null;
  return {
    pid,
    ppid: Number(ppid),
    group: Number(group),
    session: Number(session),
    startTime,
    dead: state === 'Z' || state === 'X' || state === 'x',
  };
}

/** The value of `name` in a block of NUL-terminated `NAME=value` strings, as `/proc/PID/environ` has it. The first one counts. */
export function findVariable(block: Buffer, name: string): string | null {
  const wanted = Buffer.from(`${name}=`);
  let at = block.indexOf(wanted);
  while (at > 0 && block[at - 1] !== 0) at = block.indexOf(wanted, at + 1);
  if (at < 0) return null;
  const end = block.indexOf(0, at);
  return block.toString('utf8', at + wanted.length, end < 0 ? block.length : end);
}
