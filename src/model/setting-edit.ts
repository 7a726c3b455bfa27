import type { EditOutcome } from './registry-edit.ts'

/** A change of one setting in the settings file. The value is text, as on a command line. */
export type SettingEdit = { action: 'set'; name: string; value: string } | { action: 'unset'; name: string }

/** What a change of a setting came to. */
export interface SettingOutcome extends EditOutcome {
  /** The setting as the program spells it. */
  name: string
  /** Its value by the file alone, sizes in bytes and durations in ms; the default when the file does not say. */
  value: unknown
  /** What says otherwise and goes over the file: a variable, or the section of a profile. */
  overruledBy?: string
}
