/** The revisions of the protocol: dates, so that their order is the order of their text. */

import type { Message } from './message.ts';
import type { Era } from './methods.ts';

/** Revisions with sessions, oldest first. 2024-11-05 is the one of HTTP+SSE. */
export const LEGACY_REVISIONS = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'] as const;
export type LegacyRevision = (typeof LEGACY_REVISIONS)[number];

export const NEWEST_LEGACY_REVISION: LegacyRevision = '2025-11-25';

/** The first revision without sessions. */
export const MODERN_REVISION = '2026-07-28';

const DATE = /^\d{4}-\d{2}-\d{2}$/;

export function isLegacyRevision(revision: string): revision is LegacyRevision {
  return LEGACY_REVISIONS.some((known) => known === revision);
}

/** Whether the revision is 2026-07-28 or a later one, also one that did not exist when this was written. */
export function isModernRevision(revision: string): boolean {
  return DATE.test(revision) && revision >= MODERN_REVISION;
}

/** The older of two revisions. */
export function lowerRevision<Revision extends string>(a: Revision, b: Revision): Revision {
  return a < b ? a : b;
}

/** Batches came with 2025-03-26 and went with the next revision. */
export function allowsBatches(revision: string): boolean {
  return revision === '2025-03-26';
}

/** Whether event streams that answer a POST begin with an id, so that they can be resumed (SEP-1699). */
export function primesStreams(revision: string): boolean {
  return isLegacyRevision(revision) && revision >= '2025-11-25';
}

/**
 * The era of a message from a client (sessions.md, Who initialises what): modern when its `_meta` or its header names such a revision,
 * also where the two disagree, since it is for the server to say so. Only clients of the modern era put a version into `_meta`, so that one
 * that nobody knows is theirs as well: the server has to tell them which it supports (2026-07-28, UnsupportedProtocolVersionError).
 *
 * @param versionHeader the value of `MCP-Protocol-Version`, undefined where there is none
 */
export function eraOf(message: Message, versionHeader: string | undefined): Era {
  if (versionHeader !== undefined && isModernRevision(versionHeader)) return 'modern';
  const named = message.text('params._meta.protocolVersion');
  return named !== undefined && !isLegacyRevision(named) ? 'modern' : 'legacy';
}
