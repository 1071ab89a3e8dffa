/** Whether a tool of that toolset is annotated as harmless when called twice; null where there is no such tool. */
export function isSafeTool(tool: string, toolset: number): boolean | null {
  switch (tool) {
    case 'safe':
    case 'idem':
      return true;
    case 'unsafe':
      return false;
    case 'shifty':
      return toolset % 2 === 0;
    default:
      return null;
  }
}

/** The tools of a toolset as they stand in a list. */
export function toolList(toolset: number): object[] {
  return [
    { name: 'safe', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } },
    { name: 'idem', inputSchema: { type: 'object' }, annotations: { idempotentHint: true, destructiveHint: true } },
    { name: 'unsafe', inputSchema: { type: 'object' } },
    { name: 'shifty', inputSchema: { type: 'object' }, annotations: { readOnlyHint: toolset % 2 === 0 } },
    { name: `extra-${toolset}`, inputSchema: { type: 'object' }, annotations: { readOnlyHint: false } },
  ];
}
