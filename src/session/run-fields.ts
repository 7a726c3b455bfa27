import type { EnvironmentTable } from '../model/environment-table.ts'
import type { RunAnswers } from '../model/run-answers.ts'
import { listed, valueOf, type Field } from './parameters.ts'

const USUAL = ['dev', 'qa', 'staging', 'prod'] as const
const FEATURE = 'feature:'
const SHARED = { isRequired: false, isParameter: false, initial: '' } as const

/** What the form holds: fields and what is typed into each, by name. */
interface Typed {
  fields: readonly Field[]
  texts: Readonly<Record<string, string>>
}

/** Environments, the folder, and whether it may be written over. */
function placeFields(folder: string, known: readonly string[] | undefined): Field[] {
  return [
    {
      ...SHARED,
      name: '--env',
      label: 'Environments',
      type: 'string',
      isRequired: true,
      initial: known?.includes('dev') === false ? (known[0] ?? '') : 'dev',
      pattern: '^[A-Za-z0-9][A-Za-z0-9-]*([ ,]+[A-Za-z0-9][A-Za-z0-9-]*)*[ ,]*$',
      ...(known ? { members: known } : {}),
      help: known
        ? `One or several of ${known.join(', ')}; commas between them.`
        : `One or several, such as ${USUAL.join(', ')}; commas between them.`,
    },
    {
      ...SHARED,
      name: '--out',
      label: 'Output folder',
      type: 'string',
      isRequired: true,
      initial: folder,
      help: 'Each environment gets a folder of its own in it, and a ZIP beside that.',
    },
    {
      ...SHARED,
      name: '--force',
      label: 'Write over',
      type: 'boolean',
      isRequired: true,
      initial: 'false',
      options: [
        { text: 'false', words: 'no' },
        { text: 'true', words: 'yes' },
      ],
      help: 'Whether what a former run left in the output folder is written over.',
    },
  ]
}

/** What is written, where the template can be written in more than one form. */
const formatFields = ({ formats }: EnvironmentTable): Field[] =>
  formats.length < 2
    ? []
    : [
        {
          ...SHARED,
          name: '--format',
          label: 'Format',
          type: 'string',
          initial: 'arm',
          options: formats.map((text) => ({ text, words: text })),
          help: 'arm is a template for Azure, pulumi a project in Python, both writes both.',
        },
      ]

/** A toggle for each feature: by the table, on, or off. How the table has it stands beside it. */
const featureFields = ({ features }: EnvironmentTable): Field[] =>
  features.map(({ name, title, purpose }) => ({
    ...SHARED,
    name: `${FEATURE}${name}`,
    label: title,
    type: 'string',
    group: 'Features',
    options: [
      { text: '', words: 'by the table' },
      { text: 'on', words: 'on' },
      { text: 'off', words: 'off' },
    ],
    help: `${purpose ? `${purpose}. ` : ''}On or off for this run, whatever the table of its environments says.`,
  }))

const tierFields = ({ tiers }: EnvironmentTable): Field[] =>
  tiers.length === 0
    ? []
    : [
        {
          ...SHARED,
          name: '--tiers',
          label: 'Tiers',
          type: 'string',
          group: 'Features',
          initial: 'effective',
          options: [
            { text: 'effective', words: 'raised where they must be' },
            { text: 'requested', words: 'as the table asks' },
          ],
          help: 'A tier that cannot do what is used of it is raised to the lowest that can, or generated and reported.',
        },
      ]

const AGAIN: readonly Field[] = [
  {
    ...SHARED,
    name: '--seed',
    label: 'Seed',
    type: 'string',
    group: 'Again',
    maxLength: 200,
    help: 'Generated names come from it: the same seed gives the same bytes.',
  },
  {
    ...SHARED,
    name: '--write-answers',
    label: 'Write answers to',
    type: 'string',
    group: 'Again',
    help: 'A file for "souk run TEMPLATE --answers FILE", which makes the same again. Left empty, none is written.',
  },
]

