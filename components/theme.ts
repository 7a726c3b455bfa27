/** Colours by role over the 16 colours of the terminal; state never rests on colour alone. */
const ROLES = [
  'plain',
  'accent',
  'ok',
  'warn',
  'error',
  'muted',
  'selection',
  'marked',
  'strong',
  'heading',
  'border',
] as const
export type Role = (typeof ROLES)[number]
const THEMES = ['dark', 'light', 'high-contrast', 'none'] as const
type ThemeName = (typeof THEMES)[number]
/** SGR parameters per role; an empty string paints nothing. */
export type Theme = Record<Role, string>

const bare: Theme = {
  plain: '',
  accent: '',
  ok: '',
  warn: '',
  error: '1',
  muted: '',
  selection: '1;7',
  marked: '1',
  strong: '1',
  heading: '1;4',
  border: '',
}

const themes: Record<ThemeName, Theme> = {
  dark: { ...bare, accent: '36', ok: '32', warn: '33', error: '1;31', muted: '2', heading: '1;36', border: '2' },
  // Yellow and cyan vanish on white: magenta and blue carry their roles.
  light: { ...bare, accent: '34', ok: '32', warn: '35', error: '1;31', muted: '2', heading: '1;34', border: '2' },
  'high-contrast': { ...bare, accent: '1;36', ok: '1;32', warn: '1;33', error: '1;7;31', heading: '1;4' },
  none: bare,
}

/** The theme by name; an unknown name is the dark one, and `NO_COLOR` (any non-empty value) wins over all. */
export function themeOf(name: string, facts: { noColor: boolean }): Theme {
  if (facts.noColor) return themes.none
  return themes[THEMES.find((one) => one === name) ?? 'dark']
}

/** Text in the colours of a role. The text must be harmless and fitted already. */
export function paint(theme: Theme, role: Role, text: string): string {
  const codes = theme[role]
  return codes === '' || text === '' ? text : `\u001b[${codes}m${text}\u001b[0m`
}
