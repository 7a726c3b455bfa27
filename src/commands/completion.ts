import { EXIT, usage } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { Command } from './command.ts'
import { offersFor } from './complete.ts'
import { nearestOf } from './nearest.ts'
import { printJson } from './output.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const

// The scripts only carry words to and fro; what fits where is read from the command list by `souk __complete`, whose
// first line says whether words follow or the shell should offer paths. A word and its summary are parted by a tab.
const SCRIPTS: Record<(typeof SHELLS)[number], string> = {
  bash: `# bash completion for souk. Load it with: source <(souk completion bash)
_souk() {
  local line quoted mode=''
  COMPREPLY=()
  while IFS= read -r line; do
    if [ -z "$mode" ]; then mode="$line"; continue; fi
    printf -v quoted '%q' "\${line%%$'\\t'*}"
    COMPREPLY+=("$quoted")
  done < <("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  case "$mode" in
    :files) compopt -o default 2>/dev/null ;;
    :folders) compopt -o dirnames 2>/dev/null ;;
  esac
}
complete -F _souk souk
`,
  zsh: `#compdef souk
# zsh completion for souk. Load it with: source <(souk completion zsh)
_souk() {
  local -a lines offers
  lines=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  case "\${lines[1]}" in
    :files) _files ;;
    :folders) _files -/ ;;
    *)
      offers=("\${(@)\${(@)\${(@)lines[2,-1]}//:/\\\\:}/$'\\t'/:}")
      _describe -V souk offers
      ;;
  esac
}
compdef _souk souk
`,
  fish: `# fish completion for souk. Load it with: souk completion fish | source
function __souk_complete
  set -l before (commandline -opc)
  set -l lines ($before[1] __complete -- $before[2..-1] (commandline -ct) 2>/dev/null)
  switch "$lines[1]"
    case ':files'
      __fish_complete_path (commandline -ct)
    case ':folders'
      __fish_complete_directories (commandline -ct)
    case '*'
      printf '%s\\n' $lines[2..-1]
  end
end
complete -c souk -f -a '(__souk_complete)'
`,
}

export const completion: Command = {
  name: 'completion',
  summary: 'print a completion script for a shell',
  description:
    'Prints the script that lets a shell complete commands, flags, facet values, ids of items, jobs and registries. Values of the market come from the cache; completing never asks a registry.',
  examples: [
    { line: 'source <(souk completion bash)', text: 'for this bash; add the line to ~/.bashrc to keep it' },
    { line: 'souk completion fish > ~/.config/fish/completions/souk.fish', text: 'for every fish' },
  ],
  arguments: [{ name: 'shell', summary: 'bash, zsh or fish', isRequired: true, completes: SHELLS }],
  options: [],
  seeAlso: ['commands'],
  module: 'commands',
  async run(context, [shell = '']) {
    const known = SHELLS.find((one) => one === shell)
    if (!known) {
      const [near] = nearestOf(shell, SHELLS, 1)
      throw usage(
        `There is no completion for "${harmless(shell, 40)}".`,
        near ? `Did you mean ${near}?` : `There is one for ${SHELLS.join(', ')}.`,
      )
    }
    if (context.global.json) printJson(context, { shell: known, script: SCRIPTS[known] })
    else context.system.io.out.write(SCRIPTS[known])
  },
}

/** What the completion scripts ask. Never fails and never says anything but offers: a broken line must not disturb the prompt. */
export const complete: Command = {
  name: '__complete',
  summary: 'offer words for the end of a line',
  description: 'Called by the completion scripts with the words of the line after --, the last one being typed.',
  examples: [],
  arguments: [{ name: 'word', summary: 'words of the line', isMany: true }],
  options: [],
  module: 'commands',
  isHidden: true,
  async run(context, line) {
    const offers = await offersFor(context, line).catch(() => undefined)
    if (!offers) return EXIT.ok
    const lines = offers.words.map((one) => {
      const value = harmless(one.value, 300)
      return one.summary ? `${value}\t${harmless(one.summary, 200)}` : value
    })
    context.system.io.out.write([`:${offers.kind}`, ...lines, ''].join('\n'))
    return EXIT.ok
  },
}