/** All fields of the form that starts a run. What tables tell comes with them. */
export function runFields(folder: string, table: EnvironmentTable | undefined, parameters: readonly Field[]): Field[] {
  const known = table?.environments.map((one) => one.name)
  const place = placeFields(folder, known)
  if (!table) return [...place, ...parameters]
  return [...place, ...formatFields(table), ...parameters, ...featureFields(table), ...tierFields(table), ...AGAIN]
}

/** How the table has a feature in the environments that are typed: `on`, or `dev on, qa off`. */
function byTable(table: EnvironmentTable, feature: string, envs: readonly string[]): string {
  const row = table.features.find((one) => one.name === feature)
  const cells = table.environments.map(({ name }, index) => ({ name, isOn: row?.values[index] === true }))
  const told = cells.filter(({ name }) => envs.includes(name))
  const all = told.length > 0 ? told : cells
  const word = (isOn: boolean): string => (isOn ? 'on' : 'off')
  if (all.every((one) => one.isOn === all[0]?.isOn)) return word(all[0]?.isOn === true)
  return all.map(({ name, isOn }) => `${name} ${word(isOn)}`).join(', ')
}

/** How a field reads: the words of what was chosen, with what the table says of a feature. */
export function wordsOf(field: Field, text: string, facts: Typed & { table?: EnvironmentTable | undefined }): string {
  const option = field.options?.find((one) => one.text === text)
  if (!option) return text
  if (!facts.table || !field.name.startsWith(FEATURE) || text !== '') return option.words
  const envs = listed(facts.texts['--env'] ?? '')
  return `${byTable(facts.table, field.name.slice(FEATURE.length), envs)}, ${option.words}`
}

/** The parameters that differ from what the template takes by itself, and hold something. */
const chosenParameters = ({ fields, texts }: Typed): { field: Field; text: string }[] =>
  fields
    .map((field) => ({ field, text: texts[field.name] ?? '' }))
    .filter(({ field, text }) => field.isParameter && text !== '' && text !== field.initial)

/** What the form answers, as a file of answers has it; what nobody chose is left out. */
export function answersIn(typed: Typed): RunAnswers {
  const { fields, texts } = typed
  const chosen = (name: string): string | undefined => {
    const field = fields.find((one) => one.name === name)
    const text = texts[name] ?? ''
    return field && text !== '' && text !== field.initial ? text : undefined
  }
  const features = fields
    .filter(({ name }) => name.startsWith(FEATURE) && (texts[name] ?? '') !== '')
    .map(({ name }) => [name.slice(FEATURE.length), texts[name] === 'on'] as const)
  const parameters = chosenParameters(typed).map(({ field, text }) => [field.name, valueOf(field, text)] as const)
  const [format, tiers, seed] = [chosen('--format'), chosen('--tiers'), chosen('--seed')]
  return {
    env: listed(texts['--env'] ?? ''),
    out: texts['--out'] ?? '',
    ...(format === undefined ? {} : { format }),
    ...(tiers === undefined ? {} : { tiers }),
    ...(seed === undefined ? {} : { seed }),
    ...(features.length > 0 ? { features: Object.fromEntries(features) } : {}),
    parameters: Object.fromEntries(parameters),
  }
}

/** The flags of a command line that say the same, without environments and folder. */
export function flagsOf(typed: Typed): [flag: string, value: string][] {
  const { format, tiers, seed, features = {} } = safeAnswers(typed)
  const said = Object.entries({ '--format': format, '--tiers': tiers, '--seed': seed })
  const answers = typed.texts['--write-answers'] ?? ''
  return [
    ...said.filter((one): one is [string, string] => one[1] !== undefined),
    ...Object.entries(features).map(([name, isOn]): [string, string] => [
      '--feature',
      `${name}=${isOn ? 'on' : 'off'}`,
    ]),
    ...chosenParameters(typed).map(({ field, text }): [string, string] => ['--param', `${field.name}=${text}`]),
    ...(answers === '' ? [] : [['--write-answers', answers] as [string, string]]),
  ]
}

/** The answers but for parameters: what is typed into those need not be readable yet. */
const safeAnswers = ({ fields, texts }: Typed): RunAnswers =>
  answersIn({ fields: fields.filter((one) => !one.isParameter), texts })
