import { bar, beside, ends, fill, line } from '../components/line.ts'
import { listLines } from '../components/list.ts'
import { cursorIndex, topOf } from '../src/session/list-cursor.ts'
import { chosenNode, treeOf, type TreeNode } from '../src/session/slices/browse.ts'
import type { Drawn, ScreenProps } from './routes.ts'
import { drawRows, rowsThatFit } from './rows.ts'
import { degradedLine } from './trouble.ts'

function treeLine(props: ScreenProps, node: TreeNode, isChosen: boolean): string {
  const hasFocus = props.state.browse.focus === 'tree'
  const isOpen = props.state.browse.open[node.id] !== undefined
  const sign = node.depth === 1 || node.id === '' ? ' ' : isOpen ? '-' : '+'
  const count = ` ${node.count}`
  const text = `${isChosen ? '>' : ' '}${'  '.repeat(node.depth)}${sign} ${node.label}`
  const pieces = [{ text, width: Math.max(1, props.width - count.length) }, { text: count }]
  if (isChosen && hasFocus) return bar(props.theme, props.width, 'selection', line(props.theme, props.width, pieces))
  return line(props.theme, props.width, isChosen ? pieces.map((one) => ({ ...one, role: 'strong' as const })) : pieces)
}

/** Browse: kinds and their categories with counts on the left, what is in them on the right. */
export function browseScreen(props: ScreenProps): Drawn {
  const { state, theme, width } = props
  const { browse } = state
  const height = props.height - 1
  const isNarrow = width < 60
  const treeWidth = isNarrow ? width : Math.min(34, Math.floor(width * 0.35))
  const tree = treeOf(browse)
  const chosen = cursorIndex(
    tree.map((node) => node.id),
    browse.tree,
  )
  const top = topOf(chosen, browse.tree, tree.length, height)
  const left = listLines({
    items: tree,
    top,
    width: treeWidth,
    height,
    draw: (node, index) => treeLine({ ...props, width: treeWidth }, node, index === chosen),
  })
  const listWidth = isNarrow ? width : width - treeWidth - 1
  const cursor = browse.focus === 'list' ? browse.cursor : { index: -1, line: 0, id: '' }
  const found = drawRows({
    ...props,
    rows: browse.catalog?.rows ?? [],
    cursor,
    marked: state.search.marked,
    width: listWidth,
    height,
  })
  const right = browse.catalog?.rows.length
    ? found.lines
    : fill([line(theme, listWidth, [{ text: browse.isLoading ? ' Asking ...' : ' Nothing here.' }])], listWidth, height)
  const body = isNarrow ? (browse.focus === 'tree' ? left : right) : beside(theme, left, right)
  const node = chosenNode(browse)
  const offset = browse.catalog?.query.offset ?? 0
  const status = ends(
    theme,
    width,
    [
      {
        text: ` ${node?.kind ?? 'everything'}${node?.category === undefined ? '' : ` / ${node.category}`}`,
        role: 'strong',
      },
    ],
    [
      {
        text: `${offset + found.top + 1}-${offset + Math.min(found.top + found.shown, browse.catalog?.rows.length ?? 0)} of ${browse.catalog?.total ?? 0} `,
        role: 'muted',
      },
    ],
  )
  return {
    lines: [status, ...body],
    listRows: browse.focus === 'tree' ? height : rowsThatFit(props, height),
    banner: degradedLine(props, browse.catalog),
  }
}
