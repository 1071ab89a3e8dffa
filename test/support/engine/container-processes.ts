import { readdirSync, readFileSync } from 'node:fs';

/** A process of a container, as this machine sees it. */
export interface ContainerProcess {
  readonly pid: number;
  /** Its number in the container; 1 is the first one, an init where the container has one. */
  readonly innerPid: number;
}

/** The processes of a running container, in the order of their numbers in it. What an engine says of pids is true in its own namespace only. */
export function containerProcesses(id: string): ContainerProcess[] {
  const found: ContainerProcess[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || !read(name, 'cgroup').includes(id) || read(name, 'comm').trim() === 'conmon') continue;
    const numbers = /^NSpid:(.*)$/m.exec(read(name, 'status'))?.[1]?.trim().split(/\s+/) ?? [];
    found.push({ pid: Number(name), innerPid: Number(numbers.at(-1)) });
  }
  return found.toSorted((one, other) => one.innerPid - other.innerPid);
}

/** SIGKILL for the server itself, as the kernel would do it: no engine is asked, and an init before it sees its child die. */
export function killServerIn(id: string, signal: NodeJS.Signals = 'SIGKILL'): void {
  const processes = containerProcesses(id);
  const server = processes[1] ?? processes[0];
  if (server === undefined) throw new Error(`no process of the container ${id} is found`);
  process.kill(server.pid, signal);
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It ended meanwhile.
    return '';
  }
}
