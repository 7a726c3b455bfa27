import { wordsOf } from './words.ts'

/**
 * Words and short phrases that mean the same thing to those who search. Each line is one meaning; whoever types one
 * of it finds the others too, below everything that holds what was typed. In words as the index knows them: lower
 * case, no signs.
 */
const MEANINGS = [
  ['kubernetes', 'k8s', 'aks'],
  ['postgres', 'postgresql', 'pgsql'],
  ['javascript', 'js'],
  ['typescript', 'ts'],
  ['python', 'py'],
  ['machine learning', 'ml'],
  ['artificial intelligence', 'ai'],
  ['github', 'gh'],
  ['database', 'db'],
  ['virtual machine', 'vm'],
  ['virtual network', 'vnet'],
  ['key vault', 'keyvault', 'kv'],
  ['infrastructure as code', 'iac'],
  ['continuous integration', 'ci'],
  ['single sign on', 'sso'],
  ['api management', 'apim'],
  ['load balancer', 'lb'],
  ['cosmos db', 'cosmosdb', 'cosmos'],
  ['mongodb', 'mongo'],
  ['configuration', 'config'],
  ['authentication', 'auth'],
  ['documentation', 'docs'],
].map((meaning) => meaning.map(wordsOf))

/** The phrases that say the same as a typed word, or as the typed phrase the word belongs to. */
export function synonymsOf(term: string, terms: readonly string[]): string[][] {
  return MEANINGS.flatMap((meaning) => {
    const isTyped = (phrase: string[]): boolean => phrase.includes(term) && phrase.every((word) => terms.includes(word))
    return meaning.some(isTyped) ? meaning.filter((phrase) => !isTyped(phrase)) : []
  })
}
