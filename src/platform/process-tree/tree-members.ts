import type { MarkedProcess } from './process-table.ts';

/** Whom a kill of a tree means. */
export interface TreeQuery {
  /** True for the marker of a process that belongs to the tree. */
  readonly ours: (marker: string) => boolean;
  /**
   * Sessions that were begun for the tree, by the pid of their leader, with the leader's start time: catches what hides its environment.
   * A number whose leader started at another time was given away again and counts no more. Where the system shows no sessions, the leader
   * and its descendants.
   */
  readonly sessions: ReadonlyMap<number, string>;
  /** Never named, and neither are its descendants unless they are marked: Holdfast itself, which one of its own servers may have started. */
  readonly self: number;
}

/**
 * The living processes of a tree: those that carry its marker, those of its sessions, and all descendants of both. A process that
 * carries another marker is somebody else's, and so are its descendants.
 */
export function treeMembers(table: readonly MarkedProcess[], query: TreeQuery): MarkedProcess[] {
  const children = new Map<number, MarkedProcess[]>();
  const started = new Map<number, string>();
  for (const entry of table) {
    started.set(entry.pid, entry.startTime);
    const siblings = children.get(entry.ppid);
    if (siblings === undefined) children.set(entry.ppid, [entry]);
    else siblings.push(entry);
  }
  const ofSession = (session: number): boolean => {
    const leader = query.sessions.get(session);
    return leader !== undefined && (started.get(session) ?? leader) === leader;
  };
  const foreign = (entry: MarkedProcess): boolean => entry.pid === query.self || (entry.marker !== null && !query.ours(entry.marker));

  const members = new Map<number, MarkedProcess>();
  const leads = (entry: MarkedProcess): boolean => query.sessions.get(entry.pid) === entry.startTime;
  const waiting = table.filter((entry) => (entry.marker !== null && query.ours(entry.marker)) || ofSession(entry.session) || leads(entry));
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (entry.pid <= 1 || members.has(entry.pid) || foreign(entry)) continue;
    members.set(entry.pid, entry);
    waiting.push(...(children.get(entry.pid) ?? []));
  }
  return [...members.values()].filter((entry) => !entry.dead);
}
