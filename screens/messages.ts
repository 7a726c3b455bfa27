import { messageLine } from '../components/frame.ts'
import { fill, line } from '../components/line.ts'
import type { Drawn, ScreenProps } from './routes.ts'

/** Everything said in this sitting, newest first. */
export function messagesScreen({ theme, width, height, state }: ScreenProps): Drawn {
  const all = state.notices.all.toReversed().map((notice) => messageLine(theme, width, notice))
  const none = line(theme, width, [{ text: ' Nothing was said yet.' }])
  return { lines: fill(all.length ? all : [none], width, height), listRows: height }
}
