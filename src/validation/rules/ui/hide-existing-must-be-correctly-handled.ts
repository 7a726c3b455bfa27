import { member, plainText } from '../../../arm/node.ts'
import type { UiRule } from '../../rule.ts'
import { controlsOf, outputsOf } from './controls.ts'

const TYPES = [
  'Microsoft.Storage.StorageAccountSelector',
  'Microsoft.Network.PublicIpAddressCombo',
  'Microsoft.Network.VirtualNetworkCombo',
]

export const hideExistingMustBeCorrectlyHandled: UiRule = {
  name: 'HideExisting-Must-Be-Correctly-Handled',
  family: 'ui',
  step: 'quality',
  summary: 'Where an existing resource may be chosen, its group and newness are handed on.',
  severity: 'medium',
  *inspect(subject) {
    const outputs = outputsOf(subject).map(({ text }) => text.toLowerCase())
    for (const { node, name, at, path } of controlsOf(subject, ...TYPES)) {
      if (plainText(member(node, 'options', 'hideExisting')).toLowerCase() === 'true') continue
      for (const part of ['ResourceGroup', 'NewOrExisting']) {
        if (outputs.some((text) => isThere(text, name.toLowerCase(), `.${part.toLowerCase()}`))) continue
        const message = `The control ${name} lets people choose an existing resource, but no output hands on its ${part}.`
        yield { id: `Missing.Output.${part}`, at, path, message }
      }
    }
  },
}

function isThere(text: string, name: string, part: string): boolean {
  const at = text.indexOf(name)
  return at >= 0 && text.includes(part, at + name.length)
}
