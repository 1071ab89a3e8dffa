import { ampCli } from './amp-cli.ts';
import { antigravity } from './antigravity.ts';
import { augmentCli } from './augment-cli.ts';
import { claudeCode } from './claude-code.ts';
import { claudeDesktop } from './claude-desktop.ts';
import { cline } from './cline.ts';
import { codex } from './codex.ts';
import { continueDev } from './continue.ts';
import { copilotCli } from './copilot-cli.ts';
import { crush } from './crush.ts';
import { cursor } from './cursor.ts';
import type { Descriptor } from './descriptor.ts';
import { factory } from './factory.ts';
import { geminiCli } from './gemini-cli.ts';
import { goose } from './goose.ts';
import { jetbrainsAi } from './jetbrains-ai.ts';
import { junie } from './junie.ts';
import { kilo } from './kilo.ts';
import { kimiCli } from './kimi-cli.ts';
import { kiro } from './kiro.ts';
import { lmStudio } from './lm-studio.ts';
import { mistralVibe } from './mistral-vibe.ts';
import { opencode } from './opencode.ts';
import { qoder } from './qoder.ts';
import { qodercli } from './qodercli.ts';
import { qwenCode } from './qwen-code.ts';
import { rooCode } from './roo-code.ts';
import { trae } from './trae.ts';
import { vscode } from './vscode.ts';
import { vscodeInsider } from './vscode-insider.ts';
import { vscodeServer } from './vscode-server.ts';
import { warp } from './warp.ts';
import { windsurf } from './windsurf.ts';
import { windsurfJetbrains } from './windsurf-jetbrains.ts';
import { zed } from './zed.ts';

/** Every client that Holdfast knows, sorted by id. */
export const descriptors: readonly Descriptor[] = [
  ampCli,
  antigravity,
  augmentCli,
  claudeCode,
  claudeDesktop,
  cline,
  codex,
  continueDev,
  copilotCli,
  crush,
  cursor,
  factory,
  geminiCli,
  goose,
  jetbrainsAi,
  junie,
  kilo,
  kimiCli,
  kiro,
  lmStudio,
  mistralVibe,
  opencode,
  qoder,
  qodercli,
  qwenCode,
  rooCode,
  trae,
  vscode,
  vscodeInsider,
  vscodeServer,
  warp,
  windsurf,
  windsurfJetbrains,
  zed,
];
