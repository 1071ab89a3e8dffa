import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** Another program that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  readonly port: number;
  /** Ends it; the port is free then. */
  release(): Promise<void>;
}

const PROGRAM = `require('node:net').createServer((socket) => socket.destroy()).listen(Number(process.argv[1]), '127.0.0.1', () => console.log('listening'))`;

/** @param port 0 = any free one, which stays the same when another holder takes it later */
export async function holdPort(port = 0): Promise<PortHolder> {
  const number = port === 0 ? await freePort() : port;
  const child = spawn(process.execPath, ['-e', PROGRAM, String(number)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return {
    pid: child.pid ?? 0,
    port: number,
    async release() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
