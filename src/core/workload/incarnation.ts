/** What tells one incarnation from every other, also after a restart of Holdfast or the machine (`runtimes.md`). */
export type Incarnation =
  | {
      readonly runtime: 'process';
      readonly bootId: string;
      readonly pid: number /** clock ticks since boot, field 22 of /proc/PID/stat */;
      readonly startTime: string;
    }
  | { readonly runtime: 'docker' | 'podman'; readonly containerId: string; readonly startedAt: string }
  | { readonly runtime: 'remote'; readonly url: string };
