/** One way of looking for a container engine, and what became of it. */
export interface EngineCandidate {
  /** As shown to people: `DOCKER_HOST`, `docker context "remote"`, `usual socket`, … */
  readonly strategy: string;
  /** `unix:///run/docker.sock`, `tcp://host:port`; null where the way leads to nothing that can be spoken to. */
  readonly address: string | null;
  readonly outcome: 'answers' | 'absent' | 'refused' | 'no-permission' | 'too-old' | 'wrong-kind' | 'unsupported';
  /** Why, and what to do, in a sentence; empty where it answers. */
  readonly detail: string;
  /** What answers; null where nothing does. */
  readonly engine: { readonly kind: 'docker' | 'podman'; readonly version: string; readonly apiVersion: string } | null;
}

/** Looks for container engines as `run` does. */
export interface EngineSurvey {
  /**
   * Every way in its order of preference; an image goes to the first whose outcome is `answers`. Throws nothing that one engine did.
   * @param env of the process that asks: DOCKER_HOST, DOCKER_CONTEXT, XDG_RUNTIME_DIR, HOME, …
   */
  survey(env: Readonly<Record<string, string>>): Promise<readonly EngineCandidate[]>;
}
