import type { EngineApi } from './engine-api.ts';
import { isEngineError } from './engine-error.ts';
import type { EngineVolumes } from './engine-volumes.ts';

export function createVolumeCalls(api: EngineApi): EngineVolumes {
  const pathOf = (name: string): string => `/volumes/${encodeURIComponent(name)}`;
  return {
    async exists(name) {
      try {
        await api.call({ method: 'GET', path: pathOf(name), attempt: `look at the volume ${name}`, subject: 'volume' });
        return true;
      } catch (error) {
        if (isEngineError(error, 'gone')) return false;
        throw error;
      }
    },
    async remove(name) {
      try {
        await api.call({ method: 'DELETE', path: pathOf(name), attempt: `remove the volume ${name}`, subject: 'volume' });
        return 'removed';
      } catch (error) {
        if (isEngineError(error, 'gone')) return 'absent';
        if (isEngineError(error, 'refused') && error.reason === 'in-use') return 'in-use';
        throw error;
      }
    },
  };
}
