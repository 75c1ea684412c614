# What the oracle scripts share. Each script makes inputs (seeded, and at the edges), asks R, and writes
# {"r", "packages", "cases": [{"name", "input", "answer"}]} to the folder that is its first argument.
suppressPackageStartupMessages(library(jsonlite))
RNGkind("Mersenne-Twister", "Inversion", "Rejection")

folder <- commandArgs(trailingOnly = TRUE)[1]
if (is.na(folder)) stop("usage: Rscript SCRIPT.R FOLDER")

one <- function(x) unbox(x)

# A case: scalars as scalars, vectors as arrays even where they have one element; NaN and NA become null.
case <- function(name, input, answer) list(name = one(name), input = input, answer = answer)

write_oracle <- function(name, packages, cases) {
  versions <- lapply(setNames(nm = packages), function(p) one(as.character(packageVersion(p))))
  text <- toJSON(list(r = one(R.version.string), packages = versions, cases = cases), digits = I(15), na = "null",
                 null = "null", always_decimal = FALSE)
  # One case a line, so that a difference can be read.
  text <- gsub('{"name"', '\n{"name"', text, fixed = TRUE)
  writeLines(text, file.path(folder, paste0(name, ".json")), useBytes = TRUE)
}

z_of <- function(level) qnorm((1 - level) / 2, lower.tail = FALSE)
