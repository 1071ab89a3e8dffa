/** Every method throws EngineError. */
export interface EngineVolumes {
  exists(name: string): Promise<boolean>;
  /** `in-use`: a container has it. */
  remove(name: string): Promise<'removed' | 'absent' | 'in-use'>;
}
