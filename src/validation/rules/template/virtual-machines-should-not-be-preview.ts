import { expandVariable } from '../../../arm/variables.ts'
import { member, plainText, textOf } from '../../../arm/node.ts'
import { find } from '../../../arm/templates.ts'
import type { TemplateRule } from '../../rule.ts'

const MACHINE = /virtualMachine(?:ScaleSet)?s$/i

export const virtualMachinesShouldNotBePreview: TemplateRule = {
  name: 'Virtual-Machines-Should-Not-Be-Preview',
  family: 'template',
  step: 'quality',
  summary: 'Machines do not start from preview images.',
  severity: 'medium',
  *inspect({ view, root }) {
    for (const { value, property, path, ancestors } of find(view, 'storageprofile', view.root)) {
      if (!ancestors.some(({ node }) => MACHINE.test(textOf(member(node, 'type')) ?? ''))) continue
      const expanded = expandVariable(root, value)
      if (!expanded.ok) {
        yield { at: property.start, path, message: `The storage profile cannot be found: ${expanded.missing}.` }
        continue
      }
      const image = member(expanded.value, 'imageReference')
      const parts = [image, member(image, 'version'), member(image, 'sku'), member(image, 'offer')]
      if (!parts.some((part) => /preview$/i.test(plainText(part)))) continue
      const message = 'The machine starts from a preview image.'
      yield { id: 'VM.Using.Preview.Image', at: property.start, path, message }
    }
  },
}
