/** One row of the system's table of processes, as far as Holdfast needs it. */
export interface ProcessEntry {
  readonly pid: number;
  /** Parent; 1 (or a subreaper) once the real one is dead. */
  readonly ppid: number;
  /** Process group. */
  readonly group: number;
  /** Session; `setsid` begins one, and a child keeps it whatever its group. 0 where the platform does not tell. */
  readonly session: number;
  /** When it started, opaque but stable for its life: together with the boot it tells a process from a later one with the same pid. */
  readonly startTime: string;
  /** A zombie: dead, only not yet collected by its parent. `kill(pid, 0)` calls it alive. */
  readonly dead: boolean;
}

/** A row together with what one variable of its environment says. */
export interface MarkedProcess extends ProcessEntry {
  /** Value of the variable that was asked for; null where it has none or its environment may not be read. */
  readonly marker: string | null;
}

/** The table of processes, whichever system keeps it. Reads only. */
export interface ProcessTable {
  /** One process, null when there is none of that pid. Zombies are shown as dead. */
  read(pid: number): Promise<ProcessEntry | null>;
  /** The value of one variable in the environment that a process was started with; null where there is none or it may not be read. */
  variable(pid: number, name: string): Promise<string | null>;
  /** Every process, with the value of one variable. Takes care not to hold the event loop for longer than a few milliseconds at a time. */
  list(variable: string): Promise<MarkedProcess[]>;
}
