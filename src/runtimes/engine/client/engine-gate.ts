import { execFile } from 'node:child_process';
import type { EngineAddress } from './engine-address.ts';
import { EngineError } from './engine-error.ts';

/** Where systemd listens in Docker's place, so that the first connection starts it. */
const DOCKER_SOCKETS = ['unix:///var/run/docker.sock', 'unix:///run/docker.sock'];
const ASK_WITHIN_MS = 2_000;

/** State of a unit of systemd, e.g. `active`, `inactive`, `failed`; null where nobody can say. */
export type UnitStates = (...units: readonly string[]) => Promise<readonly string[] | null>;

export interface EngineGate {
  /** The engine was lost: from now on, until it answers again, no connection may start it. */
  lost(): void;
  /** It answers. */
  answers(): void;
  /** @throws EngineError `unavailable`, reason `stopped` */
  pass(attempt: string): Promise<void>;
}

/**
 * Whoever stops `docker.service` leaves `docker.socket` behind, and the next connection starts Docker again. So once it was lost, it is asked
 * for only while systemd says that the service runs, or is about to. The first connection of all may start it, as `docker ps` does.
 *
 * Podman is another matter: its service ends by itself when nobody speaks to it, its containers live on without it, and whoever wants it gone
 * stops `podman.socket`. There a connection starts nothing that anybody had stopped.
 */
export function createEngineGate({ address }: EngineAddress, unitStates: UnitStates = systemctl): EngineGate {
  let closed = false;
  const activated = DOCKER_SOCKETS.includes(address);
  return {
    lost() {
      closed = activated;
    },
    answers() {
      closed = false;
    },
    async pass(attempt) {
      if (!closed) return;
      const [socket, service] = (await unitStates('docker.socket', 'docker.service')) ?? [];
      if (socket !== 'active' || service === undefined || !['inactive', 'failed', 'deactivating'].includes(service)) return;
      throw new EngineError('unavailable', {
        attempt,
        words: `docker.service is ${service}; a connection would start it`,
        reason: 'stopped',
      });
    },
  };
}

function systemctl(...units: readonly string[]): Promise<readonly string[] | null> {
  return new Promise((resolve) => {
    // It exits with 3 where a unit is not active, and says so all the same.
    execFile('systemctl', ['is-active', ...units], { timeout: ASK_WITHIN_MS }, (_error, stdout) => {
      const states = stdout.split('\n').filter((line) => line !== '');
      resolve(states.length === units.length ? states : null);
    });
  });
}
