import { member, plainText, textOf } from '../../../arm/node.ts'
import { find } from '../../../arm/templates.ts'
import type { UiRule } from '../../rule.ts'

const WITHOUT = [
  'Microsoft.Common.InfoBox',
  'Microsoft.Common.Section',
  'Microsoft.Common.TextBlock',
  'Microsoft.Common.EditableGrid',
  'Microsoft.Solutions.ArmApiControl',
  'Microsoft.Solutions.GraphApiControl',
  'Microsoft.Solutions.JitConfigurator',
].map((type) => type.toLowerCase())

export const tooltipsShouldBePresent: UiRule = {
  name: 'Tooltips-Should-Be-Present',
  family: 'ui',
  step: 'quality',
  summary: 'Controls explain themselves.',
  severity: 'low',
  *inspect({ view }) {
    for (const { value, owner, ownerPath } of find(view, 'type', view.root)) {
      const type = textOf(value) ?? ''
      if (!/^Microsoft\.[^.]*\./i.test(type) || WITHOUT.includes(type.toLowerCase())) continue
      const tip = member(owner.node, 'toolTip')
      if (tip && (tip.kind === 'object' || plainText(tip).trim())) continue
      const name = textOf(member(owner.node, 'name')) ?? type
      yield { at: owner.node.start, path: ownerPath, message: `The control ${name} has no tooltip.` }
    }
  },
}
