import { copied } from '../../lib/copied.ts';
import { equalLists } from '../../mcp/equal-lists.ts';
import { toolSafety } from '../../mcp/tools-list.ts';

interface Page {
  /** The `result` of the answer, JSON bytes. */
  readonly result: Uint8Array;
  readonly generation: number;
  /** What the same generation said to it before, and what it said on pages that followed. Null where that was too much to keep. */
  readonly earlier: readonly Uint8Array[] | null;
}

/** So many earlier results of a list are kept: with more it is no longer known what its tools once were. */
const EARLIER_LIMIT = 8;
/** Results larger than this are not kept, bytes. */
const PAGE_LIMIT = 4 * 1024 * 1024;
/** Pages that are kept in all, per cache. */
const PAGES_LIMIT = 500;

/**
 * What backends said to list requests. A `view` names everything that an answer may depend on besides the request itself (revision,
 * client capabilities, authorization): sessions of one view see the same lists. Survives generations: that is its purpose.
 */
export class ListCache {
  private readonly pages = new Map<string, Page>();

  /** Keeps an answer. `changed`: an earlier generation, or the same one, said something else to the same request. */
  remember(view: string, method: string, cursor: string | null, result: Uint8Array, generation: number): 'first' | 'same' | 'changed' {
    if (result.length > PAGE_LIMIT) return 'first';
    const key = pageKey(view, method, cursor);
    const before = this.pages.get(key);
    const earlier = this.earlierOf(view, method, cursor, generation, result);
    const page = { result: copied(result), generation, earlier };
    this.pages.delete(key);
    this.pages.set(key, page);
    const oldest = this.pages.size > PAGES_LIMIT ? this.pages.keys().next().value : undefined;
    if (oldest !== undefined) this.pages.delete(oldest);
    if (!before) return 'first';
    if (equalLists(before.result, result)) return 'same';
    if (cursor === null) this.forgetPages(view, method);
    return 'changed';
  }

  /** What was said to that request last. A page behind a cursor only if it belongs to the generation of the first page. */
  find(view: string, method: string, cursor: string | null): Uint8Array | null {
    return this.pages.get(pageKey(view, method, cursor))?.result ?? null;
  }

  /** Whether anything is kept for the view. */
  knows(view: string, method: string, generation: number): boolean {
    return this.pages.get(pageKey(view, method, null))?.generation === generation;
  }

  /**
   * Whether that tool may be called twice, by the pages that are kept: of `generation`, or of any where null. What was not safe in any list of
   * that generation is not: a call that is in flight may be from then. Null where no page tells of the tool.
   */
  toolIsSafe(view: string, tool: string, generation: number | null): boolean | null {
    let known: boolean | null = null;
    for (const [key, page] of this.pages) {
      if (!key.startsWith(`${view}\u0000tools/list\u0000`)) continue;
      if (generation !== null && page.generation !== generation) continue;
      if (page.earlier === null) return false;
      for (const result of [page.result, ...page.earlier]) {
        const safety = toolSafety(result, tool);
        if (safety === false) return false;
        known ??= safety;
      }
    }
    return known;
  }

  /** What a page that is kept now takes the place of. */
  private earlierOf(view: string, method: string, cursor: string | null, generation: number, result: Uint8Array): Page['earlier'] {
    const key = pageKey(view, method, cursor);
    const before = this.pages.get(key);
    if (before?.generation !== generation) return [];
    if (equalLists(before.result, result)) return before.earlier;
    const replaced = cursor === null ? this.pagesFrom(key) : [before];
    const earlier: Uint8Array[] = [];
    for (const page of replaced) {
      if (page.generation !== generation) continue;
      if (page.earlier === null) return null;
      earlier.push(page.result, ...page.earlier);
    }
    return earlier.length > EARLIER_LIMIT ? null : earlier;
  }

  private pagesFrom(first: string): Page[] {
    return [...this.pages].filter(([key]) => key.startsWith(first)).map(([, page]) => page);
  }

  private forgetPages(view: string, method: string): void {
    const first = pageKey(view, method, null);
    for (const key of this.pages.keys()) if (key !== first && key.startsWith(first)) this.pages.delete(key);
  }
}

function pageKey(view: string, method: string, cursor: string | null): string {
  return `${view}\u0000${method}\u0000${cursor === null ? '' : `c${cursor}`}`;
}
