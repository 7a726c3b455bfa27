import { Box, Text } from 'ink'
import TextInput from 'ink-text-input'
import { cellWidth } from '../src/model/cells.ts'

export interface TextFieldProps {
  label: string
  value: string
  width: number
  onChange: (text: string) => void
}

/** A line of text being typed. A text longer than the line shows its end, where the typing happens. */
export function TextField({ label, value, width, onChange }: TextFieldProps) {
  const room = Math.max(1, width - cellWidth(label))
  const wanted = cellWidth(value) + 1
  return (
    <Box width={width} height={1} overflow="hidden" flexShrink={0}>
      <Box width={width - room} flexShrink={0}>
        <Text>{label}</Text>
      </Box>
      <Box width={room} height={1} overflow="hidden" flexShrink={0}>
        <Box width={Math.max(room, wanted)} marginLeft={Math.min(0, room - wanted)} height={1} flexShrink={0}>
          <TextInput value={value} onChange={onChange} />
        </Box>
      </Box>
    </Box>
  )
}
