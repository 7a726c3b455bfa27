/** `[####------] 40%` in exactly `width` cells where that fits; ASCII, so that every terminal shows it. */
export function progressBar(percent: number, width: number): string {
  const shown = Math.max(0, Math.min(100, Math.floor(percent)))
  const room = width - 7
  if (room < 1) return `${shown}%`.padStart(4).slice(0, Math.max(0, width))
  const full = Math.floor((room * shown) / 100)
  return `[${'#'.repeat(full)}${'-'.repeat(room - full)}] ${`${shown}%`.padStart(4)}`
}
