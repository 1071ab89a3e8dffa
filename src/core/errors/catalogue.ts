import { clientFileErrors } from './client-file-errors.ts';
import { secretErrors } from './secret-errors.ts';

/** Who has to act: the person at the keyboard, whoever keeps the machine, or the authors of Holdfast. */
export type ErrorKind = 'user' | 'environment' | 'bug';

/** One row of the catalogue. Codes are stable: never renamed, never reused. `docs/errors.md` is generated from this. */
export interface ErrorDefinition {
  readonly kind: ErrorKind;
  /** Exit code of the command line: 2 usage, 1 failure, 3 engine unavailable. */
  readonly exit: 1 | 2 | 3;
  /** HTTP status at the gateway and the control API. */
  readonly http: number;
  /** JSON-RPC code where the error reaches an AI client (-31000…-31019, `sessions.md`), else absent. */
  readonly rpc?: number;
  /** What it means, one sentence. */
  readonly meaning: string;
  /** What to do about it, one sentence. */
  readonly fix: string;
}

const define = <const T extends Record<string, ErrorDefinition>>(rows: T): T => rows;

export const catalogue = define({
  // What an AI client can be told through the gateway.
  HF_BACKEND_LOST: {
    kind: 'environment',
    exit: 1,
    http: 200,
    rpc: -31000,
    meaning: 'The server died after the request had been handed to it; the request may have been executed.',
    fix: 'Check whether it took effect, then call again; the server is being restarted.',
  },
  HF_HOLD_EXPIRED: {
    kind: 'environment',
    exit: 1,
    http: 200,
    rpc: -31001,
    meaning: 'The server did not come back within the hold limit; the request was never handed to it.',
    fix: 'Call again after the time in `retryAfterMs`.',
  },
  HF_RESTART_TOO_LATE: {
    kind: 'environment',
    exit: 1,
    http: 200,
    rpc: -31002,
    meaning: 'The next start of the server is later than the hold limit; the request was never handed to it.',
    fix: 'Call again after the time in `retryAfterMs`, or start the workload by hand.',
  },
  HF_HOLD_FULL: {
    kind: 'environment',
    exit: 1,
    http: 200,
    rpc: -31003,
    meaning: 'Too many requests, or too many bytes, already wait for this server.',
    fix: 'Call again later.',
  },
  HF_WORKLOAD_FAILED: {
    kind: 'environment',
    exit: 1,
    http: 200,
    rpc: -31004,
    meaning: 'The server was given up after its last restart attempt.',
    fix: 'Read its last output with `holdfast logs`, repair the cause, then `holdfast start`.',
  },
  HF_WORKLOAD_STOPPED: {
    kind: 'user',
    exit: 1,
    http: 200,
    rpc: -31005,
    meaning: 'The workload is stopped.',
    fix: 'Start it with `holdfast start`.',
  },
  HF_RUNTIME_UNAVAILABLE: {
    kind: 'environment',
    exit: 3,
    http: 200,
    rpc: -31006,
    meaning: 'The runtime that the workload is bound to does not answer; nothing is concluded about its servers.',
    fix: 'Start the engine; the workload comes back by itself.',
  },
  HF_REQUEST_TIMEOUT: {
    kind: 'environment',
    exit: 1,
    http: 200,
    rpc: -31007,
    meaning: 'The server did not answer within the request timeout; it was told to cancel.',
    fix: 'Call again, or raise `--request-timeout`.',
  },
  HF_SESSION_UNKNOWN: {
    kind: 'user',
    exit: 1,
    http: 404,
    rpc: -31008,
    meaning: 'No session has that id: it was ended, expired, or never given out.',
    fix: 'Send a new `initialize` without a session id.',
  },
  HF_SESSION_REQUIRED: {
    kind: 'user',
    exit: 1,
    http: 400,
    rpc: -31009,
    meaning: 'The request carries no `Mcp-Session-Id`.',
    fix: 'Send `initialize` first and repeat the id of its answer in every request.',
  },
  HF_WORKLOAD_UNKNOWN: {
    kind: 'user',
    exit: 1,
    http: 404,
    rpc: -31010,
    meaning: 'There is no workload of that name.',
    fix: '`holdfast ls -a` shows the names.',
  },
  HF_FORBIDDEN_ORIGIN: {
    kind: 'user',
    exit: 1,
    http: 403,
    rpc: -31011,
    meaning: 'The request comes from a web page or names a foreign host.',
    fix: 'Call the loopback URL directly, or allow the origin with `--allowed-origins`.',
  },
  HF_BAD_HEADERS: {
    kind: 'user',
    exit: 1,
    http: 400,
    rpc: -31012,
    meaning: 'A header of the request is missing or has a value that the protocol does not allow.',
    fix: 'Send `Content-Type: application/json`, `Accept: application/json, text/event-stream`, and a known `MCP-Protocol-Version`.',
  },
  HF_BODY_TOO_LARGE: {
    kind: 'user',
    exit: 1,
    http: 413,
    rpc: -31013,
    meaning: 'The body is larger than 16 MB.',
    fix: 'Send less, or pass a reference instead of the data.',
  },
  HF_BATCH_NOT_ALLOWED: {
    kind: 'user',
    exit: 1,
    http: 400,
    rpc: -31014,
    meaning: 'A JSON-RPC batch is only allowed on a session of revision 2025-03-26, and never with `initialize` in it.',
    fix: 'Send one message per request.',
  },
  HF_VERSION_LOST: {
    kind: 'environment',
    exit: 1,
    http: 200,
    rpc: -31015,
    meaning: 'The restarted server no longer speaks the protocol version of this session.',
    fix: 'Initialize again.',
  },
  HF_DAEMON_RESTARTED: {
    kind: 'environment',
    exit: 1,
    http: 200,
    rpc: -31016,
    meaning: 'Holdfast itself was restarted while the request was in flight; the request may have been executed.',
    fix: 'Check whether it took effect, then call again.',
  },
  HF_BAD_MESSAGE: {
    kind: 'user',
    exit: 1,
    http: 400,
    rpc: -31017,
    meaning: 'The body is JSON, but not one valid JSON-RPC 2.0 message of MCP.',
    fix: 'Send one JSON-RPC 2.0 object with unique keys.',
  },
  HF_BAD_ANSWER: {
    kind: 'environment',
    exit: 1,
    http: 200,
    rpc: -31018,
    meaning: 'The server answered with something that is not MCP.',
    fix: 'Read the log of the server with `holdfast logs`.',
  },
  HF_SESSIONS_FULL: {
    kind: 'environment',
    exit: 1,
    http: 200,
    rpc: -31019,
    meaning: 'The workload runs as many isolated sessions as it may.',
    fix: 'Close a client, or raise the limit.',
  },

  // What the command line and the control API say.
  HF_USAGE: {
    kind: 'user',
    exit: 2,
    http: 400,
    meaning: 'A command, flag or value is not known or not allowed.',
    fix: '`holdfast help` shows what is.',
  },
  HF_BAD_SPEC: {
    kind: 'user',
    exit: 2,
    http: 400,
    meaning: 'The specification of the workload is not valid.',
    fix: 'Correct the field that the message names.',
  },
  HF_BAD_NAME: {
    kind: 'user',
    exit: 2,
    http: 400,
    meaning: 'The name is not allowed.',
    fix: 'Use [a-z0-9][a-z0-9_-]{0,62}; k, api, health and metrics are reserved.',
  },
  HF_NAME_TAKEN: {
    kind: 'user',
    exit: 1,
    http: 409,
    meaning: 'A workload of that name exists already.',
    fix: 'Change it with `holdfast update`, replace it with `run --replace`, or choose another `--name`.',
  },
  HF_ENV_FILE: {
    kind: 'user',
    exit: 2,
    http: 400,
    meaning: 'An environment file has a line that is not KEY=VALUE.',
    fix: 'Correct the line that the message names.',
  },
  HF_COMMAND_NOT_FOUND: {
    kind: 'user',
    exit: 1,
    http: 422,
    meaning: 'The program, its interpreter or its working directory does not exist.',
    fix: 'Check the spelling and PATH, or give an absolute path.',
  },
  HF_COMMAND_NOT_EXECUTABLE: {
    kind: 'user',
    exit: 1,
    http: 422,
    meaning: 'The file exists but may not be executed.',
    fix: 'chmod +x it, or name its interpreter.',
  },
  HF_PACKAGE_NOT_FOUND: {
    kind: 'user',
    exit: 1,
    http: 422,
    meaning: 'The package or that version of it could not be installed.',
    fix: 'Check its name and version, and that the package registry can be reached.',
  },
  HF_IMAGE_NOT_FOUND: {
    kind: 'user',
    exit: 1,
    http: 422,
    meaning: 'The image is neither at the engine nor could it be pulled.',
    fix: 'Check its name; where the registry asks for it, log in with `docker login` or `podman login`.',
  },
  HF_CONTAINER_REFUSED: {
    kind: 'user',
    exit: 1,
    http: 422,
    meaning: 'The engine refused to create or to start the container.',
    fix: 'Correct what its words name, with `holdfast update` where the workload exists.',
  },
  HF_REMOVED_OUTSIDE: {
    kind: 'environment',
    exit: 1,
    http: 404,
    // To an AI client the same as a workload that is not there.
    rpc: -31010,
    meaning: 'Somebody else removed the container of the workload.',
    fix: '`holdfast start` creates it anew from its spec; `holdfast rm` forgets the workload.',
  },
  HF_START_FAILED: {
    kind: 'environment',
    exit: 1,
    http: 422,
    meaning: 'The server ended before it was ready.',
    fix: 'Its last output says why; correct the command or its environment.',
  },
  HF_NOT_READY: {
    kind: 'environment',
    exit: 1,
    http: 422,
    meaning: 'The server did not become ready in time.',
    fix: 'Raise `--timeout`, or check `--transport` and the port it listens on.',
  },
  HF_WAIT_TIMEOUT: {
    kind: 'environment',
    exit: 1,
    http: 408,
    meaning: 'What was waited for did not come in time.',
    fix: 'Wait longer with --timeout, or read `holdfast logs`.',
  },
  HF_SPAWN_FAILED: {
    kind: 'environment',
    exit: 1,
    http: 503,
    meaning: 'The operating system refused to start a process.',
    fix: 'Free memory, processes or file descriptors; it is retried.',
  },
  HF_PORT_TAKEN: {
    kind: 'environment',
    exit: 1,
    http: 409,
    meaning: 'Another program listens on the port.',
    fix: 'Stop that program or choose another port.',
  },
  HF_STATE_NEWER: {
    kind: 'environment',
    exit: 1,
    http: 409,
    meaning: 'The state was written by a newer Holdfast.',
    fix: 'Use that version; nothing was changed.',
  },
  HF_STATE_DAMAGED: {
    kind: 'environment',
    exit: 1,
    http: 500,
    meaning: 'A state file cannot be read; it was set aside.',
    fix: 'Run the workload anew; the file that was set aside is named.',
  },
  HF_STATE_WRITE: {
    kind: 'environment',
    exit: 1,
    http: 507,
    meaning: 'State could not be written.',
    fix: 'Free disk space or repair the permissions of the home folder.',
  },
  HF_HOME: {
    kind: 'environment',
    exit: 1,
    http: 500,
    meaning: 'The home folder cannot be used.',
    fix: 'Set HOLDFAST_HOME to a folder that you own and can write.',
  },
  HF_DAEMON_UNREACHABLE: {
    kind: 'environment',
    exit: 1,
    http: 503,
    meaning: 'The daemon does not answer and could not be started.',
    fix: 'Read the daemon log that the message names.',
  },
  HF_DAEMON_RUNNING: {
    kind: 'user',
    exit: 1,
    http: 409,
    meaning: 'A daemon already runs for this home.',
    fix: 'Use it, or end it with `holdfast daemon stop`.',
  },
  HF_VERSION_SKEW: {
    kind: 'environment',
    exit: 1,
    http: 409,
    meaning: 'The daemon is of another version and cannot serve this command line.',
    fix: '`holdfast daemon restart` (clients wait a moment; stdio servers are started anew).',
  },
  HF_UNSUPPORTED: {
    kind: 'user',
    exit: 2,
    http: 400,
    meaning: 'This version cannot do that.',
    fix: 'See `holdfast help` for what it can do.',
  },
  HF_TOOL_ERROR: {
    kind: 'user',
    exit: 1,
    http: 200,
    meaning: 'The tool reported an error.',
    fix: 'Read its message; `--ignore-tool-error` makes the exit code 0.',
  },
  HF_CANCELLED: {
    kind: 'user',
    exit: 1,
    http: 409,
    meaning: 'The operation was overtaken by a later one.',
    fix: 'Nothing, or ask again.',
  },
  HF_INTERNAL: {
    kind: 'bug',
    exit: 1,
    http: 500,
    meaning: 'A defect of Holdfast.',
    fix: 'Please report it with the log of the daemon.',
  },

  // What concerns the configuration files of AI clients.
  ...clientFileErrors,

  // What concerns secrets.
  ...secretErrors,
});

export type ErrorCode = keyof typeof catalogue;
