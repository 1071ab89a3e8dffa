/** Exit code of a daemon that found another one of its home at work (HF_DAEMON_RUNNING): whoever started it waits for that one. */
export const daemonRunningExit = 75;
