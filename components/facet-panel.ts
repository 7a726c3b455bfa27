import type { Facets } from '../src/model/catalog.ts'
import { FACETS, type FacetName } from '../src/model/query.ts'
import { bar, fill, line } from './line.ts'
import type { Theme } from './theme.ts'

export interface FacetLine {
  facet: FacetName
  /** Undefined for the heading of a facet. */
  value?: string
  count: number
  isSelected: boolean
}

const SHOWN_VALUES = 8

/** The choosable values as a flat list; a facet shows its largest values and all chosen ones. */
export function facetLines(facets: Facets): FacetLine[] {
  return FACETS.flatMap((facet) =>
    facets[facet]
      .filter((one, index) => index < SHOWN_VALUES || one.selected)
      .map((one) => ({ facet, value: one.value, count: one.count, isSelected: one.selected })),
  )
}

export interface FacetPanelProps {
  theme: Theme
  width: number
  height: number
  facets: Facets
  index: number
  hasFocus: boolean
}

/** The filter panel: values with counts under the name of their facet; `[x]` is chosen. */
export function facetPanel(props: FacetPanelProps): string[] {
  const { theme, width, height } = props
  const lines: string[] = []
  let at = 0
  let last = ''
  facetLines(props.facets).forEach((one, index) => {
    if (one.facet !== last) lines.push(line(theme, width, [{ text: one.facet, role: 'heading' }]))
    last = one.facet
    const isHere = props.hasFocus && index === props.index
    if (index === props.index) at = lines.length
    const text = `${isHere ? '>' : ' '}[${one.isSelected ? 'x' : ' '}] `
    const count = ` ${one.count}`
    const name = Math.max(1, width - text.length - count.length)
    const drawn = line(isHere ? unpainted(theme) : theme, width, [
      { text },
      { text: one.value ?? '', width: name },
      { text: count, role: 'muted' },
    ])
    lines.push(isHere ? bar(theme, width, 'selection', drawn) : drawn)
  })
  const top = Math.max(0, Math.min(at - Math.floor(height / 2), lines.length - height))
  return fill(lines.slice(top), width, height)
}

const unpainted = (theme: Theme): Theme => ({ ...theme, muted: '' })
