import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { LaunchRequest, SourceResolver } from '../core/ports/source-resolver.ts';

export interface Sources {
  /** `cmd://`, `npx://`, `uvx://`; it also says what is wrong with other schemes. */
  readonly processes: SourceResolver;
  /** What has no scheme. */
  readonly images: SourceResolver;
}

/** The source decides where it runs. What asks for a container never becomes a process, and the other way round. */
export function createSources({ processes, images }: Sources): SourceResolver {
  return {
    resolve(request, progress, signal) {
      const of = isImage(request.source) ? images : processes;
      checkRuntime(request, of === images);
      return of.resolve(request, progress, signal);
    },
  };
}

/** Without a scheme it is an image, unless it can only be a path. */
function isImage(source: string): boolean {
  return !/^[a-z][a-z0-9+.-]*:\/\//i.test(source) && !/^[./~]/.test(source) && source !== '';
}

function checkRuntime({ runtime, source }: LaunchRequest, image: boolean): void {
  if (runtime === undefined) return;
  if (image && runtime === 'process') {
    throw new HoldfastError('HF_UNSUPPORTED', {
      what: `${JSON.stringify(source)} is an image, and an image does not run as a process`,
      fix: 'Leave `--runtime process` away, or run a program with `cmd://PROGRAM`.',
    });
  }
  if (!image && (runtime === 'docker' || runtime === 'podman')) {
    throw new HoldfastError('HF_UNSUPPORTED', {
      what: `${source} does not run in ${runtime}`,
      why: 'what is to run in a container has to be an image',
      fix: `Leave \`--runtime ${runtime}\` away to run it as a process, or name an image.`,
    });
  }
}
