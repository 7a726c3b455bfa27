import { Box, Text } from 'ink'
import { memo } from 'react'

/** Lines that are fitted already, as one node: the fewer nodes, the faster a key. */
export const Pane = memo(function Pane(props: { lines: readonly string[]; width: number }) {
  return (
    <Box width={props.width} height={props.lines.length} overflow="hidden" flexShrink={0}>
      <Text wrap="truncate">{props.lines.join('\n')}</Text>
    </Box>
  )
})
