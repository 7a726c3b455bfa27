import type { Credentials, RegistryEntry } from '../../model/registry-entry.ts'
import type { Probe, RegistryEdit } from '../../model/registry-edit.ts'
import { quoted } from '../../model/shell.ts'
import { patch, toldOf, type Context, type Told } from '../context.ts'
import { fieldProblem } from '../field-problem.ts'
import type { Field } from '../parameters.ts'

/** The form that adds a registry to the settings, or changes one of them. */
export interface RegistryFormState {
  /** The registry that is changed; undefined while one is added. */
  name?: string
  /** What the fields held when the form was opened. */
  initial: Record<string, string>
  texts: Record<string, string>
  index: number
  touched: Record<string, true>
  /** Problems of all fields are shown from the first attempt on. */
  isChecked: boolean
  isLooking: boolean
  isWriting: boolean
  /** What lies at the address, once it was looked at. */
  probe?: Probe | undefined
  /** Why the look failed. */
  problem?: Told | undefined
}

export const registryFormState: RegistryFormState = {
  initial: {},
  texts: {},
  index: 0,
  touched: {},
  isChecked: false,
  isLooking: false,
  isWriting: false,
}

const TYPES = ['official', 'community', 'institutional', 'private']
const VARIABLE = '^[A-Za-z_][A-Za-z0-9_]*$'

const field = (name: string, label: string, help: string, more: Partial<Field> = {}): Field => ({
  name,
  label,
  type: 'string',
  isRequired: false,
  initial: '',
  isParameter: false,
  help,
  ...more,
})

const KINDS = ['none', 'token', 'basic', 'ssh_key']
const VARIABLE_FIELD = field(
  'variable',
  'Secret variable',
  'The variable that holds it; the file gets ${NAME} and never the secret.',
  { isRequired: true, pattern: VARIABLE },
)

/** The fields of the form: those of the chosen kind of credentials come and go. */
export function formFields({ name, texts }: Pick<RegistryFormState, 'name' | 'texts'>): Field[] {
  const isNew = name === undefined
  const kind = texts['credentials']
  return [
    field('url', 'Address', 'https://..., git@host:path, or a folder or file on this machine.', { isRequired: true }),
    field('name', 'Name', 'What it is called here. Left out, one is made of the address.', {
      isRequired: !isNew,
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
    }),
    field('type', 'Type', 'official: curated, read-only. private and institutional: asked with credentials.', {
      choices: TYPES,
    }),
    field('protocol', 'Protocol', 'rest, index, folder, git or one of a plugin. Left out, it is found out by a look.', {
      pattern: '^[a-z][a-z0-9-]{0,39}$',
    }),
    field('priority', 'Priority', 'Lower comes first when several know an item; 100 when left out.', {
      type: 'integer',
      minimum: 0,
      maximum: 100_000,
    }),
    field('credentials', 'Credentials', 'Secrets stay in variables of the shell that starts souk.', {
      choices: isNew ? KINDS : ['keep', ...KINDS],
    }),
    ...(kind === 'basic' ? [field('user', 'User name', 'As the registry knows you.', { isRequired: true })] : []),
    ...(kind === 'token' || kind === 'basic' ? [VARIABLE_FIELD] : []),
    ...(kind === 'ssh_key' ? [field('key', 'Key file', 'The private key git uses.', { isRequired: true })] : []),
  ]
}

/** First problem of each field, by name. */
export function formProblems(form: RegistryFormState): Record<string, string> {
  const found = formFields(form).map((one) => [one.name, fieldProblem(one, form.texts[one.name] ?? '')] as const)
  return Object.fromEntries(found.filter((one): one is [string, string] => one[1] !== undefined))
}

const GUARDED = ['institutional', 'private']

function credentialsOf({ texts }: RegistryFormState): Record<string, unknown> | undefined {
  const { credentials, variable = '', user, key, type = '' } = texts
  if (credentials === 'token') return { type: 'token', token: `\${${variable}}` }
  if (credentials === 'basic') return { type: 'basic', username: user, password: `\${${variable}}` }
  if (credentials === 'ssh_key') return { type: 'ssh_key', keyFile: key }
  return GUARDED.includes(type) ? { type: 'none' } : undefined
}

/** The members that the form gives: all that are filled in, or those that differ from what was there. */
function membersOf(form: RegistryFormState): Record<string, unknown> {
  const { texts, initial, name } = form
  const members: Record<string, unknown> = {}
  for (const key of ['name', 'url', 'type', 'protocol', 'priority']) {
    const text = texts[key] ?? ''
    if (text === (initial[key] ?? '')) continue
    members[key] = text === '' ? undefined : key === 'priority' ? Number(text) : text
  }
  const parts = ['credentials', 'variable', 'user', 'key']
  const isSame = parts.every((key) => (texts[key] ?? '') === (initial[key] ?? ''))
  if (name === undefined || !isSame) members['credentials'] = credentialsOf(form)
  return members
}

function credentialFlags({ texts }: RegistryFormState, isChanged: boolean): string[] {
  if (!isChanged) return []
  const { credentials, variable = '', user = '', key = '', type = '' } = texts
  if (credentials === 'token') return ['--token-env', quoted(variable)]
  if (credentials === 'basic') return ['--user', quoted(user), '--password-env', quoted(variable)]
  if (credentials === 'ssh_key') return ['--key-file', quoted(key)]
  return GUARDED.includes(type) ? ['--no-credentials'] : []
}

