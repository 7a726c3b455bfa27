import { existsSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { refuseNowhere } from '../../src/refuse-nowhere.ts'
import { isNowhere } from '../../src/system/paths.ts'
import { tempFolder } from '../support/temp.ts'

const fs = { existsSync, statfsSync }

it.skipIf(!existsSync('/proc/self'))('a home in /proc is told in a sentence, before anything tries to make it', () => {
  for (const home of ['/proc/x', '/proc/self', '/proc/x/y/z'])
    expect(() => refuseNowhere({ home: '/root', get: (name) => (name === 'SOUK_HOME' ? home : undefined) })).toThrow(
      `${home}/config: no folder can be made in /proc; set SOUK_HOME to one of yours.`,
    )
})

it('a home that can be made is none of that', () => {
  for (const path of [tempFolder(), join(tempFolder(), 'a/b/c'), '/']) expect(isNowhere(path, fs)).toBe(false)
})
