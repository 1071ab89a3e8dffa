import type { WorkloadOptionsRequest } from '../../api/contract/run-request.ts';
import { collectEnv } from '../collect-env.ts';
import { containerFlags, containerRequest } from './container/container-flags.ts';
import { span } from './duration.ts';
import { choice, type FlagValues, integer, port, textFlag, textsFlag, toggle } from './flag.ts';
import { pairs } from './pairs.ts';
import { restartFlags, restartRequest } from './restart-flags.ts';
import { secretReference } from './secret-reference.ts';
import { groupFlag, labelFlag } from './shared.ts';
import { workdir } from './workdir.ts';

/** Flags that `run` and `update` have in common. */
export const workloadFlags = {
  transport: choice(['stdio', 'sse', 'streamable-http'], 'How the server speaks', { standard: 'stdio' }),
  proxyMode: choice(['streamable-http', 'sse'], 'How clients are served', { standard: 'streamable-http' }),
  proxyPort: port('A port of its own, beside the gateway; 0 = any free one', 0),
  targetPort: port('Port that an HTTP server listens on; where it is not said a free one, in a container 8080', 1),
  targetPath: textFlag('PATH', 'Path of the MCP endpoint at an HTTP server', { standard: '/mcp' }),
  host: textFlag('ADDRESS', 'Address to listen on; loopback only', { standard: '127.0.0.1' }),
  env: textsFlag('KEY=VALUE', "Variable for the server; KEY alone takes this shell's value", { short: 'e' }),
  envFile: textsFlag('FILE', 'File with KEY=VALUE lines'),
  envFileDir: textsFlag('FOLDER', 'Folder of such files'),
  secret: textsFlag('NAME,target=KEY', 'Variable that gets the value of a secret (`holdfast secret set`) at each start'),
  workdir: textFlag('FOLDER', 'Working directory of the server; of a container: in it', { standard: "this one, or the image's" }),
  group: groupFlag('Group of the workload', { standard: 'default' }),
  label: labelFlag('Label of the workload'),
  ...restartFlags,
  hold: span('How long a request waits for a server that is coming back', '30s'),
  timeout: span('How long a server may take to become ready', '60s'),
  requestTimeout: span('How long a server may take to answer', '10m'),
  sessionTtl: span('Idle time after which the memory of a session is freed; its id stays valid', '2h'),
  stopTimeout: span('How long a server may take to end, at a restart or removal', '10s'),
  sessions: choice(['shared', 'isolated'], 'One server for all clients, or one for each session', { standard: 'shared' }),
  maxSessions: integer('N', 'Most servers under --sessions isolated', { min: 1, max: 1_000 }, { standard: '20' }),
  noRepeat: toggle('Never repeat a safe request that was lost'),
  errorLogLines: integer('N', 'Lines of the log in errors that AI clients see', { min: 0, max: 100 }, { standard: '10' }),
  clientRefresh: choice(['auto', 'always', 'never'], 'When a crash takes the entry out of AI clients for a moment', { standard: 'auto' }),
  allowedOrigins: textsFlag('ORIGIN', 'Web origin that may call'),
  endpointPrefix: textFlag('PATH', 'Prefix of SSE endpoint URLs'),
  runtime: choice(['process', 'docker', 'podman', 'remote'], 'Where the server runs', { standard: 'by source' }),
  ...containerFlags,
};

export interface Caller {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * What these flags ask for, without what was not said.
 * @param runsHere whether the server sees the folders of this machine, or those of its container
 * @throws HF_USAGE, HF_ENV_FILE
 */
export async function workloadRequest(
  flags: FlagValues<typeof workloadFlags>,
  rest: readonly string[] | null,
  { cwd, env }: Caller,
  runsHere: boolean,
): Promise<WorkloadOptionsRequest> {
  const variables = await collectEnv({ folders: flags.envFileDir, files: flags.envFile, given: flags.env }, cwd, env);
  const labels = pairs(flags.label, '--label');
  const request: WorkloadOptionsRequest = {
    args: rest === null ? undefined : [...rest],
    env: Object.keys(variables).length === 0 ? undefined : variables,
    secrets: flags.secret.length === 0 ? undefined : flags.secret.map(secretReference),
    workdir: flags.workdir === undefined ? undefined : workdir(flags.workdir, cwd, runsHere),
    transport: flags.transport,
    proxy_mode: flags.proxyMode,
    proxy_port: flags.proxyPort,
    target_port: flags.targetPort,
    target_path: flags.targetPath,
    host: flags.host,
    endpoint_prefix: flags.endpointPrefix,
    runtime: flags.runtime,
    container: containerRequest(flags, { cwd, home: env['HOME'] ?? env['USERPROFILE'] }),
    group: flags.group,
    labels: Object.keys(labels).length === 0 ? undefined : labels,
    restart: restartRequest(flags),
    hold_ms: flags.hold,
    ready_timeout_ms: flags.timeout,
    request_timeout_ms: flags.requestTimeout,
    session_ttl_ms: flags.sessionTtl,
    stop_timeout_ms: flags.stopTimeout,
    sessions: flags.sessions,
    max_sessions: flags.maxSessions,
    repeat: flags.noRepeat ? false : undefined,
    error_log_lines: flags.errorLogLines,
    client_refresh: flags.clientRefresh,
    allowed_origins: flags.allowedOrigins.length === 0 ? undefined : [...flags.allowedOrigins],
  };
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}
