import { runsProgram } from '../measure/process-usage.ts';
import { readJournal } from '../server/journal.ts';
import type { Living } from './target.ts';

/** Processes of this machine that a journal names and that still run. A pid that was given to another program meanwhile is not taken for one. */
export function livingServers(journal: string): Living {
  const pids = new Set(readJournal(journal).boots.map(({ who }) => who));
  const servers = new Set([...pids].filter((pid) => runsProgram(pid, 'mcp-server') && runsProgram(pid, journal)));
  return {
    servers,
    kill() {
      for (const pid of servers) process.kill(pid, 'SIGKILL');
    },
  };
}
