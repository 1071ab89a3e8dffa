import { choice, textFlag, textsFlag, toggle } from './flag.ts';

/** Flags that mean the same wherever they are. */
export const quietFlag = (summary = 'No progress and no notes') => toggle(summary, { short: 'q' });

export const allFlag = (summary: string) => toggle(summary, { short: 'a' });

export const groupFlag = (summary: string, look: { short?: string; standard?: string } = {}) => textFlag('GROUP', summary, look);

export const labelFlag = (summary: string) => textsFlag('KEY=VALUE', summary, { short: 'l' });

/** Every command has it. */
export const formatFlag = (formats: readonly string[], standard: string) => choice(formats, 'Form of what is printed', { standard });
