import { copied } from '../../lib/copied.ts';
import { equalLists } from '../../mcp/equal-lists.ts';
import { toolSafety } from '../../mcp/tools-list.ts';

interface Page {
  /** The `result` of the answer, JSON bytes. */
  readonly result: Uint8Array;
  readonly generation: number;
}

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
    const page = { result: copied(result), generation };
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
   * Whether that tool may be called twice, by the pages that are kept: of `generation`, or of any where null.
   * Null where no page tells of the tool.
   */
  toolIsSafe(view: string, tool: string, generation: number | null): boolean | null {
    for (const [key, page] of this.pages) {
      if (!key.startsWith(`${view}\u0000tools/list\u0000`)) continue;
      if (generation !== null && page.generation !== generation) continue;
      const safety = toolSafety(page.result, tool);
      if (safety !== null) return safety;
    }
    return null;
  }

  private forgetPages(view: string, method: string): void {
    const first = pageKey(view, method, null);
    for (const key of this.pages.keys()) if (key !== first && key.startsWith(first)) this.pages.delete(key);
  }
}

function pageKey(view: string, method: string, cursor: string | null): string {
  return `${view}\u0000${method}\u0000${cursor === null ? '' : `c${cursor}`}`;
}
