import {
  ALIEN,
  FUNCTION_NAMES,
  FUNCTIONS,
  LANGUAGE,
  LONGEST_WORD,
  NAME_OF,
  NAMESPACE,
  OUTPUTS,
  PARAMETERS,
  PROFILE,
  PROPERTIES,
  RESOURCE,
  RESOURCES,
  ROLES,
  SCHEMA,
  TEMPLATE,
  TYPE,
  VARIABLES,
  VERSION,
} from './assembly/codes.ts'

/** Names of members in lower case with what they stand for, by the role of the object. */
const WORDS: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  [TEMPLATE]: {
    parameters: PARAMETERS,
    variables: VARIABLES,
    outputs: OUTPUTS,
    functions: FUNCTIONS,
    resources: RESOURCES,
    $schema: SCHEMA,
    languageversion: LANGUAGE,
    apiprofile: PROFILE,
  },
  [RESOURCE]: {
    type: TYPE,
    name: NAME_OF,
    apiversion: VERSION,
    properties: PROPERTIES,
    resources: RESOURCES,
    import: ALIEN,
    extension: ALIEN,
  },
  [PROPERTIES]: { template: TEMPLATE },
  [NAMESPACE]: { members: FUNCTION_NAMES },
}

/** Where the tables stand that `assembly/template.ts` looks names up in. */
interface Tables {
  readonly WORDS: { readonly value: number }
  readonly WORD_LIST: { readonly value: number }
}

/** Writes the words in the form that `assembly/template.ts` describes. */
export function writeWords(bytes: Uint8Array, numbers: Int32Array, tables: Tables): void {
  let word = tables.WORD_LIST.value
  for (let role = 0; role < ROLES; role++) {
    const words = Object.entries(WORDS[role] ?? {})
    for (let length = 0; length <= LONGEST_WORD; length++) {
      const group = (tables.WORDS.value + (role * (LONGEST_WORD + 1) + length) * 8) >> 2
      const fitting = words.filter(([name]) => name.length === length)
      numbers[group] = word
      numbers[group + 1] = fitting.length
      for (const [name, meaning] of fitting) {
        bytes.set(Buffer.from(name, 'latin1'), word)
        numbers[(word + 16) >> 2] = meaning
        word += 32
      }
    }
  }
}
