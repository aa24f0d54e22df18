#!/bin/sh
# Writes presets.c: each data/presets/<id>.json as one canonical line (indentation and line ends taken out).
set -eu
printf '/* Made from data/presets by presets_table.sh. */\n#include "cli/presets.h"\n\nconst struct preset presets[] = {\n'
for file in "$@"; do
    id=$(basename "$file" .json)
    line=$(sed 's/^ *//' "$file" | tr -d '\n' | sed 's/\\/\\\\/g; s/"/\\"/g')
    printf '    {"%s", "%s"},\n' "$id" "$line"
done
printf '};\nconst size_t preset_count = %d;\n' "$#"
