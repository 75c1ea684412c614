# For scripts, to be sourced: a browser that sees the fonts of one set alone, so that what it shows does not depend on what
# else is installed. DejaVu is about the widest of the usual faces, and all that many a Debian has; Liberation has the widths
# of Arial and Times.
# shellcheck shell=bash

# The sets, and the files of Debian's packages that make them up.
# shellcheck disable=SC2034 # for who sources this
font_sets=(DejaVu Liberation)
declare -A font_packages=([DejaVu]=fonts-dejavu-core [Liberation]=fonts-liberation)
declare -A font_files=(
  [DejaVu]="$(printf 'DejaVu%s ' {Sans,Serif,SansMono}{,-Bold})"
  [Liberation]="$(printf 'Liberation%s ' {Sans,Serif,Mono}-{Regular,Bold,Italic,BoldItalic})"
)

# font_paths SET: a line for each file of the set. Fails, and says which, where one is not installed.
font_paths() {
  local path name
  declare -A found=()
  while IFS= read -r path; do
    name=${path##*/}
    found[${name%.ttf}]=$path
  done < <(find -L /usr/share/fonts /usr/local/share/fonts -name "$1*.ttf" 2> /dev/null)
  for name in ${font_files[$1]}; do
    [[ -n ${found[$name]:-} ]] || { echo "no font $name: ${font_packages[$1]} has it" && return 1; }
  done
  for name in ${font_files[$1]}; do echo "${found[$name]}"; done
}

# font_set SET FOLDER: makes FOLDER/SET.conf, for FONTCONFIG_FILE, by which the fonts of that set are all that there are.
# Fails, and says what it misses, where one of its files is not installed.
font_set() {
  local paths path
  paths=$(font_paths "$1") || { echo "$paths" && return 1; }
  mkdir -p "$2/$1"
  while IFS= read -r path; do ln -sf "$path" "$2/$1/"; done <<< "$paths"
  cat > "$2/$1.conf" << CONF
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>$2/$1</dir>
  <cachedir>$2/cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>$1 Sans</family></prefer></alias>
  <alias><family>serif</family><prefer><family>$1 Serif</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>$1 Sans Mono</family><family>$1 Mono</family></prefer></alias>
</fontconfig>
CONF
}
