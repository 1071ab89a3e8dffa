import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * CPU time that a process has used so far, all threads, µs; null where the system does not say it (anything but Linux).
 * Threads that ended meanwhile are missing: Node's own live as long as the process.
 */
export function cpuMicros(pid: number): number | null {
  try {
    let nanoseconds = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`))
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
    return nanoseconds / 1_000;
  } catch {
    // No /proc, or a process that has ended: both mean that there is nothing to measure.
    return null;
  }
}

/** Resident memory of a process, bytes; null where the system does not say it. */
export function residentBytes(pid: number): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

/** Makes the peak begin anew: `peakBytes` then tells of what comes. Needs to be root, or the owner of the process. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The most resident memory that a process ever had, bytes; null where the system does not say it. */
export function peakBytes(pid: number): number | null {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

/** Whether exactly this process still runs a program whose command line has that text in it. */
export function runsProgram(pid: number, text: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text);
  } catch {
    return false;
  }
}
