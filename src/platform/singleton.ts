import { closeSync, constants, openSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { instanceHash } from './control-socket.ts';
import { type Machine, thisMachine } from './machine.ts';

/** The right to be the daemon of a state folder: only its holder writes state there, or removes the control socket. */
export interface Singleton {
  /** Gives it up. The holder's death, however it comes, does the same. */
  release(): Promise<void>;
}

/**
 * Takes the mutex of a state folder, which must exist; null when another process holds it. It needs no clean-up after a crash, because the
 * system ends it with its holder: an abstract unix socket on Linux, a named pipe on Windows, an exclusive lock of a file elsewhere. (A file
 * with a process id in it, or a stale socket that a starter unlinks, lets two starters through.)
 * On Linux it reaches as far as a network namespace: two containers that share one state folder are not kept apart.
 */
export async function acquireSingleton(state: string, machine: Machine = thisMachine()): Promise<Singleton | null> {
  const real = await realpath(state);
  const name = `holdfast-${instanceHash(real, machine)}-lock`;
  if (machine.platform === 'linux') return listenAt(`\0${name}`);
  if (machine.platform === 'win32') return listenAt(`\\\\.\\pipe\\${name}`);
  return lockFile(join(real, 'daemon.lock'));
}

function listenAt(path: string): Promise<Singleton | null> {
  return new Promise((resolve, reject) => {
    const server: Server = createServer((connection) => connection.destroy());
    // Stays for good: a later error (no descriptor left to accept a stranger's connection) does not end the listening, and so not the mutex.
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen({ path }, () => {
      // The mutex alone is no reason to stay alive.
      server.unref();
      resolve({ release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

/** From <sys/fcntl.h> of macOS and the BSDs; Node names no such constant. */
const O_EXLOCK = 0x20;

function lockFile(path: string): Singleton | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK, 0o600);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && (thrown.code === 'EAGAIN' || thrown.code === 'EWOULDBLOCK')) return null;
    throw thrown;
  }
  return {
    release() {
      closeSync(descriptor);
      return Promise.resolve();
    },
  };
}
