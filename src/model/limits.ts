/**
 * What is taken at most from anything that comes from outside: registries, archives, files of other people. One
 * place, so that the README can list them and a test can stand at each border. Sources: threats T8 to T11 of the
 * security notes; the largest real registry known has 4 MB of JSON, 242 items and nests 11 deep.
 */
export const OUTSIDE = {
  /** One JSON document of a registry, bytes of decoded text. */
  jsonBytes: 16 * 1024 * 1024,
  /** Nesting of lists and objects in JSON. */
  jsonDepth: 64,
  /** Values in one JSON document: each costs memory, however short it is written. */
  jsonValues: 2_000_000,
  /** One YAML document, bytes: reading one takes about a second a MiB. */
  yamlBytes: 2 * 1024 * 1024,
  /** Nesting in YAML. */
  yamlDepth: 64,
  /** Values in one YAML document. */
  yamlValues: 100_000,
  /** Uses of YAML aliases in one document, against those that unfold without end. */
  yamlAliases: 50,
  /** One file of a folder or a repository, bytes: compiled templates are large, all else is written by hand. */
  fileJsonBytes: 64 * 1024 * 1024,
  fileTextBytes: 2 * 1024 * 1024,
  /** Files looked at in one folder or repository, and folders above each. */
  files: 50_000,
  fileDepth: 12,
  /** Entries of one list of a document, words of one list of words, members kept that no shape knows. */
  listEntries: 10_000,
  words: 200,
  extraBytes: 8192,
  /** One line of text and one text of many lines, characters; the rest is cut. */
  lineChars: 2000,
  textChars: 100_000,
  /** One artifact on its way in, bytes, and the folders above a file in an archive. */
  artifactBytes: 512 * 1024 * 1024,
  archiveDepth: 32,
  /** Files of one plugin, and their bytes: code that was bundled for it, not a tree of packages. */
  pluginFiles: 200,
  pluginBytes: 4 * 1024 * 1024,
  /** A pattern that comes with goods, and the longest text it is tried on, characters. */
  patternChars: 300,
  patternTextChars: 4096,
} as const
