import { Box, Text } from 'ink'
import SelectInput from 'ink-select-input'
import { cut, pad } from '../src/model/cells.ts'

export interface SelectListProps {
  title: string
  items: { label: string; value: string }[]
  width: number
  height: number
  onSelect: (value: string) => void
}

function Marker({ isSelected = false }: { isSelected?: boolean }) {
  return <Text bold={isSelected}>{isSelected ? '> ' : '  '}</Text>
}

function Item({ isSelected = false, label }: { isSelected?: boolean; label: string }) {
  return (
    <Text bold={isSelected} inverse={isSelected}>
      {label}
    </Text>
  )
}

/** A short list to choose one thing from. */
export function SelectList({ title, items, width, height, onSelect }: SelectListProps) {
  const fitted = items.map((item) => ({ value: item.value, label: pad(cut(item.label, width - 2), width - 2) }))
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden" flexShrink={0}>
      <Text bold>{pad(cut(title, width), width)}</Text>
      <SelectInput
        items={fitted}
        limit={Math.max(1, height - 2)}
        indicatorComponent={Marker}
        itemComponent={Item}
        onSelect={(item) => onSelect(item.value)}
      />
    </Box>
  )
}
