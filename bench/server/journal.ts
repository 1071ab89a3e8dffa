import { openSync, readFileSync, writeSync } from 'node:fs';

/** What the servers of a benchmark did, in a file that all of them append to: it outlives each of them. */
export interface Journal {
  /** The server can be asked. @param port null for stdio */
  booted(port: number | null): void;
  /** A call begins to work. */
  executed(call: string): void;
}

/** @param who number of the server that writes */
export function openJournal(file: string, who: number): Journal {
  const fd = openSync(file, 'a');
  return {
    booted: (port) => void writeSync(fd, `boot ${who} ${port ?? '-'}\n`),
    executed: (call) => void writeSync(fd, `run ${who} ${call}\n`),
  };
}

export interface Boot {
  /** Of the server: its pid, unless it was told otherwise. */
  readonly who: number;
  readonly port: number | null;
}

export interface Done {
  /** Oldest first. */
  readonly boots: readonly Boot[];
  /** How often each call was begun, by its name. */
  readonly executions: ReadonlyMap<string, number>;
}

export function readJournal(file: string): Done {
  const boots: Boot[] = [];
  const executions = new Map<string, number>();
  for (const line of readFileSync(file, { encoding: 'utf8', flag: 'a+' }).split('\n')) {
    const [what, who, rest = ''] = line.split(' ');
    if (what === 'boot') boots.push({ who: Number(who), port: rest === '-' ? null : Number(rest) });
    if (what === 'run') executions.set(rest, (executions.get(rest) ?? 0) + 1);
  }
  return { boots, executions };
}
