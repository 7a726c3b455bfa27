/** Line and column, both 1-based; the column counts UTF-16 units. A byte order mark is no column: editors show none. */
export interface LineColumn {
  line: number
  column: number
}

/** Answers where an offset of one text is. The line starts are found once, on the first question. */
export function positions(text: string): (offset: number) => LineColumn {
  let starts: number[] | undefined
  return (offset) => {
    starts ??= lineStarts(text)
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: Math.max(0, offset - (starts[low] ?? 0)) + 1 }
  }
}

function lineStarts(text: string): number[] {
  const starts = [text.startsWith('\ufeff') ? 1 : 0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
