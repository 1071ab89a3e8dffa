import * as z from 'zod';
import { BUSY_WITHIN_MS, type EngineApi } from './engine-api.ts';
import type { EngineSystem } from './engine-system.ts';
import { parseAnswer } from './http/parse-answer.ts';

const infoSchema = z.object({
  ID: z.string().nullish(),
  DockerRootDir: z.string().nullish(),
  CgroupDriver: z.string().nullish(),
  CgroupVersion: z.string().nullish(),
  SecurityOptions: z.array(z.string()).nullish(),
  Rootless: z.boolean().nullish(),
  NCPU: z.number().nullish(),
  InitCommit: z.object({ ID: z.string().nullish() }).nullish(),
});

export function createSystemCalls(api: EngineApi): EngineSystem {
  return {
    version: () => api.version(),
    ping: () => api.ping(),
    async info() {
      const attempt = 'ask the engine about itself';
      const [{ kind }] = await Promise.all([api.version(), api.ping()]);
      const { body } = await api.call({ method: 'GET', path: '/info', attempt, subject: 'engine', timeoutMs: BUSY_WITHIN_MS });
      const info = parseAnswer(infoSchema, body, attempt);
      return {
        id: (kind === 'docker' ? info.ID : storeOf(info.DockerRootDir)) || null,
        cgroupDriver: info.CgroupDriver ?? '',
        cgroupVersion: info.CgroupVersion === '1' || info.CgroupVersion === '2' ? info.CgroupVersion : null,
        // Docker says `N/A` where it found no init program. Podman looks for its own at a create.
        initAvailable: kind === 'docker' ? info.InitCommit?.ID !== 'N/A' : null,
        cpus: info.NCPU ?? null,
        rootless: info.Rootless === true || (info.SecurityOptions ?? []).some((option) => option.startsWith('name=rootless')),
      };
    },
  };
}

/** Podman makes up a new id for each answer. Its store is what tells one from another: what is in it is what it knows. */
function storeOf(folder: string | null | undefined): string | null {
  return folder ? `store:${folder}` : null;
}
