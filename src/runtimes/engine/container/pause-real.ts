/** Bounds what the engine does, not what anybody decided: real time, whatever clock the caller has. */
export function pauseReal(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
