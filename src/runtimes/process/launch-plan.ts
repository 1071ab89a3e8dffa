import type { WorkloadSpec } from '../../core/workload/spec.ts';
import { type BackendMarker, formatMarker, MARKER_VARIABLE } from './backend-marker.ts';

/** Exactly what is executed for one generation. */
export interface LaunchPlan {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

const PORT = /\{port\}/g;

/** `{port}` replaced; untouched where there is no port, since an argument of a stdio server may well look like that. */
function withPort(text: string, port: number | null): string {
  return port === null ? text : text.replace(PORT, String(port));
}

/** What a server is told about how to speak. The names are ToolHive's; FASTMCP_PORT is read by servers made with FastMCP. */
function transportVariables(transport: WorkloadSpec['transport'], port: number | null): Record<string, string> {
  if (port === null) return { MCP_TRANSPORT: transport };
  return { MCP_TRANSPORT: transport, MCP_HOST: '127.0.0.1', MCP_PORT: String(port), FASTMCP_PORT: String(port) };
}

/**
 * The command line and the whole environment of one generation; nothing of Holdfast's own environment is in it.
 * Precedence: captured, files and `-e` (merged in the spec), then transport variables, then secrets.
 * @param port the port an HTTP server has to listen on; null for stdio
 */
export function planLaunch(spec: WorkloadSpec, marker: BackendMarker, port: number | null): LaunchPlan {
  const env: Record<string, string> = {};
  const isSecret = (name: string): boolean => name in spec.launch.env && spec.secretEnv.includes(name) && !spec.userEnv.includes(name);
  // A secret is handed over as it is.
  for (const [name, value] of Object.entries(spec.launch.env)) env[name] = isSecret(name) ? value : withPort(value, port);
  for (const [name, value] of Object.entries(transportVariables(spec.transport, port))) {
    if (!isSecret(name)) env[name] = value;
  }
  env[MARKER_VARIABLE] = formatMarker(marker);
  return { file: spec.launch.file, args: spec.launch.args.map((arg) => withPort(arg, port)), cwd: spec.launch.cwd, env };
}
