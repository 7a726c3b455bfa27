import type { ArmParameter, ArmTemplate } from './arm-template.ts'
import { toJson } from './arm-template.ts'

const SCHEMA = 'https://schema.management.azure.com/schemas/0.1.2-preview/CreateUIDefinition.MultiVm.json#'

/** What a text box takes when a parameter names no lengths: something, and no line breaks. */
function textPattern(parameter: ArmParameter): string {
  const least = typeof parameter['minLength'] === 'number' ? parameter['minLength'] : 1
  const most = typeof parameter['maxLength'] === 'number' ? parameter['maxLength'] : 200
  return `^.{${least},${most}}$`
}

/** `namePrefix` as "Name prefix". */
function labelOf(name: string): string {
  const words = name.replaceAll(/([A-Z])/g, ' $1').trim()
  const lower = words.split(' ').map((word) => (word === word.toUpperCase() ? word : word.toLowerCase()))
  const text = lower.join(' ')
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function elementOf(name: string, parameter: ArmParameter): Record<string, unknown> {
  const label = labelOf(name)
  const tooltip = parameter.metadata?.description ?? label
  const base = { name, label, tooltip }
  if (parameter.allowedValues) {
    const allowedValues = parameter.allowedValues.map((value) => ({ label: String(value), value }))
    return { ...base, type: 'Microsoft.Common.DropDown', constraints: { allowedValues, required: true } }
  }
  switch (parameter.type.toLowerCase()) {
    case 'securestring':
      return {
        ...base,
        type: 'Microsoft.Common.PasswordBox',
        label: { password: label, confirmPassword: `Confirm ${label}` },
        constraints: {
          required: true,
          regex: '^.{12,128}$',
          validationMessage: 'Between 12 and 128 characters.',
        },
        options: { hideConfirmation: false },
      }
    case 'bool':
      return { ...base, type: 'Microsoft.Common.CheckBox', constraints: { required: true } }
    default: {
      const regex = parameter.type.toLowerCase() === 'int' ? '^[0-9]{1,9}$' : textPattern(parameter)
      const message = parameter.type.toLowerCase() === 'int' ? 'A whole number.' : `A text that fits ${regex}`
      const constraints = { required: true, regex, validationMessage: message }
      return { ...base, type: 'Microsoft.Common.TextBox', constraints }
    }
  }
}

/** How a control's value reaches the template: text boxes give text, so numbers are turned. */
const outputOf = (name: string, parameter: ArmParameter): string =>
  parameter.type.toLowerCase() === 'int' ? `[int(basics('${name}'))]` : `[basics('${name}')]`

/** The portal's form: one control for every parameter that has no default, and the place chosen in the portal. */
export function portalForm(template: ArmTemplate): string {
  const asked = Object.entries(template.parameters).filter(([, one]) => one.defaultValue === undefined)
  const basics = asked.map(([name, one]) => elementOf(name, one))
  const location = Object.hasOwn(template.parameters, 'location') ? { location: '[location()]' } : {}
  return toJson({
    $schema: SCHEMA,
    handler: 'Microsoft.Azure.CreateUIDef',
    version: '0.1.2-preview',
    parameters: {
      basics: basics.length > 0 ? basics : [aboutNothing()],
      steps: [],
      outputs: { ...location, ...Object.fromEntries(asked.map(([name, one]) => [name, outputOf(name, one)])) },
    },
  })
}

/** A form must hold something, so one without questions says so. */
const aboutNothing = (): Record<string, unknown> => ({
  name: 'nothingToAsk',
  type: 'Microsoft.Common.TextBlock',
  options: { text: 'Everything has a default; choose a resource group and a region.' },
})
