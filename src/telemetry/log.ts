import { type Logger, pino, stdTimeFunctions } from 'pino';
import type { Log } from '../core/ports/log.ts';
import { createRedactor, type Redactor } from './redactor.ts';
import { openDescriptor, openRotatingFile } from './rotating-file.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LogOptions {
  /** Path of a file, which is rotated, or an open descriptor such as 2. */
  readonly destination: string | number;
  readonly level: LogLevel;
  /** Knows the secrets that must not appear; the log reads it at each line. */
  readonly redactor?: Redactor;
  /** Size at which a file is rotated; one older file of that size is kept. */
  readonly maxBytes?: number;
}

/** The daemon's own log, and how to end it. Lines are on their way to the file when a call returns. */
export interface DaemonLog extends Log {
  close(): void;
}

const MAX_BYTES = 5 * 1024 * 1024;
type Fields = Readonly<Record<string, unknown>>;

/** One JSON object a line: `level`, `time` (ISO 8601), the fields, `message`. Throws the system's error when the file cannot be opened. */
export function createLog({ destination, level, redactor = createRedactor(), maxBytes = MAX_BYTES }: LogOptions): DaemonLog {
  const file = typeof destination === 'string' ? openRotatingFile({ path: destination, maxBytes }) : openDescriptor(destination);
  const options = {
    level,
    base: null,
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return { ...bindLog(pino(options, file), redactor, {}), close: () => file.close() };
}

function bindLog(logger: Logger, redactor: Redactor, bound: Fields): Log {
  const write = (level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: Fields = {}): void => {
    if (!logger.isLevelEnabled(level)) return;
    logger[level](redactor.redactDeep({ ...bound, ...fields }), redactor.redact(message));
  };
  return {
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
    child: (fields) => bindLog(logger, redactor, { ...bound, ...fields }),
  };
}
