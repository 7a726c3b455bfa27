import parse, { type Info } from 'spdx-expression-parse'

const LICENSE_GROUPS = ['permissive', 'copyleft', 'proprietary'] as const
type LicenseGroup = (typeof LICENSE_GROUPS)[number]

// Families of SPDX ids whose licence asks for the same terms on what is built from it.
const COPYLEFT =
  /^(?:A?GPL|LGPL|MPL|EPL|EUPL|CDDL|CPL|OSL|CECILL(?!-B)|MS-RL|CC-BY(?:-NC)?-SA|SSPL|Sleepycat|QPL|IPL|RPL|APSL|ODbL)/i
const CLOSED = /proprietary|commercial|all rights reserved|unlicensed|^see licen[sc]e|^licenseref-/i

/** With OR the user chooses, so the freer side counts; with AND both bind, so the stricter one does. */
function groupOfExpression(node: Info): LicenseGroup {
  if ('license' in node) {
    return CLOSED.test(node.license) ? 'proprietary' : COPYLEFT.test(node.license) ? 'copyleft' : 'permissive'
  }
  const ranks = [node.left, node.right].map((side) => LICENSE_GROUPS.indexOf(groupOfExpression(side)))
  return LICENSE_GROUPS[node.conjunction === 'or' ? Math.min(...ranks) : Math.max(...ranks)] ?? 'proprietary'
}

/** Read as an SPDX expression, else by the words of closed licences; undefined when unknown. */
function readGroup(license: string | undefined): LicenseGroup | undefined {
  if (!license || license.length > 200) return undefined
  try {
    return groupOfExpression(parse(license))
  } catch {
    if (CLOSED.test(license)) return 'proprietary'
    return COPYLEFT.test(license) ? 'copyleft' : undefined
  }
}

/** A reader of licence groups that reads each text once; a market repeats the same few. Undefined when unknown. */
export function licenseGroups(): (license: string | undefined) => LicenseGroup | undefined {
  const known = new Map<string | undefined, LicenseGroup | undefined>()
  return (license) => {
    if (!known.has(license)) known.set(license, readGroup(license))
    return known.get(license)
  }
}
