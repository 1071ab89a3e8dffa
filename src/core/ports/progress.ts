/** Steps of long work, for a terminal or an NDJSON stream. `step` is a stable word, `message` is for people. */
export interface ProgressStep {
  readonly step: 'resolve' | 'install' | 'pull' | 'create' | 'start' | 'handshake' | 'ready' | 'stop' | 'remove';
  readonly message: string;
}

export type Progress = (step: ProgressStep) => void;
