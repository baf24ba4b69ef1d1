/**
 * Completion scripts: each asks `__complete` for the words typed so far and hands the answer to its shell. The last line of an
 * answer is `:<directive>`; bits: 1 error, 2 no space, 4 no files, 16 directories only.
 */

/** The script for a shell of `podman completion`. */
export function completionScript(shell: string, program: string, noDescriptions: boolean): string {
  const request = noDescriptions ? "__completeNoDesc" : "__complete";
  const name = program.replaceAll(/\W/g, "_");
  const script = { bash, zsh, fish, powershell }[shell] ?? bash;
  return `${script(program, name, request)}\n# This file is generated with "${program} completion"; see: podman-completion(1)\n`;
}

function bash(program: string, name: string, request: string): string {
  return `# bash completion for ${program}

_${name}_complete() {
    local words=("\${COMP_WORDS[@]:1:COMP_CWORD}") current="\${COMP_WORDS[COMP_CWORD]}" answer line directive=0
    COMPREPLY=()
    if declare -F _get_comp_words_by_ref >/dev/null; then
        local cword
        _get_comp_words_by_ref -n "=:" -c current -w words -i cword
        words=("\${words[@]:1:cword}")
    fi
    [ "\${#words[@]}" -gt 0 ] || words=("")
    answer=$("\${COMP_WORDS[0]}" ${request} "\${words[@]}" 2>/dev/null) || return
    directive=\${answer##*:}
    answer=\${answer%:*}
    [ $((directive & 1)) -eq 0 ] || return
    if [ $((directive & 16)) -ne 0 ]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$current")
        return
    fi
    local tab=$'\\t' values=() lines=()
    while IFS= read -r line; do
        [ -n "$line" ] || continue
        lines+=("$line")
        values+=("\${line%%"$tab"*}")
    done <<<"$answer"
    if [ "\${#values[@]}" -eq 0 ]; then
        [ $((directive & 4)) -ne 0 ] || compopt -o default 2>/dev/null
        return
    fi
    [ $((directive & 2)) -eq 0 ] || compopt -o nospace 2>/dev/null
    if [ "\${#values[@]}" -gt 1 ] && [ "\${COMP_TYPE:-9}" != 37 ] && [ "\${COMP_TYPE:-9}" != 42 ]; then
        for line in "\${lines[@]}"; do
            case $line in
                *"$tab"*) COMPREPLY+=("\${line%%"$tab"*}  (\${line#*"$tab"})") ;;
                *) COMPREPLY+=("$line") ;;
            esac
        done
        local shared
        shared=$(printf '%s\\n' "\${values[@]}" | sed -e '$!{N;s/^\\(.*\\).*\\n\\1.*$/\\1\\n\\1/;D;}')
        [ -z "$shared" ] || [ "$shared" = "$current" ] || COMPREPLY=("\${values[@]}")
    else
        COMPREPLY=("\${values[@]}")
    fi
    declare -F __ltrim_colon_completions >/dev/null && __ltrim_colon_completions "$current"
    return 0
}

complete -o nosort -F _${name}_complete ${program} 2>/dev/null || complete -F _${name}_complete ${program}
`;
}

function zsh(program: string, name: string, request: string): string {
  return `#compdef ${program}
compdef _${name} ${program}

_${name}() {
    local answer directive line value doc
    local -a plain described
    answer=$(\${words[1]} ${request} "\${(@Q)words[2,CURRENT]}" 2>/dev/null) || return 1
    directive=\${answer##*:}
    for line in "\${(@f)\${answer%:*}}"; do
        [[ -n $line ]] || continue
        value=\${line%%$'\\t'*}
        doc=\${line#*$'\\t'}
        [[ $line == *$'\\t'* ]] && described+=("\${value//:/\\\\:}:$doc") || described+=("\${value//:/\\\\:}")
        plain+=("$value")
    done
    (( directive & 1 )) && return 1
    if (( directive & 16 )); then
        _files -/
    elif (( \${#plain} > 0 )); then
        local -a options
        (( directive & 2 )) && options=(-S '')
        _describe -V completions described "\${options[@]}"
    elif (( ! (directive & 4) )); then
        _files
    fi
}

[ "$funcstack[1]" = "_${name}" ] && _${name} "$@"
`;
}

function fish(program: string, name: string, request: string): string {
  return `# fish completion for ${program}

function __${name}_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l answer ($words[1] ${request} $words[2..-1] 2>/dev/null)
    set -l directive (string replace ':' '' -- $answer[-1])
    test -n "$directive"; or return
    set -e answer[-1]
    if test (math "bitand($directive, 16)") -ne 0
        __fish_complete_directories (commandline -ct)
    else if test (count $answer) -gt 0
        printf '%s\\n' $answer
    else if test (math "bitand($directive, 4)") -eq 0
        __fish_complete_path (commandline -ct)
    end
end

complete -c ${program} -e
complete -c ${program} -f -a '(__${name}_complete)'
`;
}

function powershell(program: string, _name: string, request: string): string {
  return `# PowerShell completion for ${program}

Register-ArgumentCompleter -Native -CommandName '${program}' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
    $arguments = @($words | Select-Object -Skip 1)
    if ($wordToComplete -eq '') { $arguments += '""' }
    $answer = @(& $words[0] ${request} @arguments 2>$null)
    if ($answer.Count -eq 0) { return }
    $directive = [int]($answer[-1].TrimStart(':'))
    if ($directive -band 1) { return }
    $answer | Select-Object -SkipLast 1 | ForEach-Object {
        $value, $doc = $_ -split "\`t", 2
        if (-not $doc) { $doc = $value }
        $text = if ($directive -band 2) { $value } else { "$value " }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $doc)
    }
}
`;
}
