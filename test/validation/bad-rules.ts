import type { ArmDocument } from '../../src/arm/document.ts'
import type { Fault, FileRule, Rule } from '../../src/validation/rule.ts'

/** A rule that does something when a file holds its word. */
const onWord = (name: string, word: string, act: () => void): FileRule => ({
  name,
  summary: 'Does something that no rule should do.',
  severity: 'low',
  family: 'all-files',
  step: 'structure',
  inspect({ document }: { document: ArmDocument }): Iterable<Fault> {
    if (document.text.includes(word)) act()
    return []
  },
})

/** Rules as they should not be, between two that find the first character of every file. */
export const rules: readonly Rule[] = [
  {
    ...onWord('Finds-First', '', () => {}),
    *inspect() {
      yield { at: 0, message: 'first' }
    },
  },
  onWord('Does-Not-End', 'hang', () => {
    for (;;);
  }),
  onWord('Throws-Always', 'throw', () => {
    throw new Error('a mistake in the rule')
  }),
  onWord('Ends-The-Thread', 'exit', () => process.exit(3)),
  {
    ...onWord('Finds-Last', '', () => {}),
    *inspect() {
      yield { at: 0, message: 'last' }
    },
  },
]
