import { Box, Text } from 'ink'
import TextInput from 'ink-text-input'
import { useRef } from 'react'
import { cellWidth } from '../src/model/cells.ts'

export interface TextFieldProps {
  label: string
  value: string
  width: number
  onChange: (text: string) => void
}

/**
 * A line of text being typed. A text longer than the line shows its end, where the typing happens. A text that was
 * put there by something else than typing starts anew, with the cursor at its end.
 */
export function TextField({ label, value, width, onChange }: TextFieldProps) {
  const room = Math.max(1, width - cellWidth(label))
  const wanted = cellWidth(value) + 1
  const known = useRef({ text: value, round: 0 })
  if (known.current.text !== value) known.current = { text: value, round: known.current.round + 1 }
  const typed = (text: string): void => {
    known.current.text = text
    onChange(text)
  }
  return (
    <Box width={width} height={1} overflow="hidden" flexShrink={0}>
      <Box width={width - room} flexShrink={0}>
        <Text>{label}</Text>
      </Box>
      <Box width={room} height={1} overflow="hidden" flexShrink={0}>
        <Box width={Math.max(room, wanted)} marginLeft={Math.min(0, room - wanted)} height={1} flexShrink={0}>
          <TextInput key={known.current.round} value={value} onChange={typed} />
        </Box>
      </Box>
    </Box>
  )
}
