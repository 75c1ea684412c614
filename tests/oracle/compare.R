# Rscript compare.R COMMITTED.json NEW.json: fails where any number differs by more than 1e-9 relative (1e-12 near 0).
suppressPackageStartupMessages(library(jsonlite))
files <- commandArgs(trailingOnly = TRUE)
flatten <- function(path) unlist(rapply(fromJSON(path, simplifyVector = FALSE)$cases, function(x) as.character(x), how = "unlist",
                                       classes = c("numeric", "integer", "logical", "character")))
count_nulls <- function(x) if (is.null(x)) 1 else if (is.list(x)) sum(vapply(x, count_nulls, 0)) else 0
a <- flatten(files[1]); b <- flatten(files[2])
nulls <- vapply(files, function(f) count_nulls(fromJSON(f, simplifyVector = FALSE)), 0)
if (length(a) != length(b) || !identical(names(a), names(b)) || nulls[1] != nulls[2]) stop(files[1], ": not the same cases")
x <- suppressWarnings(as.numeric(a)); y <- suppressWarnings(as.numeric(b))
same <- a == b | (!is.na(x) & !is.na(y) & abs(x - y) <= 1e-12 + 1e-9 * abs(x))
if (!all(same)) stop(files[1], ": ", sum(!same), " differ, first ", names(a)[!same][1], " ", a[!same][1], " and ", b[!same][1])
cat(basename(files[1]), ": ", length(a), " values the same\n", sep = "")
