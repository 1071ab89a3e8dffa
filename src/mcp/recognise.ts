/** Which kind of JSON-RPC 2.0 message a valid JSON object is, or why it is none (sections 4 and 5 of JSON-RPC; MCP forbids null as the id of a request). */

import { stringValue } from './json-text.ts';
import { type FoundField, Message, type MessageKind } from './message.ts';
import { knownMethod } from './method-names.ts';
import { type PeekFailure, peekFailure } from './peek-failure.ts';

const QUOTE = 0x22;
const MINUS = 0x2d;
const OPEN_BRACKET = 0x5b;
const LETTER_N = 0x6e;
const OPEN_BRACE = 0x7b;

/** `bytes[start, end)` is the object, `found` what `scanMembers` noted in it. */
export function recogniseMessage(
  bytes: Uint8Array,
  start: number,
  end: number,
  found: readonly FoundField[],
  hasLineBreak: boolean,
): Message | PeekFailure {
  const members = topMembers(found);
  const { version, method } = members;
  if (version === undefined) return refuse(start, 'has no member "jsonrpc"');
  if (!isVersion2(bytes, version)) return refuse(version.start, 'has a member "jsonrpc" that is not "2.0"');
  const kind = method === undefined ? answerKind(bytes, start, members) : callKind(bytes, method, members);
  if (typeof kind !== 'string') return kind;
  return new Message(bytes, start, end, kind, method === undefined ? '' : methodName(bytes, method), found, hasLineBreak);
}

interface Members {
  version: FoundField | undefined;
  id: FoundField | undefined;
  method: FoundField | undefined;
  params: FoundField | undefined;
  result: FoundField | undefined;
  error: FoundField | undefined;
}

function topMembers(found: readonly FoundField[]): Members {
  const members: Members = { version: undefined, id: undefined, method: undefined, params: undefined, result: undefined, error: undefined };
  for (const part of found) {
    if (part.field === 'jsonrpc') members.version = part;
    else if (part.field === 'id') members.id = part;
    else if (part.field === 'method') members.method = part;
    else if (part.field === 'params') members.params = part;
    else if (part.field === 'result') members.result = part;
    else if (part.field === 'error') members.error = part;
  }
  return members;
}

function callKind(bytes: Uint8Array, method: FoundField, { id, params, result, error }: Members): MessageKind | PeekFailure {
  if (bytes[method.start] !== QUOTE) return refuse(method.start, 'has a method that is not a string');
  if (result !== undefined || error !== undefined) return refuse((result ?? error ?? method).start, 'is a request and an answer in one');
  // Null params are no params to every known implementation that writes them.
  if (params !== undefined && !isStructured(bytes, params) && bytes[params.start] !== LETTER_N) {
    return refuse(params.start, 'has params that are neither an object nor an array');
  }
  if (id === undefined) return 'notification';
  return isIdentifier(bytes, id) ? 'request' : refuse(id.start, 'is a request whose id is neither a string nor a number');
}

function answerKind(bytes: Uint8Array, start: number, { id, result, error }: Members): MessageKind | PeekFailure {
  if (result !== undefined && error !== undefined) return refuse(error.start, 'has both a result and an error');
  if (result !== undefined) {
    if (id !== undefined && isIdentifier(bytes, id)) return 'response';
    return refuse(id?.start ?? start, 'is a response whose id is neither a string nor a number');
  }
  if (error === undefined) return refuse(start, 'has neither a method nor a result nor an error');
  if (bytes[error.start] !== OPEN_BRACE) return refuse(error.start, 'has an error that is not an object');
  // An error about a request whose id could not be read has the id null, in some implementations none.
  if (id === undefined || bytes[id.start] === LETTER_N || isIdentifier(bytes, id)) return 'error-response';
  return refuse(id.start, 'is an error whose id is neither a string, a number nor null');
}

function refuse(offset: number, what: string): PeekFailure {
  return peekFailure('not-jsonrpc', offset, `it is not a JSON-RPC 2.0 message: it ${what}`);
}

function isIdentifier(bytes: Uint8Array, { start }: FoundField): boolean {
  const first = bytes[start] as number;
  return first === QUOTE || first === MINUS || (first >= 0x30 && first <= 0x39);
}

function isStructured(bytes: Uint8Array, { start }: FoundField): boolean {
  const first = bytes[start];
  return first === OPEN_BRACE || first === OPEN_BRACKET;
}

function isVersion2(bytes: Uint8Array, { start, end }: FoundField): boolean {
  if (bytes[start] !== QUOTE) return false;
  const isPlain = end - start === 5 && bytes[start + 1] === 0x32 && bytes[start + 2] === 0x2e && bytes[start + 3] === 0x30;
  return isPlain || stringValue(bytes, start, end) === '2.0';
}

function methodName(bytes: Uint8Array, { start, end }: FoundField): string {
  return knownMethod(bytes, start + 1, end - 1) ?? stringValue(bytes, start, end);
}
