import { renderMarkdown, type Span } from '../src/model/markdown.ts'
import { line } from './line.ts'
import type { Role, Theme } from './theme.ts'

const ROLE_OF: Record<NonNullable<Span['style']>, Role> = {
  heading: 'heading',
  code: 'accent',
  quote: 'muted',
  link: 'muted',
  bullet: 'plain',
}

/** A read-me as terminal lines: headings stand out, code keeps its shape, links are numbered and listed at the end. */
export function markdownLines(theme: Theme, width: number, source: string): string[] {
  return renderMarkdown(source, width - 2).map((spans) =>
    line(theme, width, [
      { text: ' ' },
      ...spans.map(({ text, style }) => ({ text, role: style === undefined ? ('plain' as const) : ROLE_OF[style] })),
    ]),
  )
}
