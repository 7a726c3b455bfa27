/** The stages of a run, in order; the last one only when a registry is named. */
export const STAGES = ['generate', 'enrich', 'validate', 'package', 'publish'] as const
export type StageId = (typeof STAGES)[number]
