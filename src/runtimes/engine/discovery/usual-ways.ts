import { posix } from 'node:path';
import type { Caller, EngineWay } from './engine-way.ts';

/** The places where engines listen when nobody says otherwise. */
export function usualWays(caller: Caller): EngineWay[] {
  return placesOf(caller).map(([name, address]) => ({
    strategy: `usual socket of ${name}`,
    leads: { to: { address, tls: null } },
    chosenFor: [],
  }));
}

function placesOf({ env, platform, uid, home }: Caller): (readonly [string, string])[] {
  if (platform === 'win32') {
    return [
      ['Docker Desktop', 'npipe:////./pipe/docker_engine'],
      ['Podman machine', 'npipe:////./pipe/podman-machine-default'],
    ];
  }
  const below = (...parts: string[]): string => `unix://${posix.join(home, ...parts)}`;
  const runtime = env['XDG_RUNTIME_DIR'] || (uid === null ? null : `/run/user/${uid}`);
  const mac = platform === 'darwin';
  const temporary = env['TMPDIR'] || '/tmp';
  return [
    ['Docker', 'unix:///var/run/docker.sock'],
    ['Docker Desktop', below('.docker', 'run', 'docker.sock')],
    ...(mac ? [] : [['Docker Desktop', below('.docker', 'desktop', 'docker.sock')] as const]),
    ['Colima', below('.colima', 'default', 'docker.sock')],
    ['Colima', below('.config', 'colima', 'default', 'docker.sock')],
    ...(mac ? [['OrbStack', below('.orbstack', 'run', 'docker.sock')] as const] : []),
    ['Rancher Desktop', below('.rd', 'docker.sock')],
    ...(runtime === null || mac ? [] : [['rootless Docker', `unix://${posix.join(runtime, 'docker.sock')}`] as const]),
    ...(mac
      ? ([
          ['Podman machine', `unix://${posix.join(temporary, 'podman', 'podman-machine-default-api.sock')}`],
          ['Podman machine', below('.local', 'share', 'containers', 'podman', 'machine', 'podman.sock')],
        ] as const)
      : ([['Podman', 'unix:///run/podman/podman.sock']] as const)),
    ...(runtime === null || mac ? [] : [['rootless Podman', `unix://${posix.join(runtime, 'podman', 'podman.sock')}`] as const]),
  ];
}