/** The command line that does the same. */
export function formCommandLine(form: RegistryFormState): string {
  const { url, name, type, protocol, priority, ...rest } = membersOf(form)
  const isNew = form.name === undefined
  const flags = Object.entries({ name, type, protocol, priority, ...(isNew ? {} : { url }) })
    .filter(([, value]) => value !== undefined)
    .flatMap(([key, value]) => [`--${key}`, quoted(String(value))])
  const target = isNew ? ['add', quoted(form.texts['url'] || 'ADDRESS')] : ['edit', quoted(form.name ?? '')]
  return ['souk registries', ...target, ...flags, ...credentialFlags(form, 'credentials' in rest)].join(' ')
}

/** The edit the form asks for. Without a name, the one that a look at the address gave. */
function editOf(form: RegistryFormState): RegistryEdit | undefined {
  const { name: _, url, ...members } = membersOf(form)
  if (form.name !== undefined) return { action: 'change', name: form.name, members: membersOf(form) }
  const name = form.texts['name'] || form.probe?.name
  return name === undefined ? undefined : { action: 'add', name, url: String(url), members }
}

const REFERENCE = /^\$\{([A-Za-z_]\w*)\}$/

/** The credentials of an entry as the fields show them; `keep` for those the form has no fields for. */
function shown(credentials: Credentials | undefined): Record<string, string> {
  if (credentials === undefined) return { credentials: 'none' }
  if (credentials.type === 'ssh_key') return { credentials: 'ssh_key', key: credentials.keyFile }
  const secret = credentials.type === 'basic' ? credentials.password : 'token' in credentials ? credentials.token : ''
  const variable = REFERENCE.exec(secret)?.[1]
  if (variable === undefined) return { credentials: 'keep' }
  return credentials.type === 'basic'
    ? { credentials: 'basic', user: credentials.username, variable }
    : { credentials: 'token', variable }
}

interface Hooks {
  /** Makes the change; answers whether it was made. */
  apply(edit: RegistryEdit, sameAs: string): Promise<boolean>
}

/** Looks at the address of the form; one look at a time. */
interface Looking {
  /** Asks what lies there; what the answer tells goes into fields that are still empty. */
  look(): Promise<void>
  /** Gives up what is under way. `url` is an address that needs no look. */
  stop(url?: string): void
  isKnown(url: string): boolean
}

function openLooking(context: Context): Looking {
  let looking = new AbortController()
  let lookedAt = ''
  const state = (): RegistryFormState => context.store.getState().registryForm
  const set = (change: Partial<RegistryFormState>): void => patch(context, 'registryForm', change)
  return {
    isKnown: (url) => url === lookedAt,
    stop(url = '') {
      looking.abort()
      lookedAt = url
    },
    async look() {
      const { texts, name } = state()
      const url = texts['url'] ?? ''
      if (url.trim() === '') return
      looking.abort()
      const mine = new AbortController()
      looking = mine
      lookedAt = url
      set({ isLooking: true, probe: undefined, problem: undefined })
      try {
        const { name: _, url: __, ...members } = membersOf({ ...state(), initial: {} })
        const known = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
        const named = name ?? texts['name']
        const flags = { members: known, signal: mine.signal, ...(named ? { name: named } : {}) }
        const probe = await context.marketplace.registries.probe(url, flags)
        if (mine.signal.aborted) return
        const { texts: now } = state()
        const filled = { ...now, name: now['name'] || probe.name, protocol: now['protocol'] || probe.protocol }
        set({ isLooking: false, probe, texts: filled })
      } catch (error) {
        if (!mine.signal.aborted) set({ isLooking: false, problem: toldOf(error) })
      }
    },
  }
}

export function registryFormActions(context: Context, { apply }: Hooks) {
  const looking = openLooking(context)
  const { look } = looking
  const state = (): RegistryFormState => context.store.getState().registryForm
  const set = (change: Partial<RegistryFormState>): void => patch(context, 'registryForm', change)
  const put = (form: RegistryFormState): void => context.store.setState({ registryForm: form })
  return {
    look,
    openNew(): void {
      looking.stop()
      const texts = { credentials: 'none' }
      put({ ...registryFormState, texts, initial: {} })
    },
    openExisting(entry: RegistryEntry): void {
      looking.stop(entry.url)
      const { name, url, type, protocol, priority, credentials } = entry
      const texts = { name, url, type, protocol, priority: String(priority), ...shown(credentials) }
      put({ ...registryFormState, name, texts, initial: texts })
    },
    setText(name: string, text: string): void {
      const { texts, touched } = state()
      set({ texts: { ...texts, [name]: text.slice(0, 2000) }, touched: { ...touched, [name]: true } })
    },
    /** Moves between the fields; leaving an address that is new has it looked at. */
    move(delta: number): void {
      const fields = formFields(state())
      const { index, texts } = state()
      const wasAddress = fields[index]?.name === 'url'
      set({ index: Math.max(0, Math.min(fields.length - 1, index + delta)) })
      if (wasAddress && state().index !== index && !looking.isKnown(texts['url'] ?? '')) void look()
    },
    /** Writes it down; answers whether it was. */
    async write(): Promise<boolean> {
      if (state().isWriting || state().isLooking) return false
      if (state().name === undefined && !state().texts['name'] && !state().probe) await look()
      const problems = formProblems(state())
      const first = formFields(state()).findIndex((one) => problems[one.name] !== undefined)
      const edit = editOf(state())
      if (first >= 0 || !edit) {
        set({ isChecked: true, index: Math.max(0, first) })
        context.notify('warning', Object.values(problems)[0] ?? 'Give it a name.')
        return false
      }
      set({ isWriting: true })
      const isDone = await apply(edit, formCommandLine(state())).finally(() => set({ isWriting: false }))
      return isDone
    },
    /** Gives up what is under way. */
    close: () => looking.stop(),
  }
}
export type RegistryFormActions = ReturnType<typeof registryFormActions>
