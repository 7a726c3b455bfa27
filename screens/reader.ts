import { paletteCommands } from './command-line.ts'
import type { StartParts } from './start.tsx'
export async function startReader(parts: StartParts): Promise<number> {
  void paletteCommands
  void parts
  return 0
}
