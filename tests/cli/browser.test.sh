#!/usr/bin/env bash
# The pages in a real browser, Chromium: tests/browser/check.js on a report of the sample county and on one of a single
# practice with hostile names, in one set of fonts and in another. Skipped where Chromium, node, the modules of
# tests/browser/package.json or all fonts are missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/support/tap.sh
. tests/support/fonts.sh

program=$(realpath "$REFERLENS")
export REFERLENS_REPORTS=${REFERLENS_REPORTS:-$PWD/reports}

missing=''
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || missing='no Chromium'
[[ $(node -p 'process.versions.node.split(".")[0] >= 18' 2> /dev/null) == true ]] || missing='no node 18 or later'
[[ -d tests/browser/node_modules/playwright-core && -d tests/browser/node_modules/axe-core ]] ||
  missing="no modules: 'npm ci' in tests/browser fetches them"
fonts=()
for set in "${font_sets[@]}"; do
  if reason=$(font_set "$set" "$scratch/fonts"); then
    fonts+=("$scratch/fonts/$set.conf")
  elif [[ -z $missing ]]; then
    skip "pages in $set" "$reason"
  fi
done
((${#fonts[@]})) || missing=${missing:-no fonts}
if [[ -n $missing ]]; then
  skip 'pages in a browser' "$missing"
  finish
fi

"$program" report --audience shared --as-of 2025-06-30 --practice A81018 --practice A81001 -o "$scratch/sample" \
  sample-data/*.csv 2> "$scratch/log" || { cat "$scratch/log" >&2; exit 1; }

# Five referrals of which nothing is known but one attendance; names that would be markup, and one without a space.
cat > "$scratch/referrals.csv" << 'END'
referral_id,practice_code,referral_date,specialty_code
1,"P""><script>alert(1)</script>",2024-01-05,330
2,"P""><script>alert(1)</script>",2024-01-06,"<b>&amp;specialty"
3,"P""><script>alert(1)</script>",2024-02-07,UnpronounceablySpecialisedSubspecialtyWithoutASingleSpaceInItsName
4,"P""><script>alert(1)</script>",2024-02-08,330
5,"P""><script>alert(1)</script>",2024-03-09,410
END
cat > "$scratch/practices.csv" << 'END'
practice_code,practice_name,list_size
"P""><script>alert(1)</script>","<img src=http://example.org/x onerror=alert(2)> ThePracticeWhoseNameGoesOnAndOnWithoutASingleSpaceInItAnywhere & Partners",900
END
printf '%s\n' referral_id,event_date,event_type 1,2024-02-01,first_attended > "$scratch/outcomes.csv"
"$program" report --audience analyst --no-charts --as-of 2024-06-30 -o "$scratch/edge" "$scratch"/*.csv \
  2> "$scratch/log" || { cat "$scratch/log" >&2; exit 1; }

TAP_COUNT=$tap_count node tests/browser/check.js "$chromium" "$scratch/sample" "$scratch/edge" "${fonts[@]}"
