import type { Image } from './image.ts';
export function pythonImage(): Image {
  throw new Error('later');
}
