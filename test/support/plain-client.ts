import { defaultSettings } from '../../src/config/defaults.ts'
import { secretOf } from '../../src/config/secret.ts'
import type { Settings } from '../../src/config/settings.ts'
import { openCredentials } from '../../src/http/credentials.ts'
import type { Http } from '../../src/http/http.ts'
import { openHttp } from '../../src/http/open-http.ts'
import type { RegistryEntry } from '../../src/model/registry-entry.ts'
import { testSystem } from './test-system.ts'

/** A client for a registry as the program opens it, outside of a test; whoever opens it closes it. */
export function plainClient(
  url: string,
  facts: Partial<RegistryEntry> = {},
  settings: Partial<Settings['http']> = {},
): Http {
  const system = testSystem({})
  const entry: RegistryEntry = {
    name: 'stub',
    type: 'private',
    protocol: 'rest',
    url,
    enabled: true,
    priority: 100,
    options: {},
    ...facts,
  }
  const secret = (text: string): string => secretOf(text, system.env, { file: 'registries.yaml' })
  return openHttp({
    system,
    settings: { ...defaultSettings().http, ...settings },
    entry,
    emit: () => {},
    credentials: openCredentials({ system, entry, secret }),
  })
}
