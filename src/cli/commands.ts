import type { Command } from './command.ts';
import { clientImportCommand } from './commands/client-import.ts';
import { clientRegisterCommand } from './commands/client-register.ts';
import { clientDiffCommand, clientRemoveCommand, clientRestoreCommand } from './commands/client-remove.ts';
import { clientSetupCommand } from './commands/client-setup.ts';
import { clientListRegisteredCommand, clientStatusCommand } from './commands/client-status.ts';
import { completionCommand } from './commands/completion.ts';
import { daemonRestartCommand, daemonStartCommand, daemonStatusCommand, daemonStopCommand } from './commands/daemon.ts';
import { eventsCommand } from './commands/events.ts';
import { inspectCommand } from './commands/inspect.ts';
import { listCommand } from './commands/list.ts';
import { logsCommand } from './commands/logs.ts';
import { mcpCallCommand } from './commands/mcp-call.ts';
import { mcpListCommand } from './commands/mcp-list.ts';
import { namesCommand } from './commands/names.ts';
import { proxyStdioCommand } from './commands/proxy-stdio.ts';
import { restartCommand } from './commands/restart.ts';
import { rmCommand } from './commands/rm.ts';
import { runCommand } from './commands/run.ts';
import { runtimeCheckCommand } from './commands/runtime-check.ts';
import { secretDeleteCommand, secretGetCommand, secretListCommand, secretProviderCommand, secretSetupCommand } from './commands/secret.ts';
import { secretSetCommand } from './commands/secret-set.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { stopCommand } from './commands/stop.ts';
import { updateCommand } from './commands/update.ts';
import { urlCommand } from './commands/url.ts';
import { versionCommand } from './commands/version.ts';
import { waitCommand } from './commands/wait.ts';
import type { Groups } from './parser/parse.ts';

/** Every command, in the order of the help text. What is heavy is loaded inside their `run`. */
export const commands: readonly Command[] = [
  runCommand,
  listCommand,
  statusCommand,
  inspectCommand,
  updateCommand,
  stopCommand,
  startCommand,
  restartCommand,
  rmCommand,
  waitCommand,
  urlCommand,
  logsCommand,
  eventsCommand,
  mcpListCommand,
  mcpCallCommand,
  secretSetupCommand,
  secretSetCommand,
  secretGetCommand,
  secretListCommand,
  secretDeleteCommand,
  secretProviderCommand,
  clientStatusCommand,
  clientSetupCommand,
  clientRegisterCommand,
  clientRemoveCommand,
  clientListRegisteredCommand,
  clientDiffCommand,
  clientRestoreCommand,
  clientImportCommand,
  proxyStdioCommand,
  runtimeCheckCommand,
  daemonStartCommand,
  daemonStopCommand,
  daemonRestartCommand,
  daemonStatusCommand,
  versionCommand,
  completionCommand,
  namesCommand,
];

/** Words that stand before other commands. */
export const groups: Groups = {
  mcp: 'Speak to an MCP server: list what it offers, call a tool',
  secret: 'Keep values that servers need and nobody should see',
  client: 'Write workloads into the configuration of AI clients: Cursor, VS Code, Claude Code, and others',
  proxy: 'Stand in front of a workload in another way',
  runtime: 'Look for the container engines of this machine',
  daemon: 'Start, stop or look at the daemon',
};

export const summary = 'Run MCP servers that never drop their clients.';
