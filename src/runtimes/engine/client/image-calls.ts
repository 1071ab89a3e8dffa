import * as z from 'zod';
import type { EngineApi } from './engine-api.ts';
import { isEngineError } from './engine-error.ts';
import type { EngineImages, ImageState, PullStep } from './engine-images.ts';
import { answerError } from './http/answer-error.ts';
import { jsonLines } from './http/json-lines.ts';
import { parseAnswer } from './http/parse-answer.ts';
import { queryString } from './http/query-string.ts';

const imageSchema = z.object({
  Id: z.string(),
  RepoTags: z.array(z.string()).nullish(),
  RepoDigests: z.array(z.string()).nullish(),
  Os: z.string().nullish(),
  Architecture: z.string().nullish(),
  Config: z
    .object({
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      Env: z.array(z.string()).nullish(),
      WorkingDir: z.string().nullish(),
      User: z.string().nullish(),
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
});

const pullLineSchema = z.object({
  status: z.string().nullish(),
  id: z.string().nullish(),
  progressDetail: z.object({ current: z.number().nullish(), total: z.number().nullish() }).nullish(),
  error: z.string().nullish(),
  errorDetail: z.object({ message: z.string().nullish() }).nullish(),
});

export function createImageCalls(api: EngineApi): EngineImages {
  async function inspect(reference: string): Promise<ImageState | null> {
    const attempt = `look for the image ${reference}`;
    try {
      const path = `/images/${encodeURI(reference)}/json`;
      const { body } = await api.call({ method: 'GET', path, attempt, subject: 'image' });
      return imageState(parseAnswer(imageSchema, body, attempt));
    } catch (error) {
      if (isEngineError(error, 'image-missing')) return null;
      throw error;
    }
  }

  return {
    inspect,
    async pull({ reference, auth, signal, progress }) {
      const attempt = `pull the image ${reference}`;
      const incoming = await api.stream({
        method: 'POST',
        path: `/images/create${queryString({ fromImage: reference })}`,
        attempt,
        subject: 'pull',
        signal,
        // The engine answers when the registry does.
        timeoutMs: 0,
        ...(auth === null ? {} : { headers: { 'X-Registry-Auth': auth } }),
      });
      try {
        for await (const line of jsonLines(incoming, attempt)) {
          const said = parseAnswer(pullLineSchema, line, attempt);
          const problem = said.error ?? said.errorDetail?.message;
          // Inside of the stream the status is 200 already.
          if (problem) throw answerError('pull', attempt, 500, JSON.stringify({ message: problem }));
          progress(pullStep(said));
        }
      } finally {
        incoming.destroy();
      }
      // An engine that goes away in the middle may end the stream in order.
      if (await inspect(reference)) return;
      throw answerError('pull', attempt, 500, JSON.stringify({ message: 'the engine said nothing of an error, and does not have it' }));
    },
  };
}

function imageState(image: z.infer<typeof imageSchema>): ImageState {
  const config = image.Config ?? {};
  return {
    id: image.Id,
    tags: image.RepoTags ?? [],
    digests: image.RepoDigests ?? [],
    os: image.Os ?? '',
    arch: image.Architecture ?? '',
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    env: Object.fromEntries((config.Env ?? []).map(splitVariable)),
    workdir: config.WorkingDir ?? '',
    user: config.User ?? '',
    exposedPorts: Object.keys(config.ExposedPorts ?? {}).flatMap((port) =>
      /^(\d+)(?:\/tcp)?$/.test(port) ? [Number.parseInt(port, 10)] : [],
    ),
    labels: config.Labels ?? {},
  };
}

function splitVariable(variable: string): [string, string] {
  const at = variable.indexOf('=');
  return at < 0 ? [variable, ''] : [variable.slice(0, at), variable.slice(at + 1)];
}

function pullStep(said: z.infer<typeof pullLineSchema>): PullStep {
  return {
    status: said.status ?? '',
    layer: said.id ?? null,
    current: said.progressDetail?.current ?? null,
    total: said.progressDetail?.total ?? null,
  };
}
