/**
 * The shell in front of an HTTP server. Such a server outlives Holdfast, and then nobody could say how it ended: only a parent learns that.
 * So a shell is its parent, writes the exit status down, and stays when Holdfast goes. It costs about 4 ms at a start and 0.1 MB of its own
 * (docs/adr/0005-a-shell-in-front-of-http-servers.md).
 *
 * $0 = run folder, $1 = path of mkfifo, then the server's command line. Descriptor 3 is where the server's pid is written.
 * - The traps keep the shell alive when its group is signalled; a trap that runs a command is not inherited, unlike one that ignores.
 * - The server is exec'd by a shell of its own, so that its pid is known before it runs, and it stays the shell's foreground command
 *   (a background command would start with SIGINT and SIGQUIT ignored).
 * - Both hold the FIFO open, so that its end tells of a death even when one was killed without the other. It is opened for reading and
 *   writing, because opening for writing alone waits for a reader.
 * - The status is written before the FIFO is written to: who is woken by that finds it.
 */
const SCRIPT = `trap : HUP INT QUIT TERM USR1 USR2 ALRM
"$1" -m 600 "$0/alive" && exec 4<>"$0/alive" || exit 125
shift
/bin/sh -c 'echo "$$" >&3; exec 3>&-; UNSET; exec "$@"' "$0" "$@"
code=$?
echo "$code" >"$0/status"
echo >&4
exit "$code"`;

/** Variables that shells set although nobody asked for them. */
const SET_BY_SHELLS: readonly string[] = ['PWD', 'OLDPWD', 'SHLVL'];

/** A name that a shell hands on; others it drops without a word. */
const PASSED_ON = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function isPassedOn(name: string): boolean {
  return PASSED_ON.test(name);
}

/** Command line of `/bin/sh` that runs a server behind the wrapper. */
export function wrapperArgs(
  runFolder: string,
  mkfifo: string,
  command: { readonly file: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> },
): string[] {
  const unset = SET_BY_SHELLS.filter((name) => !(name in command.env));
  const script = SCRIPT.replace('UNSET', unset.length === 0 ? ':' : `unset ${unset.join(' ')}`);
  return ['-c', script, runFolder, mkfifo, command.file, ...command.args];
}
