import { cell, type Cell } from './check.ts'
import type { Made } from './generated.ts'
import { ADDRESSES, COMMANDS, ENVS, FEATURES, FOLDERS, MODELS, REGIONS, SETTINGS, STATE, type Env } from './plan.ts'

/** What a setting is called in Python. */
const SETTING_NAMES: Record<keyof typeof SETTINGS, string> = {
  'DDoS Protection': 'ddos_protection',
  Firewall: 'firewall',
  'Private Endpoints': 'private_endpoints',
  'Purge Protection': 'purge_protection',
  'Soft Delete (days)': 'soft_delete_days',
  'Log Retention (days)': 'log_retention_days',
  'Daily Quota (GB)': 'daily_quota_gb',
}
const flagOf = (feature: string): string => `enable_${feature.toLowerCase().replaceAll(' ', '_')}`

/** The part of `settings.py` about one environment, as text. */
function partOf(settings: string, env: Env): string {
  const from = settings.indexOf(`"${env}": {`)
  const ends = ENVS.map((one) => settings.indexOf(`"${one}": {`, from + 1)).filter((place) => place > from)
  return from < 0 ? '' : settings.slice(from, Math.min(...ends, settings.length))
}

/** A Python value under a key: True, False, a number or a text. */
function valueIn(part: string, key: string): unknown {
  const [, word = ''] = new RegExp(`"${key}":\\s*("[^"]*"|[\\w.-]+)`).exec(part) ?? []
  if (word === 'True' || word === 'False') return word === 'True'
  if (word.startsWith('"')) return word.slice(1, -1)
  return word === '' ? undefined : Number(word)
}

function settingCells(settings: string): Cell[] {
  return ENVS.flatMap((env, index) => {
    const part = partOf(settings, env)
    const own = Object.entries(SETTING_NAMES).map(([name, key]) => {
      const says = SETTINGS[name as keyof typeof SETTINGS][index]
      const found = valueIn(part, key)
      return cell('settings.py, settings', `${name}, ${env}`, says, found === -1 ? 'Unlimited' : found)
    })
    const flags = Object.entries(FEATURES).map(([name, row]) =>
      cell('settings.py, features', `${name}, ${env}`, row[index], valueIn(part, flagOf(name))),
    )
    return [
      cell('settings.py, network', `addresses, ${env}`, ADDRESSES[index], valueIn(part, 'vnet_cidr')),
      ...own,
      ...flags,
    ]
  })
}

/** Every cell of the document that the project in Python answers, read from the files of one environment. */
export function checkProject({ project }: Made): Cell[] {
  if (!project) return []
  const text = (path: string): string => project.get(path) ?? ''
  const settings = text('config/settings.py')
  const all = [...project.values()].join('\n')
  const paths = [...project.keys()]
  return [
    ...Object.entries(FOLDERS).flatMap(([folder, modules]) =>
      modules.map((name) =>
        cell('Folder structure', `infra/${folder}/${name}.py`, true, project.has(`infra/${folder}/${name}.py`)),
      ),
    ),
    ...MODELS.map((name) => cell('Pydantic models', name, true, settings.includes(`class ${name}(`))),
    ...settingCells(settings),
    ...Object.keys(FEATURES).map((name) => {
      const isGuarded = text('__main__.py').includes(`settings.features.${flagOf(name)}`)
      return cell('Usage in __main__.py', flagOf(name), true, isGuarded)
    }),
    ...ENVS.flatMap((env, index) => {
      const stack = text(`Pulumi.${env}.yaml`)
      return [
        cell(
          'Configuration layers',
          `location of ${env}`,
          true,
          stack.includes(`location: "${REGIONS[index]}"`) || stack.includes(`location: ${REGIONS[index]}`),
        ),
        cell('Configuration layers', `owner of ${env}`, true, /owner:\s*\S/.test(stack)),
        cell('Configuration layers', `no salt in ${env}`, false, /^\s*encryptionsalt:/m.test(stack)),
        ...COMMANDS(env).map((command) =>
          cell('Deployment commands', command, true, text('DEPLOY.md').includes(command)),
        ),
      ]
    }),
    ...Object.entries(STATE).map(([name, says]) =>
      cell('State management', `${name} ${says}`, true, all.includes(says)),
    ),
    cell('Configuration layers', '.env is not written', false, paths.includes('.env')),
  ]
}
