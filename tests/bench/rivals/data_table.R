# data_table.R FOLDER AS_OF QUARTER OUTPUT THREADS: the counts and medians of every slice with R's data.table.
library(data.table)
arguments <- commandArgs(TRUE)
folder <- arguments[1]; as_of <- as.IDate(arguments[2]); own <- arguments[3]
setDTthreads(as.integer(arguments[5]))
read <- function(name, columns) fread(file.path(folder, paste0(name, ".csv")), select = columns, na.strings = "")
referrals <- read("referrals", c("referral_id", "practice_code", "referral_date", "specialty_code", "request_type", "scheme"))
outcomes <- read("outcomes", c("referral_id", "event_date", "event_type", "event_seq"))
schemes <- read("schemes", c("practice_code", "scheme", "start_date", "end_date", "specialty_code"))
referrals <- referrals[request_type == "referral" & referral_date <= as_of]
referrals[, `:=`(row = .I, scheme = as.character(scheme))]
outcomes[referrals, on = "referral_id", `:=`(row = i.row, referred = i.referral_date)]
outcomes <- outcomes[!is.na(row) & event_date >= referred & event_date <= as_of]
order <- c(rejected = 0L, returned_with_advice = 1L, redirected = 2L, accepted = 3L)
decisions <- outcomes[event_type %chin% names(order)]
decisions[, `:=`(rank = order[event_type], event_seq = fcoalesce(as.integer(event_seq), 0L))]
setorder(decisions, row, event_date, event_seq, rank)
decisions <- decisions[!duplicated(row)]
attended <- outcomes[event_type == "first_attended", .(day = min(event_date)), by = row]
referrals[, `:=`(decided = 0L, rejected = 0L, wait = NA_integer_)]
referrals[decisions$row, `:=`(decided = 1L, rejected = as.integer(decisions$event_type == "rejected"))]
referrals[attended$row, wait := as.integer(attended$day - referral_date)]
schemes[is.na(end_date), end_date := as_of]
setorder(schemes, practice_code, -start_date, scheme)
for (specific in c(TRUE, FALSE)) {
  some <- schemes[is.na(specialty_code) != specific]
  keys <- c("practice_code", if (specific) "specialty_code", "start_date<=referral_date", "end_date>=referral_date")
  placed <- some[referrals[is.na(scheme)], on = keys, .(row = i.row, found = x.scheme), mult = "first", nomatch = NULL]
  referrals[placed$row, scheme := as.character(placed$found)]
}
facts <- referrals[, .(practice = practice_code, specialty = as.character(specialty_code), scheme,
                       period = paste0(year(referral_date), "-Q", quarter(referral_date)), decided, rejected, wait)]
sets <- list(character(), "specialty", "scheme", c("scheme", "specialty"), "practice", c("practice", "specialty"))
sets <- c(sets, lapply(sets, c, "period"))
results <- rbindlist(lapply(sets, function(keys) {
  from <- if (length(keys) == 3 && "practice" %in% keys) facts[period == own] else facts
  from[, .(rejected = sum(rejected), decided = sum(decided), wait = as.double(median(wait, na.rm = TRUE))), by = keys]
}), fill = TRUE)
setcolorder(results, c("practice", "specialty", "scheme", "period", "rejected", "decided", "wait"))
fwrite(results, arguments[4])
