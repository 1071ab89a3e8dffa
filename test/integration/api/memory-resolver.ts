import { HoldfastError } from '../../../src/core/errors/holdfast-error.ts';
import type { SourceResolver } from '../../../src/core/ports/source-resolver.ts';

/** Finds everything at once: sources with a scheme as processes, the others as images of a docker. But `nowhere` has no engine. */
export const memoryResolver: SourceResolver = {
  async resolve(request, progress) {
    progress({ step: 'resolve', message: `Finding ${request.source}` });
    if (request.source === 'nowhere') {
      throw new HoldfastError('HF_RUNTIME_UNAVAILABLE', {
        what: 'No container engine answers',
        why: 'what was tried:\nDOCKER_HOST: not set\n/var/run/docker.sock: nothing there',
      });
    }
    const env = { ...request.userEnv };
    if (/^[a-z]+:\/\//.test(request.source)) {
      const launch = { file: '/bin/true', args: [...request.args], cwd: request.workdir ?? request.caller.cwd, path: '/mcp' };
      return { runtime: 'process', launch: { ...launch, env: { PATH: '/bin', ...env } }, secretEnv: [] };
    }
    progress({ step: 'pull', message: `Pulling ${request.source}` });
    return {
      runtime: request.runtime === 'podman' ? 'podman' : 'docker',
      launch: { file: '', args: [...request.args], cwd: request.workdir ?? '', env, path: '/mcp' },
      container: {
        ...request.container,
        engine: { address: request.caller.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock', tls: null, id: 'engine' },
        image: { reference: `docker.io/${request.source}:latest`, id: `sha256:${'ab'.repeat(32)}`, digest: `sha256:${'cd'.repeat(32)}` },
      },
      engineVersion: '20.10.24',
      warnings: ['the engine has no init'],
      secretEnv: [],
    };
  },
};
