import { isRecord } from '../../../../lib/record.ts';
import { EngineError, type EngineErrorKind, type EngineErrorReason } from '../engine-error.ts';

/** What a call is about: the same status means different things. */
export type Subject = 'engine' | 'container' | 'create' | 'start' | 'image' | 'pull' | 'network' | 'volume';

type Verdict = readonly [EngineErrorKind, EngineErrorReason];

/** Words of an engine that itself is in trouble: what it says of a container then proves nothing. */
const TROUBLE =
  /containerd\.sock|transport is closing|shutting down|failed to update store for object|context canceled|context deadline exceeded|ttrpc: closed|database is locked|connection error: desc|Cannot connect to the Docker daemon/i;
const NO_CONTAINER = /no such container|no container with (?:name or )?id/i;
const NO_IMAGE = /no such image|image not known|failed to find image/i;
const NO_NETWORK = /network \S+ not found|network not found|unable to find network/i;
const NO_VOLUME = /no such volume|no volume with name/i;
const NAME_TAKEN = /name .*already in use|name .*already used|network with name \S+ already exists|network already exists/i;
const REMOVING = /marked for removal|removal .*(?:already )?in progress|being removed|in state removing|is in state stopped or removing/i;
const NOT_RUNNING = /is not running|can only kill running containers|sending SIG\w+ to container \S+: container state improper/i;
const IN_USE = /active endpoints|network is being used|associated containers|volume .*(?:in use|being used)/i;
const PORT_TAKEN = /port is already allocated|address already in use/i;
const ARCHITECTURE =
  /exec format error|no matching manifest|does not match the (?:detected host|specified) platform|image platform .* does not match/i;
/** Docker's containerd still has its task; the network plugins of a Podman still have its address. */
const HALF_STARTED = /\btask [0-9a-f]{64}: already exists|duplicate allocation is not allowed/i;
const NO_INIT = /(?:catatonit|container-init|docker-init|init binary).*(?:not found|no such|stat|lookup)/i;
const NO_PROGRAM =
  /exec: .*(?:no such file|not found|permission denied|is a directory)|command that was not found|no command specified|OCI permission denied/i;

const BAD_MOUNT =
  /invalid mount|error mounting|bind source path|mounting \S+ to rootfs|invalid volume|mount .*(?:not a directory|no such file)/i;

/**
 * The meaning of a refused call. Docker tells things apart by status, Podman 4 says 500 to most of them and names the `cause`; both name the
 * thing in `message`. A 404 that does not is a proxy's, or an unknown endpoint's, and never means that something is gone.
 * @param body of the answer, as text
 */
export function answerError(subject: Subject, attempt: string, status: number, body: string): EngineError {
  const { message, cause } = wordsOf(body);
  const words = message === '' ? `HTTP ${status}` : message;
  const [kind, reason] = verdictOf(subject, status, message, cause);
  return new EngineError(kind, { attempt, words, reason, status });
}

function verdictOf(subject: Subject, status: number, message: string, cause: string): Verdict {
  const says = (pattern: RegExp): boolean => pattern.test(message) || pattern.test(cause);
  // It was asked for nothing that could be gone.
  if (subject === 'engine') return ['unavailable', status === 404 ? 'not-an-engine' : 'other'];
  if (subject === 'pull') return pullVerdict(status, message);
  if (says(REMOVING)) return ['removing', 'other'];
  if (says(NAME_TAKEN)) return ['conflict-name', 'other'];
  if (says(NO_NETWORK)) return subject === 'network' ? ['gone', 'other'] : ['refused', 'no-network'];
  if (says(NO_VOLUME)) return subject === 'volume' ? ['gone', 'other'] : ['refused', 'other'];
  if (says(NO_IMAGE)) return ['image-missing', 'other'];
  if (says(NO_CONTAINER)) return ['gone', 'other'];
  if (status === 404) return ['unavailable', 'not-an-engine'];
  if (says(NOT_RUNNING)) return ['refused', 'not-running'];
  if (says(IN_USE)) return ['refused', 'in-use'];
  if (says(TROUBLE) || status > 500) return ['unavailable', 'other'];
  if (says(HALF_STARTED)) return ['refused', 'half-started'];
  if (says(PORT_TAKEN)) return ['refused', 'port-taken'];
  if (says(BAD_MOUNT)) return ['refused', 'bad-mount'];
  if (says(NO_INIT)) return ['refused', 'no-init'];
  if (says(ARCHITECTURE)) return ['refused', 'architecture'];
  if (says(NO_PROGRAM)) return ['refused', 'no-program'];
  if (status < 500) return ['refused', 'other'];
  // What cannot be created or started is told with 500 on both engines; from any other call a 500 without a known meaning means nothing.
  const refusal = (subject === 'create' || subject === 'start') && message !== '';
  return [refusal || cause === 'container state improper' ? 'refused' : 'unavailable', 'other'];
}

/** Also of the errors that come inside of a pull's stream, after the status 200. */
function pullVerdict(status: number, message: string): Verdict {
  if (status > 500 || TROUBLE.test(message)) return ['unavailable', 'other'];
  return ['image-missing', ARCHITECTURE.test(message) ? 'architecture' : 'other'];
}

function wordsOf(body: string): { message: string; cause: string } {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isRecord(parsed)) return { message: text(parsed['message']), cause: text(parsed['cause']) };
  } catch {
    // Not the JSON of an engine: what was said is told as it came.
  }
  return { message: body.trim().slice(0, 300), cause: '' };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
