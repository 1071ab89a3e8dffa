import { closeSync, constants, copyFileSync, fchmodSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';

export interface RotatingFileOptions {
  readonly path: string;
  /** Size at which the file is emptied; its content goes to `<path>.1`, so that at most about twice as much is kept. */
  readonly maxBytes: number;
}

/** A log file that is written line by line, at once, and never throws: a full disk must not end the daemon. */
export interface LogFile {
  /** `line` with its newline. */
  write(line: string): void;
  close(): void;
}

/** Lines between two looks at the real size: the process's own stdout and stderr may go into the same file. */
const LINES_BETWEEN_LOOKS = 64;

/**
 * Appends to a file, mode 0600, and rotates it by copying and emptying it in place. A rename would leave a daemon whose stdout and stderr
 * are this file writing into the old one. Lines that could not be written are counted, and told once that is possible again.
 * Throws the system's error when the file cannot be opened.
 */
export function openRotatingFile({ path, maxBytes }: RotatingFileOptions): LogFile {
  const descriptor = openSync(path, 'a', 0o600);
  const found = fstatSync(descriptor);
  // Also where it was there already: it tells what runs here.
  if (found.isFile()) fchmodSync(descriptor, 0o600);
  let size = found.size;
  let lines = 0;
  let lost = 0;
  /** The number of a closed descriptor may soon be another file's. */
  let closed = false;

  const rotate = (): void => {
    size = fstatSync(descriptor).size;
    if (size < maxBytes) return;
    copyFileSync(path, `${path}.1`, constants.COPYFILE_FICLONE);
    ftruncateSync(descriptor, 0);
    size = 0;
  };

  const append = (text: string): void => {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    size += bytes.length;
  };

  return {
    write(line) {
      if (closed) return;
      lines += 1;
      try {
        if (size >= maxBytes || lines % LINES_BETWEEN_LOOKS === 0) rotate();
        // The newline ends what a failed write may have left of its line.
        if (lost > 0)
          append(`\n${JSON.stringify({ level: 'warn', time: new Date().toISOString(), message: 'Lines of this log were lost', lost })}\n`);
        lost = 0;
        append(line);
      } catch {
        lost += 1; // There is nowhere else to tell it.
      }
    },
    close() {
      if (!closed) closeSync(descriptor);
      closed = true;
    },
  };
}

/** The same for a descriptor that is open already, such as 2; without rotation. */
export function openDescriptor(descriptor: number): LogFile {
  return {
    write(line) {
      try {
        writeSync(descriptor, line);
      } catch {
        // A closed pipe, or one that is full: there is nowhere else to tell it.
      }
    },
    close: () => undefined,
  };
}
