import type { StageId } from '../model/stages.ts'

/** Where a middleware of ours stands, and whether one may do without it. */
export interface Place {
  id: string
  stage: StageId
  /** Lower comes first. */
  priority: number
  /** Condition under which it works (condition.ts); always when left out. */
  when?: string
  /** The work of the stage itself: it can be neither left out nor moved. */
  isFixed: boolean
  /** One line for `pipeline show`. */
  about: string
}

/** Our own work in each stage. Middleware of others comes before it below 500 and after it above. */
const OURS = 500

/** Every middleware that comes with the program, in the order it was added. */
export const PLACES: readonly Place[] = [
  { id: 'arm-layers', stage: 'generate', priority: OURS, isFixed: true, about: 'renders the layers to a template' },
  {
    id: 'ai-governance-enrichment',
    stage: 'enrich',
    priority: 100,
    when: 'category == ai-governance',
    isFixed: false,
    about: 'adds policy assignments, audit logging and tags',
  },
  { id: 'finops-analysis', stage: 'enrich', priority: 200, isFixed: false, about: 'tells cost, carbon and savings' },
  { id: 'architecture', stage: 'enrich', priority: OURS, isFixed: false, about: 'writes ARCHITECTURE.md' },
  { id: 'compliance', stage: 'validate', priority: 300, isFixed: false, about: 'tells controls of four frameworks' },
  { id: 'rules', stage: 'validate', priority: OURS, isFixed: true, about: 'checks the rules and writes the report' },
  { id: 'zip', stage: 'package', priority: OURS, isFixed: true, about: 'packs each environment' },
  { id: 'registry', stage: 'publish', priority: OURS, isFixed: true, about: 'sends the template to a registry' },
]

/** The place of one of ours. */
export function placeOf(id: string): Place {
  const place = PLACES.find((one) => one.id === id)
  if (!place) throw new Error(`there is no place for a middleware "${id}"`)
  return place
}
