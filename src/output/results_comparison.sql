-- A scheme beside the reference, as in comparison.json: observational. Differences are own minus reference.
CREATE TABLE comparison (
    id INTEGER PRIMARY KEY,
    scheme TEXT NOT NULL,
    reference TEXT NOT NULL,
    measure TEXT NOT NULL REFERENCES measure (id),
    kind TEXT NOT NULL, -- proportion or rate; of a delay: within (the share by that day) or mean (the days up to it)
    days INTEGER, -- of a delay
    status TEXT NOT NULL, -- ok, suppressed, insufficient or not_recorded
    reason TEXT, -- why there is no difference, or no interval of it
    practices INTEGER,
    referrals INTEGER, -- the denominator; NULL of a rate
    person_years REAL, -- of a rate
    events INTEGER, -- the numerator
    crude REAL, -- with its 95 % interval, as all that follow
    crude_lower REAL,
    crude_upper REAL,
    standardised REAL, -- to the mix of the two together
    standardised_lower REAL,
    standardised_upper REAL,
    reference_practices INTEGER,
    reference_referrals INTEGER,
    reference_person_years REAL,
    reference_events INTEGER,
    reference_crude REAL,
    reference_crude_lower REAL,
    reference_crude_upper REAL,
    reference_standardised REAL,
    reference_standardised_lower REAL,
    reference_standardised_upper REAL,
    crude_difference REAL,
    crude_difference_lower REAL,
    crude_difference_upper REAL,
    difference REAL, -- of the standardised; its interval rests on practices, and is withheld where they are too few
    difference_lower REAL,
    difference_upper REAL,
    side TEXT, -- above or below where the interval of the difference excludes none
    odds_ratio REAL, -- of a rate: the ratio
    odds_ratio_lower REAL,
    odds_ratio_upper REAL,
    sign_change INTEGER NOT NULL -- 1: crude and standardised difference lie on opposite sides, both clearly
) STRICT;
