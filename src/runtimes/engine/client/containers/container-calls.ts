import { existsSync } from 'node:fs';
import * as z from 'zod';
import { openAttachment } from '../attach/open-attachment.ts';
import type { EngineApi } from '../engine-api.ts';
import { EngineError, isEngineError } from '../engine-error.ts';
import type { Subject } from '../http/answer-error.ts';
import { parseAnswer } from '../http/parse-answer.ts';
import { labelFilter, queryString } from '../http/query-string.ts';
import { containerState, containerSummary, inspectSchema, summarySchema } from './container-answer.ts';
import type { ContainerOrder } from './container-order.ts';
import { createBody } from './create-body.ts';
import type { EngineContainers } from './engine-containers.ts';
import { readLogs } from './read-logs.ts';

/** A container may take that much longer to end than its grace before the call is given up. */
const STOP_MARGIN_MS = 5_000;

/** @param local whether paths of this machine are the engine's, too */
export function createContainerCalls(api: EngineApi, local: boolean): EngineContainers {
  async function post(id: string, verb: string, query = '', more: { subject?: Subject; timeoutMs?: number } = {}): Promise<number> {
    const path = `/containers/${encodeURIComponent(id)}/${verb}${query}`;
    const answer = await api.call({ method: 'POST', path, attempt: `${verb} the container ${id}`, subject: 'container', ...more });
    return answer.status;
  }

  /** Podman makes the folder of a bind mount that is not there, and as root; Docker refuses it. */
  async function checkMounts({ name, mounts }: ContainerOrder): Promise<void> {
    const missing = mounts.find(({ kind, source }) => kind === 'bind' && !existsSync(source));
    if (!local || missing === undefined || (await api.version()).kind !== 'podman') return;
    const words = `invalid mount config for type "bind": bind source path does not exist: ${missing.source}`;
    throw new EngineError('refused', { attempt: `create the container ${name}`, words, reason: 'bad-mount' });
  }

  return {
    async list(labels) {
      const attempt = 'list containers';
      const path = `/containers/json${queryString({ all: true, filters: labelFilter(labels) })}`;
      const askedAt = Date.now();
      const { body } = await api.call({ method: 'GET', path, attempt, subject: 'engine' });
      return parseAnswer(z.array(summarySchema), body, attempt).map((summary) => containerSummary(summary, askedAt));
    },
    async inspect(id) {
      const attempt = `look at the container ${id}`;
      try {
        const path = `/containers/${encodeURIComponent(id)}/json`;
        const { body } = await api.call({ method: 'GET', path, attempt, subject: 'container' });
        return containerState(parseAnswer(inspectSchema, body, attempt));
      } catch (error) {
        if (isEngineError(error, 'gone')) return null;
        throw error;
      }
    },
    async create(order) {
      await checkMounts(order);
      const attempt = `create the container ${order.name}`;
      const path = `/containers/create${queryString({ name: order.name })}`;
      const { body } = await api.call({ method: 'POST', path, attempt, subject: 'create', body: createBody(order) });
      return parseAnswer(z.object({ Id: z.string() }), body, attempt).Id;
    },
    async start(id) {
      return (await post(id, 'start', '', { subject: 'start' })) === 304 ? 'already' : 'started';
    },
    async stop(id, graceMs) {
      const seconds = Math.ceil(graceMs / 1_000);
      const status = await post(id, 'stop', queryString({ t: seconds }), { timeoutMs: seconds * 1_000 + STOP_MARGIN_MS });
      return status === 304 ? 'already' : 'stopped';
    },
    async kill(id, signal) {
      try {
        await post(id, 'kill', queryString({ signal }));
        return 'killed';
      } catch (error) {
        if (isEngineError(error, 'refused') && error.reason === 'not-running') return 'not-running';
        throw error;
      }
    },
    async unpause(id) {
      await post(id, 'unpause');
    },
    async remove(id, { force, volumes }) {
      const path = `/containers/${encodeURIComponent(id)}${queryString({ force, v: volumes })}`;
      try {
        await api.call({ method: 'DELETE', path, attempt: `remove the container ${id}`, subject: 'container' });
        return 'removed';
      } catch (error) {
        if (isEngineError(error, 'gone')) return 'absent';
        if (isEngineError(error, 'removing')) return 'removing';
        throw error;
      }
    },
    logs: (id, query) => readLogs(api, id, query),
    attach: (id, listener, options) => openAttachment(api, id, listener, options),
  };
}
