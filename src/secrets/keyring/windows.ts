import { type KeyringCommands, type KeyringPlace, LOOK_MS, WORK_MS } from './keyring-commands.ts';
import { type ProgramEnd, runProgram, whyOf } from './run-program.ts';

const FILE = 'powershell.exe';
const NOT_FOUND = 44;

/** The functions of advapi32 that PowerShell has no commands for. `blob` is at most 2,560 bytes. */
const NATIVE = `
$ErrorActionPreference = 'Stop'
Add-Type -TypeDefinition @'
using System; using System.Runtime.InteropServices; using System.Text;
public static class HoldfastVault {
  [StructLayout(LayoutKind.Sequential, CharSet = CharSet.Unicode)]
  public struct Credential {
    public int Flags; public int Type; public string TargetName; public string Comment; public long LastWritten;
    public int BlobSize; public IntPtr Blob; public int Persist; public int AttributeCount; public IntPtr Attributes;
    public string TargetAlias; public string UserName;
  }
  [DllImport("advapi32", CharSet = CharSet.Unicode, SetLastError = true)] static extern bool CredWriteW(ref Credential c, int flags);
  [DllImport("advapi32", CharSet = CharSet.Unicode, SetLastError = true)] static extern bool CredReadW(string t, int type, int flags, out IntPtr c);
  [DllImport("advapi32", CharSet = CharSet.Unicode, SetLastError = true)] static extern bool CredDeleteW(string t, int type, int flags);
  [DllImport("advapi32")] static extern void CredFree(IntPtr c);
  static int Failed() { int e = Marshal.GetLastWin32Error(); return e == 1168 ? ${NOT_FOUND} : 1; }
  public static int Write(string target, string user, string text) {
    byte[] b = Encoding.ASCII.GetBytes(text); IntPtr p = Marshal.AllocHGlobal(b.Length); Marshal.Copy(b, 0, p, b.Length);
    Credential c = new Credential(); c.Type = 1; c.Persist = 2; c.TargetName = target; c.UserName = user; c.Blob = p; c.BlobSize = b.Length;
    try { return CredWriteW(ref c, 0) ? 0 : Failed(); } finally { Marshal.FreeHGlobal(p); }
  }
  public static int Read(string target) {
    IntPtr p; if (!CredReadW(target, 1, 0, out p)) return Failed();
    try {
      Credential c = (Credential)Marshal.PtrToStructure(p, typeof(Credential));
      byte[] b = new byte[c.BlobSize]; Marshal.Copy(c.Blob, b, 0, c.BlobSize); Console.Out.Write(Encoding.ASCII.GetString(b)); return 0;
    } finally { CredFree(p); }
  }
  public static int Delete(string target) { return CredDeleteW(target, 1, 0) ? 0 : Failed(); }
}
'@
`;

/** The Credential Manager, by PowerShell. The script is an argument; a value goes in by stdin. */
export function windowsKeyring({ env, space }: KeyringPlace): KeyringCommands {
  const run = (call: string, stdin = '', withinMs = WORK_MS): Promise<ProgramEnd> => {
    const script = Buffer.from(`${NATIVE}exit ${call}`, 'utf16le').toString('base64');
    return runProgram({ file: FILE, args: ['-NoProfile', '-NonInteractive', '-EncodedCommand', script], stdin, env, withinMs });
  };
  // In hexadecimal: the Credential Manager does not tell capitals from small letters.
  const target = (name: string): string => `'holdfast/${space}/${Buffer.from(name).toString('hex')}'`;
  const failed = (end: ProgramEnd): Error => new Error(whyOf(FILE, end));

  return {
    title: 'the Credential Manager',
    longest: 2_560,
    async problem() {
      // It compiles a little program, which takes a while.
      const end = await run(`[HoldfastVault]::Read(${target(':look')})`, '', 5 * LOOK_MS);
      return end.code === 0 || end.code === NOT_FOUND ? null : whyOf(FILE, end);
    },
    async get(name) {
      const end = await run(`[HoldfastVault]::Read(${target(name)})`);
      if (end.code === NOT_FOUND) return null;
      if (end.code !== 0) throw failed(end);
      return end.stdout.trim();
    },
    async set(name, text) {
      const end = await run(`[HoldfastVault]::Write(${target(name)}, '${name}', [Console]::In.ReadToEnd().Trim())`, text);
      if (end.code !== 0) throw failed(end);
    },
    async delete(name) {
      const end = await run(`[HoldfastVault]::Delete(${target(name)})`);
      if (end.code !== 0 && end.code !== NOT_FOUND) throw failed(end);
      return end.code === 0;
    },
  };
}
